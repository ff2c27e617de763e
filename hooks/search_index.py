"""The search index, written from what each page says about itself rather than from its HTML."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from html import escape

from hooks.links_between_pages import address
from hooks.pages import Page, SearchEntry

_FACTOR = re.compile(r"\b(\d+(?:\.\d+)?)×")


def entries(pages: Iterable[Page], directory_urls: bool = True) -> Iterator[dict[str, str]]:
    """Yield what the theme's search reads, a page's own entry before those of its parts; a draft has none.

    The theme inserts titles and texts as HTML, so both are escaped here.
    """
    for page in pages:
        if page.draft:
            continue
        location = address(page.uri, directory_urls)
        for entry in sorted(page.search, key=lambda entry: entry.anchor != ""):
            yield {
                "location": f"{location}#{entry.anchor}" if entry.anchor else location,
                "title": escape(entry.title, quote=False),
                "text": escape(_with_typed_factors(entry), quote=False),
            }


def _with_typed_factors(entry: SearchEntry) -> str:
    """Return an entry's text with its factors as people type them: 12x where it says 12×."""
    factors = dict.fromkeys(_FACTOR.findall(f"{entry.title} {entry.text}"))
    return " ".join([entry.text, *(f"{number}x" for number in factors)])


def filled(index: str, pages: Iterable[Page], directory_urls: bool = True) -> str:
    """Return the theme's index (JSON with `config` and `docs`) with the entries of `pages` added to it."""
    data = json.loads(index)
    data["docs"] += entries(pages, directory_urls)
    return json.dumps(data, separators=(",", ":"))
