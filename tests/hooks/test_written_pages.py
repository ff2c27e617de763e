"""A written page is one block of HTML below front matter that only a YAML writer made."""

import markdown
import pytest
import yaml

from hooks.pages import Page
from hooks.written_pages import navigation_text, page_text, written_uri

HTML = (
    "<h1>Title</h1>\n\n\n<p>one <em>two</em></p>\n<pre><code>a\n\n    b *c*\n</code></pre>\n\n<ul>\n<li>x</li>\n\n</ul>"
)


def page(**changes):
    return Page(**{"uri": "a.md", "title": "T", "description": "D", "html": HTML, "source": "catalog/a.yml", **changes})


def split(text):
    _, front_matter, body = text.split("---\n", 2)
    return yaml.safe_load(front_matter), body


@pytest.mark.parametrize(
    "title", ["T", "x\ntemplate: 404.html", "a: b # c", "---", "'\"\\", "’× – é", "null", "2026-01-01"]
)
def test_no_title_can_add_to_the_front_matter(title):
    front_matter, _ = split(page_text(page(title=title)))

    assert front_matter == {"title": title, "description": "D", "kind": "page", "source": "catalog/a.yml"}


def test_markdown_leaves_the_html_alone():
    _, body = split(page_text(page()))

    converted = markdown.markdown(body, extensions=["md_in_html", "attr_list", "tables"])

    assert converted.strip() == body.strip()


def test_lines_of_preformatted_text_stay_where_they_are():
    assert "<pre><code>a&#10;&#10;    b *c*&#10;</code></pre>" in page_text(page())


def test_a_file_lies_as_deep_as_the_page_it_becomes():
    assert written_uri("questions/a.md") == "questions/a/index.md"
    assert written_uri("questions/index.md") == "questions/index.md"
    assert written_uri("index.md") == "index.md"


def test_the_navigation_is_written_as_other_engines_read_it():
    pages = [
        page(uri="index.md", nav="", short="Home"),
        page(uri="guide/how.md", nav="Guide", title="How: to"),
        page(uri="models/a.md"),
    ]

    assert yaml.safe_load(navigation_text(pages)) == {
        "nav": [{"Home": "index.md"}, {"Guide": [{"How: to": "guide/how/index.md"}]}]
    }
