"""A written page is one block of HTML below front matter that only a YAML writer made."""

from html import unescape

import markdown
import pytest
import yaml
from jinja2 import Environment
from markdown_it import MarkdownIt

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


ENGINES = {  # how other engines read Markdown
    "python-markdown": lambda text: markdown.markdown(text, extensions=["md_in_html", "attr_list", "tables"]),
    "commonmark": MarkdownIt("commonmark").render,
    "github": MarkdownIt("gfm-like", {"linkify": False}).render,
}
TITLES = [
    *("T", "x\ntemplate: 404.html", "a: b # c", "---", "'\"\\", "’× – é", "null", "2026-01-01", "a\u2028b"),
    *('<img src=x onerror="alert(1)">', '" onmouseover="alert(1)', "&lt;b&gt; & &amp;", "<!-- a -->", "</title>"),
    *("*a* **b** _c_ ~~d~~ `e`", "[a](https://example.org) ![b](c)", "a\\*b", "{{ 7 * 7 }}", "{% raw %}", "{#a#}"),
]


@pytest.mark.parametrize("title", TITLES)
def test_no_title_can_add_to_the_front_matter(title):
    front_matter, _ = split(page_text(page(title=title)))

    assert {**front_matter, "title": unescape(front_matter["title"])} == {
        "title": title,
        "description": "D",
        "kind": "page",
        "source": "catalog/a.yml",
    }


@pytest.mark.parametrize("title", TITLES)
@pytest.mark.parametrize("key", ["title", "description"])
def test_an_engine_that_prints_front_matter_as_it_comes_prints_text(title, key):
    front_matter, _ = split(page_text(page(**{key: title})))

    assert not set(front_matter[key]) & set('<>"')
    assert Environment(autoescape=True).from_string(front_matter[key]).render() == front_matter[key].rstrip("\n")
    for name in ("index.md", "section/a.md"):
        (entry,) = yaml.safe_load(navigation_text([page(uri=name, nav="", title=title)]))["nav"]
        assert not set(*entry) & set('<>"')


@pytest.mark.parametrize("title", [title for title in TITLES if title.isprintable() and title != "---"])
@pytest.mark.parametrize("engine", ENGINES)
def test_an_engine_that_takes_front_matter_for_markdown_finds_text(title, engine):
    front_matter, _ = split(page_text(page(title=title)))

    converted = ENGINES[engine](front_matter["title"]).strip()

    assert unescape(converted.removeprefix("<p>").removesuffix("</p>")) == title
    assert converted.count("<") == 2


@pytest.mark.parametrize("engine", ENGINES)
def test_markdown_leaves_the_html_alone(engine):
    _, body = split(page_text(page()))

    assert ENGINES[engine](body).strip() == body.strip()


@pytest.mark.parametrize("text", ["{{ 7 * 7 }}", "{% raw %}", "{# a #}", "{{{ a }}}"])
def test_an_engine_that_takes_pages_for_templates_finds_none(text):
    _, body = split(page_text(page(html=f"<p>{text}</p>\n<pre><code>{text}</code></pre>")))

    assert unescape(Environment(autoescape=True).from_string(body).render()).count(text) == 2


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
