"""A page as the text of a Markdown file: front matter, then its HTML as one block that Markdown leaves alone."""

from __future__ import annotations

import re
from collections.abc import Iterable

import yaml
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from hooks.links_between_pages import published_file
from hooks.navigation import navigation
from hooks.page_templates import FOLDER
from hooks.pages import Page

TEMPLATES = Environment(  # the page's HTML is finished and safe; nothing else is printed
    loader=FileSystemLoader(FOLDER), undefined=StrictUndefined, autoescape=False, keep_trailing_newline=True
)
BLANK_LINES = re.compile(r"\n(?:[ \t]*\n)+")
PREFORMATTED = re.compile(r"(<pre\b.*?</pre>)", re.DOTALL)
ACTIVE = re.compile(r'[<>"*_`~\[\]\\{}]|&(?=[#\w])')  # what begins something in HTML, in Markdown or in templates
TEMPLATE_TAG = re.compile(r"\{(?=[{%#])")


def written_uri(uri: str) -> str:
    """Return where a page is written: `questions/x.md` at `questions/x/index.md`.

    So a file lies as deep as the page that it becomes, and relative links are right whether an engine takes them from
    the file or from the page.
    """
    return published_file(uri).removesuffix(".html") + ".md"


def page_text(page: Page) -> str:
    """Return the file of a page; front matter comes from a YAML writer, so no title can add a key to it."""
    front_matter = {"title": inert(page.title), "description": inert(page.description), "kind": page.kind}
    if page.source:
        front_matter["source"] = page.source
    dumped = yaml.safe_dump(front_matter, sort_keys=False, allow_unicode=True, width=10_000)
    return TEMPLATES.get_template("written_page.md").render(
        front_matter=dumped.strip(), kind=page.kind, html=_without_template_tags(_without_blank_lines(page.html))
    )


def inert(text: str) -> str:
    """Return text for engines that print it as it comes: what could begin a tag or a mark is a character reference."""
    return ACTIVE.sub(lambda found: f"&#{ord(found[0])};", text)


def navigation_text(pages: Iterable[Page]) -> str:
    """Return the file `nav.yml`: which pages stand in the navigation, as MkDocs and its successors read it."""
    pages = list(pages)
    names = {page.uri: inert(page.short or page.title) for page in pages}

    def named(uri: str) -> dict[str, str]:
        return {names[uri]: written_uri(uri)}

    def entry(part: str | dict[str, list[str]]) -> dict:
        if isinstance(part, str):
            return named(part)
        return {section: [named(uri) for uri in uris] for section, uris in part.items()}

    entries = [entry(part) for part in navigation(pages)]
    return yaml.safe_dump({"nav": entries}, sort_keys=False, allow_unicode=True)


def _without_blank_lines(html: str) -> str:
    """Return HTML in which no blank line could end the block; in preformatted text such a line becomes a reference."""
    parts = PREFORMATTED.split(html.strip())
    parts[0::2] = [BLANK_LINES.sub("\n", part) for part in parts[0::2]]
    parts[1::2] = [part.replace("\n", "&#10;") for part in parts[1::2]]
    return "".join(parts)


def _without_template_tags(html: str) -> str:
    """Return HTML in which an engine that takes pages for templates finds none; readers see the same."""
    return TEMPLATE_TAG.sub("&#123;", html)
