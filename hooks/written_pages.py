"""A page as the text of a Markdown file: front matter, then its HTML as one block that Markdown leaves alone."""

from __future__ import annotations

import re
from collections.abc import Iterable

import yaml
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from hooks.navigation import navigation
from hooks.page_templates import FOLDER
from hooks.pages import Page

TEMPLATES = Environment(  # the page's HTML is finished and safe; nothing else is printed
    loader=FileSystemLoader(FOLDER), undefined=StrictUndefined, autoescape=False, keep_trailing_newline=True
)
BLANK_LINES = re.compile(r"\n(?:[ \t]*\n)+")
PREFORMATTED = re.compile(r"(<pre\b.*?</pre>)", re.DOTALL)


def page_text(page: Page) -> str:
    """Return the file of a page; front matter comes from a YAML writer, so no title can add a key to it."""
    front_matter = {"title": page.title, "description": page.description, "kind": page.kind}
    if page.source:
        front_matter["source"] = page.source
    dumped = yaml.safe_dump(front_matter, sort_keys=False, allow_unicode=True, width=10_000)
    return TEMPLATES.get_template("written_page.md").render(
        front_matter=dumped.strip(), kind=page.kind, html=_without_blank_lines(page.html)
    )


def navigation_text(pages: Iterable[Page]) -> str:
    """Return the file `nav.yml`: which pages stand in the navigation, as MkDocs and its successors read it."""
    return yaml.safe_dump({"nav": navigation(pages)}, sort_keys=False, allow_unicode=True)


def _without_blank_lines(html: str) -> str:
    """Return HTML in which no blank line could end the block; in preformatted text such a line becomes a reference."""
    parts = PREFORMATTED.split(html.strip())
    parts[0::2] = [BLANK_LINES.sub("\n", part) for part in parts[0::2]]
    parts[1::2] = [part.replace("\n", "&#10;") for part in parts[1::2]]
    return "".join(parts)
