"""The table of contents, read off a page's own headings so that no list of them is kept beside the template."""

from __future__ import annotations

import re
from html import unescape

from hooks.pages import Heading

_HEADING = re.compile(r'<h([23]) id="([^"]+)"[^>]*>(.*?)</h\1>', re.DOTALL)
_TAG = re.compile(r"<[^>]*>")


def contents(html: str, deepest: int = 2) -> tuple[Heading, ...]:
    """Return the headings that have an id, down to level `deepest` (2 or 3), with plain titles."""
    return tuple(
        Heading(id, unescape(_TAG.sub("", title)).strip(), int(level))
        for level, id, title in _HEADING.findall(html)
        if int(level) <= deepest
    )
