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

    A section that would hold more than 30 pages keeps only its index, through which readers reach the others.
    """
    sections: dict[str, list[str]] = {}
    entries: Navigation = []
    for page in pages:
        if page.nav == "":
            entries.append(page.uri)
        elif page.nav is not None:
            if page.nav not in sections:
                entries.append({page.nav: sections.setdefault(page.nav, [])})
            sections[page.nav].append(page.uri)
    for uris in sections.values():
        uris[:] = _few(uris)
    return entries


def _few(uris: list[str]) -> list[str]:
    """Return the uris with indexes first, or the indexes alone if there are too many."""
    indexes = [uri for uri in uris if uri.endswith("index.md")]
    others = [uri for uri in uris if not uri.endswith("index.md")]
    room = MOST_PAGES_IN_A_SECTION - len(indexes)
    return indexes + (others if len(others) <= room or not indexes else [])
