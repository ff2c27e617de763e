"""Words that people type and a text does not hold: other words of its families, factors with the other sign."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import yaml

_WORD = re.compile(r"[\w×]+(?:-[\w×]+)*")
_FACTOR = re.compile(r"\b(\d+(?:\.\d+)?)[×x](?![a-z])")


def other_forms(text: str) -> str:
    """Return what a search of `text` shall find too, each word once and none that `text` begins a word with."""
    words = {word for found in _WORD.findall(text.lower()) for word in (found, *found.split("-"))}
    forms = dict.fromkeys((*_factors(text.lower()), *_relatives(words)))
    return " ".join(form for form in forms if not any(word.startswith(form) for word in words))


def _factors(text: str) -> Iterator[str]:
    """Yield each factor of `text` with either sign, as people type it and as it is printed."""
    for number in dict.fromkeys(_FACTOR.findall(text)):
        yield from (f"{number}x", f"{number}×")


def _relatives(words: set[str]) -> Iterator[str]:
    """Yield the words of each family of which some stand in a text."""
    for family, typed in _families():
        if not words.isdisjoint(family):
            yield from (*family, *typed)


@cache
def _families() -> tuple[tuple[tuple[str, ...], tuple[str, ...]], ...]:
    """Return each family: its words that pages use, and those that are only typed."""
    families = yaml.safe_load(Path(__file__).with_name("word_families.yml").read_text(encoding="utf-8"))
    return tuple((tuple(family["words"]), tuple(family.get("also", ()))) for family in families)
