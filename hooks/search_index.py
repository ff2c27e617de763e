"""The search index, written from what each page says about itself rather than from its HTML."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from html import escape

from hooks.links_between_pages import address
from hooks.other_forms import other_forms
from hooks.pages import Page

FORMS = "forms"  # a field that is searched and, being none of the theme's, never shown
FORMS_BOOST = 0.5  # a word that stands on a page counts more than its relatives
BOOSTS = {"question": 5, "guide": 8}  # the rest serves the questions; who types a guide's title wants the guide


def entries(pages: Iterable[Page], directory_urls: bool = True) -> Iterator[dict[str, str | int]]:
    """Yield what the theme's search reads, a page's own entry before those of its parts; a draft has none.

    The theme inserts titles and texts as HTML, so both are escaped here.
    """
    for page in pages:
        if page.draft:
            continue
        location = address(page.uri, directory_urls)
        for entry in sorted(page.search, key=lambda entry: entry.anchor != ""):
            said = "" if page.kind == "guide" else f"{entry.title} {entry.text}"  # a guide is found by its own words
            yield {
                "location": f"{location}#{entry.anchor}" if entry.anchor else location,
                "title": escape(entry.title, quote=False),
                "text": escape(entry.text, quote=False),
                FORMS: escape(other_forms(said), quote=False),
                "boost": BOOSTS.get(page.kind, 1),
            }


def filled(index: str, pages: Iterable[Page], directory_urls: bool = True) -> str:
    """Return the theme's index (JSON with `config` and `docs`) with the entries of `pages` added to it."""
    data = json.loads(index)
    data["config"].setdefault("fields", {})[FORMS] = {"boost": FORMS_BOOST}
    data["docs"] += entries(pages, directory_urls)
    return json.dumps(data, separators=(",", ":"))
