"""Sentences for readers, each with the line of the record that it rests on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from catalog.records import Port, Task, Term, Vocabulary
from catalog.source import Source

UNCOUNTABLE = {"text"}  # port types that take no article


@dataclass(frozen=True)
class Reason:
    """A sentence for a reader, with the line of the record it rests on."""

    text: str
    file: str
    line: int
    field: str


def reason(text: str, source: Source, *path: str | int) -> Reason:
    """Return a sentence that rests on the value under `path` of a record."""
    return Reason(text, source.file, source.at(*path).line, ".".join(map(str, path)))


@dataclass(frozen=True)
class Words:
    """The vocabulary, as its words stand inside a sentence."""

    vocabulary: Vocabulary

    def task(self, word: str) -> str:
        """Return a task: motion deblurring."""
        return _inside(self.vocabulary.tasks, word)

    def content(self, *words: str) -> str:
        """Return what pictures show: photographs and line drawings."""
        return " and ".join(_inside(self.vocabulary.content, word) for word in words)

    def type(self, word: str) -> str:
        """Return what passes through a port: a picture, text."""
        noun = _inside(self.vocabulary.types, word)
        return noun if word in UNCOUNTABLE else f"a {noun}"

    def types(self, ports: Mapping[str, Port]) -> str:
        """Return what passes through several ports: a picture and text."""
        return " and ".join(dict.fromkeys(self.type(port.type) for port in ports.values()))


def _inside(terms: Mapping[str, Task | Term], word: str) -> str:
    """Return the title of a word with a small first letter, or the word itself when it is unknown."""
    title = terms[word].title if word in terms else word
    return title[:1].lower() + title[1:]
