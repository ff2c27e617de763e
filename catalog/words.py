"""Which fields of the records hold words of the vocabulary, and which list each word belongs to."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any, NamedTuple

from catalog.records import Asks, Model, OfferedPaper, Operation, Part, Port, Reported, Task, Use
from catalog.source import Path


class WordUse(NamedTuple):
    """A word where a record uses it; `section` is its list in the vocabulary."""

    path: Path
    word: str
    section: str


WORDS: dict[type[Part], dict[str, str]] = {
    Task: {"helps": "tasks"},
    Operation: {"task": "tasks"},
    Port: {"type": "types"},
    Use: {"task": "tasks"},
    Model: {"trained_on": "content"},
    Reported: {"metric": "metrics"},
    Asks: {"task": "tasks", "from_": "types", "to": "types", "about": "content", "wants": "wants"},
    OfferedPaper: {"role": "roles"},
}
KINDS = {  # what one word of a list is called
    "tasks": "task",
    "types": "port type",
    "content": "kind of content",
    "wants": "wish",
    "roles": "role",
    "metrics": "metric",
}


@cache
def sections_of(part: type[Part]) -> dict[str, str]:
    """Return the vocabulary's list for each field of a type that holds words, inherited fields too."""
    return {field: section for known in part.__mro__ for field, section in WORDS.get(known, {}).items()}


def words_used(value: Any, path: Path = ()) -> Iterator[WordUse]:
    """Yield every word that a record, or a value inside one, uses."""
    if isinstance(value, Part):
        sections = sections_of(type(value))
        for name in value.model_fields_set:
            inner = getattr(value, name)
            if name in sections:
                yield from _words(inner, (*path, _key(value, name)), sections[name])
            elif inner and isinstance(inner, Part | dict | list):
                yield from words_used(inner, (*path, _key(value, name)))
    elif isinstance(value, dict | list):
        for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
            if isinstance(inner, Part | dict | list):
                yield from words_used(inner, (*path, key))


def _key(part: Part, field: str) -> str:
    """Return how a field is called in the file."""
    return type(part).model_fields[field].alias or field


def _words(value: Any, path: Path, section: str) -> Iterator[WordUse]:
    """Yield the words of a field: the word, or those of a list, or the keys of a mapping."""
    if isinstance(value, str):
        yield WordUse(path, value, section)
    elif isinstance(value, dict):
        yield from (WordUse((*path, word), word, section) for word in value)
    elif isinstance(value, list):
        yield from (WordUse((*path, position), word, section) for position, word in enumerate(value))
