"""What stands in the navigation: a short list, because a long one is written again into every page."""

from __future__ import annotations

from collections.abc import Iterable

from hooks.pages import Page

MOST_PAGES_IN_A_SECTION = (
    30  # with all of 1,000 pages in it, a build takes six times as long and the site 17 times the space
)

Navigation = list[str | dict[str, list[str]]]


def navigation(pages: Iterable[Page]) -> Navigation:
    """Return the uris in the order of the pages: one of the top by itself, those of a section under its name.

    A section that would hold more than 30 pages keeps only its index, through which readers reach the others; a section
    that is its index alone stands at the top.
    """
    sections: dict[str, list[str]] = {}
    for page in pages:
        if page.nav is not None:
            sections.setdefault(page.nav or page.uri, []).append(page.uri)
    return [_entry(name, _few(uris)) for name, uris in sections.items()]


def _few(uris: list[str]) -> list[str]:
    """Return the uris with the index first, or the index alone if there are too many."""
    index = [uri for uri in uris if uri.endswith("index.md")][:1]
    others = [uri for uri in uris if uri not in index]
    return index + (others if len(uris) <= MOST_PAGES_IN_A_SECTION or not index else [])


def _entry(name: str, uris: list[str]) -> str | dict[str, list[str]]:
    """Return a section, or the page itself where there is but one to show."""
    alone = len(uris) == 1 and (name == uris[0] or uris[0].endswith("index.md"))
    return uris[0] if alone else {name: uris}
