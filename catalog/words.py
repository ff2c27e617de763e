"""Which fields of the records hold words of the vocabulary, and which list each word belongs to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple, get_args

from catalog.records import Asks, Cues, Model, OfferedPaper, Operation, Part, Port, Reported, Task, Use, Vocabulary
from catalog.source import Path
from catalog.titles import bare_title

VOCABULARY_FILE = "catalog/vocabulary.yml"
NOT_READ = "unread"  # the role of a paper that nobody has read for this question


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
    Cues: {"task": "tasks", "about": "content", "wants": "wants"},
}
FEW_WORDS = 8  # that can be told one by one
KINDS = {  # what one word of a list is called
    "tasks": "task",
    "types": "port type",
    "content": "kind of content",
    "wants": "wish",
    "roles": "role",
    "metrics": "metric",
}


class Field(NamedTuple):
    """A field that holds words of the list `section`, or parts inside which there are some."""

    name: str
    key: str
    section: str | None


@cache
def sections_of(part: type[Part]) -> dict[str, str]:
    """Return the vocabulary's list for each field of a type that holds words, inherited fields too."""
    return {field: section for known in part.__mro__ for field, section in WORDS.get(known, {}).items()}


@cache
def fields_with_words(part: type[Part]) -> tuple[Field, ...]:
    """Return the fields of a type that lead to words; the others need no look."""
    sections = sections_of(part)
    return tuple(
        Field(name, field.alias or name, sections.get(name))
        for name, field in part.model_fields.items()
        if name in sections or any(map(fields_with_words, parts_in(field.annotation)))
    )


def parts_in(annotation: Any) -> list[type[Part]]:
    """Return the types of the parts that a value of an annotation may hold at any depth."""
    if isinstance(annotation, type) and issubclass(annotation, Part):
        return [annotation]
    return [part for inner in get_args(annotation) for part in parts_in(inner)]


def words_used(value: Any, path: Path = ()) -> Iterator[WordUse]:
    """Yield every word that a record, or a value inside one, uses."""
    if isinstance(value, dict | list):
        for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from words_used(inner, (*path, key))
    elif isinstance(value, Part):
        for name, key, section in fields_with_words(type(value)):
            if name in value.model_fields_set and (inner := getattr(value, name)):
                yield from _words(inner, (*path, key), section) if section else words_used(inner, (*path, key))


def _words(value: Any, path: Path, section: str) -> Iterator[WordUse]:
    """Yield the words of a field: the word, or those of a list, or the keys of a mapping."""
    if isinstance(value, str):
        yield WordUse(path, value, section)
    elif isinstance(value, dict):
        yield from (WordUse((*path, word), word, section) for word in value)
    elif isinstance(value, list):
        yield from (WordUse((*path, position), word, section) for position, word in enumerate(value))


def choices(words: Sequence[str]) -> str:
    """Return what people may choose from, where it is not too much to say."""
    return f"one of {', '.join(words)}" if len(words) <= FEW_WORDS else "one of its words"


def titled(word: str, known: Mapping[str, Any]) -> str | None:
    """Return the word of a list of the vocabulary whose title another word is, or None."""
    titles = {bare_title(getattr(said, "title", "")): name for name, said in known.items()}
    return titles.get(bare_title(word))


def open_words(section: str, vocabulary: Vocabulary, *, is_published: bool) -> list[str]:
    """Return the words of a list that a record may use; a published question has no paper that nobody has read."""
    known = getattr(vocabulary, section)
    return [word for word in known if not (is_published and section == "roles" and word == NOT_READ)]


def with_words(message: str, vocabulary: Vocabulary, *, is_published: bool) -> str:
    """Return a message in which `(A role of vocabulary.yml)` goes on with the roles that a record may use."""
    for section, kind in KINDS.items():
        told = f"(A {kind} of vocabulary.yml"
        if f"{told})" in message:
            message = message.replace(
                f"{told})", f"{told}: {', '.join(open_words(section, vocabulary, is_published=is_published))})"
            )
    return message
