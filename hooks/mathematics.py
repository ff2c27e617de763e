r"""Finds the mathematics in a text, so that a page can show `$14\times$` as it was meant."""

from __future__ import annotations

import re

_SPAN = re.compile(r"(?<![\\$])\$(?![\s$\d]*\$)(?!\s)((?:[^$\\\n]|\\.)+?)(?<!\s)\$(?![\d$])")
_FORMULA = re.compile(r'<[a-z]+\b[^<>]*\sclass="(?:[^"<>]* )?arithmatex[ "]')


def pieces(text: str) -> list[tuple[bool, str]]:
    """Return the text in pieces, each with whether it is mathematics (then without its dollar signs)."""
    if "$" not in text:
        return [(False, text)]
    parts = _SPAN.split(text)
    return [(i % 2 == 1, part) for i, part in enumerate(parts) if part]


def has_mathematics(text: str) -> bool:
    """Tell whether a plain text holds mathematics."""
    return "$" in text and _SPAN.search(text) is not None


def has_formula(html: str) -> bool:
    """Tell whether finished HTML holds a formula to draw, not only the word for one."""
    return "arithmatex" in html and _FORMULA.search(html) is not None
