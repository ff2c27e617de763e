"""An answer beside its question, as the rules on answers see it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, TypeVar

from catalog.answer import Answer, Passage
from catalog.notations import REMEMBERED, FigureRef, Misspelt, place, scan, scan_all, without
from catalog.plain_text import PlainText, plain_text
from catalog.problems import Level, Problem
from catalog.records import Question
from catalog.validation import PLACEHOLDER

if TYPE_CHECKING:
    from catalog.load import Catalog

Kind = TypeVar("Kind")


@dataclass(frozen=True)
class Written:
    """An answer beside its question and the catalog; `question` is None if the front matter cannot be read."""

    id: str
    answer: Answer
    catalog: Catalog

    @property
    def question(self) -> Question | None:
        """The record above the answer."""
        return self.catalog.questions.get(self.id)

    @property
    def is_draft(self) -> bool:
        """Whether its contract is relaxed."""
        return self.question is not None and self.question.status == "draft"

    @cached_property
    def offered(self) -> tuple[str, ...]:
        """The ids of what was offered, models first."""
        return (*self.question.models, *self.question.papers) if self.question else ()

    @cached_property
    def unwritten(self) -> frozenset[str]:
        """The parts that still hold the dots of a new question: until they are written, nobody counts their words."""
        return frozenset(part for part, passage in self.answer.parts if any(dots(passage)))

    def problem(self, part: str, offset: int, message: str, level: Level = "error") -> Problem:
        """Return a problem at an offset in one of the parts."""
        line, column = place(dict(self.answer.parts)[part], offset)
        return Problem(self.answer.file, line, column, part, message, level)

    def notations(self, kind: type[Kind]) -> Iterator[tuple[str, Kind]]:
        """Yield every notation of one kind with the name of the part it stands in."""
        for part, passage in self.answer.parts:
            yield from ((part, found) for found in scan(passage) if isinstance(found, kind))


def written(catalog: Catalog, needs_question: bool = True) -> Iterator[Written]:
    """Yield the answers, and only those whose question could be read if that is needed."""
    for id, answer in catalog.answers.items():
        if not needs_question or id in catalog.questions:
            yield Written(id, answer, catalog)


def dots(passage: Passage) -> Iterator[int]:
    """Yield the numbers of the lines on which a passage holds what stands in place of a text in a new question."""
    lines = passage.text.split("\n") if PLACEHOLDER in passage.text else ()
    return (number for number, line in enumerate(lines, passage.line) if line.strip() == PLACEHOLDER)


@lru_cache(maxsize=REMEMBERED)
def plain_without_notations(passage: Passage) -> PlainText:
    """Return a passage as it is read, with blanks in place of its notations; alternative texts stay."""
    spans = []
    for found in scan_all(passage):
        if isinstance(found, Misspelt):
            spans += [(found.address_start, found.end)] if found.address else []  # told as a picture
        elif isinstance(found, FigureRef):
            alt_end = found.alt_start + len(found.alt)
            spans += [(found.start, found.alt_start), (alt_end, found.end)]
        else:
            spans.append((found.start, found.end))
    return plain_text(without(passage.text, spans))
