"""A page's own words, escaped: the theme prints titles and descriptions as they come."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup, escape

from hooks.pages import Heading, Page

FEWEST_HEADINGS = 3  # with fewer, a table of contents only takes room


@dataclass(frozen=True)
class ThemeValues:
    """What the theme prints of a page beside its HTML.

    Attributes:
        short: its name in the navigation, escaped.
        toc: its headings, escaped.
        meta: title, description and which scripts the page needs.
        frame: equal for pages that differ in nothing but their title, description, addresses and HTML.
    """

    short: Markup
    toc: tuple[Heading, ...]
    meta: dict[str, object]
    frame: tuple


def theme_values(page: Page) -> ThemeValues:
    """Return the values of a page, each escaped."""
    needs = {
        "kind": page.kind,
        "draft": page.draft,
        "has_diagram": page.has_diagram,
        "has_math": page.has_math,
        "has_comparison": "<image-compare" in page.html,
        "has_figure": 'class="ma-enlarge' in page.html,
    }
    meta = {
        "title": escape(page.title),
        "description": escape(page.description),
        "search": {"exclude": True},  # the theme would parse the HTML again; hooks/search_index.py knows the text
        "hide": ["toc"] if len(page.toc) < FEWEST_HEADINGS else [],
        **needs,
    }
    return ThemeValues(
        short=escape(page.short or page.title),
        toc=tuple(Heading(heading.id, escape(heading.title), heading.level) for heading in page.toc),
        meta=meta,
        frame=(page.toc, bool(page.source), *needs.values()),
    )
