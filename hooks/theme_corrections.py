"""Corrects the theme's own markup where HTML checkers refuse it, or it says nothing."""

from __future__ import annotations

from pathlib import Path

import yaml

CORRECTIONS = tuple(
    (correction["wrong"], correction["right"])
    for correction in yaml.safe_load(Path(__file__).with_suffix(".yml").read_text(encoding="utf-8"))
)


def corrected(html: str) -> str:
    """Return a page of the theme with each correction made.

    Text that people contribute cannot hold what is replaced here: in it, quotation marks are escaped.
    """
    for wrong, right in CORRECTIONS:
        html = html.replace(wrong, right)
    return html
