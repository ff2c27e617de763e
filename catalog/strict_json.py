"""JSON without what parsers let pass: a key that stands twice, numbers that are none; standard library alone."""

from __future__ import annotations

import json
from typing import Any


def strict_json(text: str) -> Any:
    """Return what JSON says.

    Raises:
        json.JSONDecodeError: it is not JSON.
        ValueError: a key stands twice, a number is none, or brackets lie too deep.
    """
    try:
        return json.loads(text, object_pairs_hook=_no_duplicates, parse_constant=_no_constant)
    except RecursionError:
        raise ValueError("brackets lie too deep inside brackets") from None


def _no_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Build an object, refusing a key that stands twice."""
    made = dict(pairs)
    if len(made) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"the key {twice!r} stands twice")
    return made


def _no_constant(word: str) -> float:
    """Refuse NaN and Infinity."""
    raise ValueError(f"{word} is not a number")
