"""The rules on what models and papers say, which stands on their pages and on those of the questions that cite it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property

from catalog.closed_world import (
    NOT_OFFERED,
    REMEDY,
    Outsider,
    is_outside,
    names_in,
    offer,
    offer_of,
    outsiders,
)
from catalog.contracts import hosted_use
from catalog.expression_syntax import ExpressionError, parse
from catalog.kept import kept
from catalog.load import Catalog
from catalog.names import names_of
from catalog.notations import Citation, ResultRef
from catalog.plain_text import plain_text
from catalog.problems import Problem, shortened
from catalog.records import Model, Paper, Part, Question, Use
from catalog.source import Path
from catalog.titles import bare_title
from catalog.written_answers import Written, written

Piece = tuple[str | int, ...]  # the id of a record and the first two steps of a path in it

PLACES = ("where", "source")  # fields that say where something stands
SHOWN = {"facts": "cites", "reported": "prints", "uses": "runs"}  # how a question brings a piece to its page
PARTS = {  # of the pieces of a record, those that are sentences, names or places
    "facts": ("says", "where"),
    "traps": ("says", "where"),
    "reported": ("method", "dataset", "says", "where"),
    "reproduction": ("claim", "short", "where", "scale", "because"),
}

_FILE = re.compile(r"[\w-]+/[\w-]+\.(?:py|md|ya?ml|json|txt|ipynb|pth?|toml|cfg|sh|csv|npz)")  # of the repository

EXAMPLES = 'write such as "abstract", "section 3", "Table 1", "appendix A" or "repository, README.md"'
_PLACE = re.compile(
    r"""\b(?:abstract|title|introduction|conclusions?|discussion|sections?|sec\.|chapters?|appendix|appendices
    |supplement(?:s|ary)?|tables?|tab\.|figures?|figs?\.|equations?|eqs?\.|algorithms?|theorems?|lemmas?|propositions?
    |definitions?|pages?|pp?\.|footnotes?|captions?|lines?|repository|readme|issues?|pull\s+requests?|release|commit
    |model\s+card|licen[cs]e)(?!\w)|§""",
    re.IGNORECASE | re.VERBOSE,
)


def sources_name_only_what_is_offered(catalog: Catalog) -> Iterator[Problem]:
    """A model or paper names no foreign address, arXiv id or repository, nor a record that is not offered with it.

    What stands on the page of a question, a fact that it cites, a number that it prints or a use that it runs, names
    what was offered for that question alone.
    """
    asked, names = _Asked(catalog), names_in(catalog)
    for record, texts in texts_of_sources(catalog):
        own = offer_of(record)
        for path, text in texts:
            for found in outsiders(plain_text(text), own, names):
                if path[-1] in PLACES and _strange_places(text):
                    break  # told as that
                if not _is_own(found, text, record) and (message := asked.message(found, text, record, path)):
                    place = record.source.key_problem if path[-2:-1] == ("ours",) else record.source.problem
                    yield place(message, *path)


@dataclass(frozen=True)
class _Asked:
    """The questions for which records are offered, as those records see them."""

    catalog: Catalog

    @cached_property
    def beside(self) -> dict[str, list[Question]]:
        """The questions for which each record is offered, by its id."""
        found: dict[str, list[Question]] = {}
        for question in self.catalog.questions.values():
            for id in question.models.keys() | question.papers.keys():
                found.setdefault(id, []).append(question)
        return found

    @cached_property
    def showing(self) -> dict[Piece, list[Question]]:
        """The questions on whose page each piece of a record stands."""
        found: dict[Piece, list[Question]] = {}
        for text in written(self.catalog):
            pieces = {*_cited(text), *_run(text)} if self.catalog.knows_all_offered(text.question) else ()
            for piece in pieces:
                if piece[0] in text.offered:
                    found.setdefault(piece, []).append(text.question)
        return found

    def message(self, found: Outsider, text: str, record: Model | Paper, path: Path) -> str:
        """Say for which question a text names what was not offered, or with what record; nothing where it may."""
        for question in self.showing.get((record.id, *path[:2]), ()):
            if self._is_outside(found, text, question):
                does = SHOWN[path[0]]
                return _told(found, f'was not offered for the question "{question.id}", which {does} this')
        beside = self.beside.get(record.id, [])
        unknown = not all(map(self.catalog.knows_all_offered, beside))  # then it may be offered there
        if found.is_name and (unknown or any(not self._is_outside(found, text, question) for question in beside)):
            return ""
        return _told(found, "is not offered together with this" if found.is_name else "is none of this record's own")

    def _is_outside(self, found: Outsider, text: str, question: Question) -> bool:
        """Tell whether something in a text was not offered for a question."""
        return is_outside(found, plain_text(text), offer(self.catalog, question.id), names_in(self.catalog))


def _cited(text: Written) -> Iterator[Piece]:
    """Yield the facts that an answer cites and the reported numbers that it prints."""
    for _, cited in text.notations(Citation):
        if cited.fact:
            yield cited.id, "facts", cited.fact
    for _, printed in text.notations(ResultRef):
        with suppress(ExpressionError):  # it is told where it stands
            references = parse(printed.expression).references
            yield from ((number.id, "reported", number.name) for number in references if number.kind == "reported")


def _run(text: Written) -> Iterator[Piece]:
    """Yield the uses of models that the workflow above an answer runs."""
    for step in text.question.workflow.steps.values() if text.question.workflow else ():
        id, _, use = step.run.partition(".")
        model = text.catalog.models.get(id)
        if model and (use := use or hosted_use(model) or ""):
            yield id, "uses", use


def _is_own(found: Outsider, text: str, record: Model | Paper) -> bool:
    """Tell whether what was found is a file of a repository, or the repository that is called as a record without one.

    That one is told apart by its name: no prompt gave it.
    """
    spelled = text[found.start : found.end]
    if found.is_name:
        return False
    called = spelled.rpartition("/")[2] if record.github is None and spelled.count("/") == 1 else ""
    return bool(_FILE.fullmatch(spelled)) or bool(called and bare_title(called) in map(bare_title, names_of(record)))


def _told(found: Outsider, what: str) -> str:
    """Return the message of something that was found, as it is told in a record, which cites nothing."""
    return found.message.replace(NOT_OFFERED, what, 1).replace(REMEDY, "take it out", 1)


def places_lie_in_the_paper_or_repository(catalog: Catalog) -> Iterator[Problem]:
    """Each place is one of the offered paper or repository: a section, a table, a file, and not a page elsewhere."""
    for record, texts in texts_of_sources(catalog):
        for path, text in texts:
            if path[-1] in PLACES and (strange := _strange_places(text)):
                message = f'names no place in the paper or repository (got "{shortened(strange[0])}")'
                yield record.source.problem(f"{message}; {EXAMPLES}", *path)


def _strange_places(text: str) -> list[str]:
    """Return those of the places between semicolons that name none of a paper or repository."""
    return [part.strip() for part in text.split(";") if not _PLACE.search(part)]


@kept
def texts_of_sources(catalog: Catalog) -> tuple[tuple[Model | Paper, tuple[tuple[Path, str], ...]], ...]:
    """Return each model and paper with its texts."""
    return tuple((record, tuple(texts_of(record))) for record in catalog.sources)


def texts_of(record: Model | Paper) -> Iterator[tuple[Path, str]]:
    """Yield what we wrote in a record and stands on pages, each text with its path, and the places of them."""
    for name in ("says", "takes", "gives", "not_compared", "license"):
        if said := getattr(record, name, None):
            yield (name,), said
    yield from ((("limits", i), limit) for i, limit in enumerate(record.limits))
    for i, file in enumerate(record.weights):
        yield from _said(file, ("weights", i), ("file", "license"))
    for kind, parts in PARTS.items():
        for name, piece in getattr(record, kind).items():
            yield from _said(piece, (kind, name), parts)
    for name, claim in record.reproduction.items():
        yield from ((("reproduction", name, "ours", label), label) for label in claim.ours)
    for name, use in record.uses.items() if isinstance(record, Model) else ():
        yield from _texts_of_use(use, ("uses", name))


def _texts_of_use(use: Use, path: Path) -> Iterator[tuple[Path, str]]:
    """Yield what a use, its ports and its settings say."""
    yield from _said(use, path, ("says", "source"))
    for kind in ("inputs", "outputs", "settings"):
        for name, part in getattr(use, kind).items():
            yield from _said(part, (*path, kind, name), ("says",))


def _said(piece: Part, path: Path, parts: Iterable[str]) -> Iterator[tuple[Path, str]]:
    """Yield those texts of a piece of a record that are there."""
    for part in parts:
        if text := getattr(piece, part):
            yield (*path, part), text


RULES = (sources_name_only_what_is_offered, places_lie_in_the_paper_or_repository)
