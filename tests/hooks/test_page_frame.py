"""A frame filled in is the page that the template itself would have rendered."""

from types import SimpleNamespace

import jinja2
import pytest
from markupsafe import Markup

from hooks.page_frame import FramedPages

TEMPLATE = jinja2.Environment().from_string(
    "<title>{{ page.meta.title }}</title>{{ page.title | e }}<meta c='{{ page.meta.description }}'>"
    "{% if page.canonical_url %}<link {{ page.canonical_url }}>{% endif %}"
    "{% if page.edit_url %}<a {{ page.edit_url }}>{% endif %}{{ base_url }}"
    "{% for link in page.toc %}{{ link }}{% endfor %}{{ page.content }}"
)


class CountingTemplate:
    def __init__(self):
        self.count = 0

    def render(self, context):
        self.count += 1
        return TEMPLATE.render(context)


def page(number, frame=("same",), toc=("Task",), edit="edit"):
    return SimpleNamespace(
        title=Markup(f"Title &lt;{number}&gt;"),
        meta={"title": Markup(f"Title &lt;{number}&gt;"), "description": Markup(f"d{number}"), "kind": "question"},
        canonical_url=f"https://a.org/{number}/",
        edit_url=edit and f"{edit}/{number}",
        content=f"<p>{number}</p>",
        toc=toc,
        frame=frame,
    )


def context(page, base_url="..", in_nav=()):
    return {"page": page, "base_url": base_url, "nav": SimpleNamespace(pages=list(in_nav))}


@pytest.mark.parametrize("numbers", [[1], [1, 2, 3], [2, 2]])
def test_a_filled_frame_is_the_page_that_the_template_renders(numbers):
    framed = FramedPages(TEMPLATE)

    assert [framed.render(context(page(n))) for n in numbers] == [TEMPLATE.render(context(page(n))) for n in numbers]


def test_pages_that_share_a_frame_render_it_once():
    template = CountingTemplate()
    framed = FramedPages(template)

    for number in range(100):
        framed.render(context(page(number)))

    assert template.count == 1


def test_a_page_with_other_headings_or_another_depth_gets_its_own_frame():
    framed = FramedPages(TEMPLATE)
    pages = [context(page(1)), context(page(2, frame=("other",), toc=("Limits",))), context(page(3), base_url="../..")]

    assert [framed.render(each) for each in pages] == [TEMPLATE.render(each) for each in pages]


def test_a_page_in_the_navigation_is_rendered_by_the_template():
    template = CountingTemplate()
    shown = page(1)

    FramedPages(template).render(context(shown, in_nav=[shown]))
    FramedPages(template).render(context(shown, in_nav=[shown]))

    assert template.count == 2


def test_a_page_that_has_no_frame_is_rendered_by_the_template():
    prose = page(1, frame=None)

    assert FramedPages(TEMPLATE).render(context(prose)) == TEMPLATE.render(context(prose))


INDENTED = jinja2.Environment().from_string(
    "<nav>\n    \n    <a>\n      {{ page.title }}\n    </a>\n  \n</nav>\n\n    {{ page.content }}\n\n</body>"
)


@pytest.mark.parametrize("in_nav", [True, False])
def test_the_theme_s_indentation_is_left_out_and_that_of_a_page_stays(in_nav):
    shown = page(1)
    shown.content = "<pre>a\n\n    b\n</pre>"

    html = FramedPages(INDENTED).render(context(shown, in_nav=[shown] if in_nav else []))

    assert html == f"<nav>\n<a>\n{shown.title}\n</a>\n</nav>\n{shown.content}\n</body>"
    assert shown.content == "<pre>a\n\n    b\n</pre>"


def test_marks_in_the_content_of_a_page_stay_what_they_are():
    strange = page(1)
    strange.content = "\ue000title\ue001 and \ue000nothing\ue001"

    assert FramedPages(TEMPLATE).render(context(strange)) == TEMPLATE.render(context(strange))
