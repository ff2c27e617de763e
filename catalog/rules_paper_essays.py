"""The rules of the closed world and of typed numbers, for the essays that no question shows."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from weakref import WeakKeyDictionary

from catalog.closed_world import NOT_OFFERED, Names, Offered, links_of, outsiders
from catalog.links import compare_form
from catalog.load import Catalog
from catalog.names import names_of
from catalog.notations import code_spans, without
from catalog.plain_text import plain_text
from catalog.problems import Problem
from catalog.records import Model, Paper
from catalog.rules_numbers import no_source
from catalog.shown_prose import Prose, shown_prose
from catalog.stale import code_of, stale_reasons
from catalog.typed_numbers import Sourced, TypedNumber, numbers_of, sourced, typed_numbers
from catalog.units import in_unit

# A constant of code, with the lines that go on in it: what somebody chose, and nobody measured.
_CONSTANT = re.compile(r"^[A-Z][A-Z0-9_]*(?:, [A-Z][A-Z0-9_]*)*(?:: [^=\n]+)? = (.*(?:\n[ )\]}].*)*)", re.MULTILINE)
_COMMENT = re.compile(r"\s#.*")
_LITERAL = re.compile(r"(?<![\w.])\d+(?:\.\d+)?(?![\w.])")


# The records of each file of a network, by catalog: several may share one, as variants do.
_NETWORKS: WeakKeyDictionary[Catalog, dict[str, list[Model | Paper]]] = WeakKeyDictionary()


def _by_network(catalog: Catalog) -> dict[str, list[Model | Paper]]:
    """Return the records that each file of a network implements."""
    if catalog not in _NETWORKS:
        found = _NETWORKS[catalog] = {}
        for record in catalog.sources:
            found.setdefault(f"models/{record.implementation}.py", []).append(record)
    return _NETWORKS[catalog]


@dataclass(frozen=True)
class _Essay:
    """An essay that models and papers name, and no question."""

    id: str
    named_by: Sequence[Model | Paper]
    catalog: Catalog

    @property
    def file(self) -> str:
        """Its path from the repository's root."""
        return f"notebooks/{self.id}.py"

    @cached_property
    def prose(self) -> tuple[Prose, ...]:
        """Its cells of prose."""
        return tuple(shown_prose(self.catalog, self.id))

    @cached_property
    def code(self) -> tuple[str, ...]:
        """The files of code that it is, by their paths from notebooks/; none but its own while they cannot be told."""
        if self.id in self.catalog.runs and not stale_reasons(self.catalog)[self.id]:
            key = self.catalog.runs[self.id].key  # so that nobody has to parse the essay again
            return (f"{self.id}.py", *(part for part in key if part.endswith(".py")))
        try:
            return (f"{self.id}.py", *code_of(self.catalog).behind(f"{self.id}.py"))
        except (OSError, ValueError):
            return (f"{self.id}.py",)  # said where the run is stale

    @cached_property
    def records(self) -> tuple[Model | Paper, ...]:
        """The records that name it, and those whose networks it imports."""
        networks = _by_network(self.catalog)
        imported = (record for part in self.code for record in networks.get(part, ()))
        return tuple({record.id: record for record in (*self.named_by, *imported)}.values())

    @cached_property
    def texts(self) -> tuple[str, ...]:
        """What was provided of those records, and what their claims say."""
        names = (name for record in self.records for name in names_of(record))
        summaries = (record.summary for record in self.records if isinstance(record, Paper))
        claims = (claim.claim for record in self.records for claim in record.reproduction.values())
        return (*names, *summaries, *claims)

    @property
    def offered(self) -> Offered:
        """What its prose may name."""
        links = frozenset(compare_form(link) for record in self.records for link in links_of(record))
        return Offered(frozenset(record.id for record in self.records), links, self.texts, self.records)

    @cached_property
    def told(self) -> Sourced:
        """The numbers that those records tell: in facts, as reported numbers, in what was provided, in claims."""
        facts = (fact.says for record in self.records for fact in record.facts.values())
        said = (number for text in (*self.texts, *facts) for number in numbers_of(text))
        return sourced([*said, *self._reported()])

    def _reported(self) -> Iterator[tuple[float, str | None]]:
        """Yield the numbers that papers and repositories print."""
        metrics = self.catalog.vocabulary.metrics
        for number in (number for record in self.records for number in record.reported.values()):
            value, measures = in_unit(number.value, metrics[number.metric].unit if number.metric in metrics else "")
            yield value, measures or number.metric

    @cached_property
    def chosen(self) -> Sourced:
        """The constants of its code, as shares of a hundred or of one, and as lengths in pixels."""
        root = self.catalog.root / "notebooks"
        texts = ((root / part).read_text(encoding="utf-8", errors="replace") for part in self.code)
        return _as_chosen(texts)

    @cached_property
    def ran(self) -> Sourced:
        """The same of the code that was executed, which the prose of a stale run speaks of."""
        run = self.catalog.runs.get(self.id)
        return _as_chosen(cell.text for cell in (run.cells or () if run else ()) if not cell.markdown)

    def has(self, number: TypedNumber) -> bool:
        """Tell whether a typed number has a source; the code sets factors."""
        return number.measures == "times" or self.told.has(number) or self.chosen.has(number)


def _as_chosen(texts: Iterable[str]) -> Sourced:
    """Return the constants of code, as shares of a hundred or of one, and as lengths in pixels."""
    constants = {value for text in texts for value in _constants(text)}
    shares = ((float(f"{scale * value:.9g}"), "share") for value in constants for scale in (1, 100))
    return sourced([*shares, *((value, "pixels") for value in constants)])


def _constants(text: str) -> Iterator[float]:
    """Yield the numbers in the constants of a file of code."""
    for statement in _CONSTANT.findall(text):
        yield from map(float, _LITERAL.findall(_COMMENT.sub("", statement)))


def _essays(catalog: Catalog) -> Iterator[_Essay]:
    """Yield the essays that no question shows; one that a record which cannot be read may name is left out."""
    if catalog.unreadable or catalog.damaged:
        return
    asked = {question.notebook for question in catalog.questions.values()}
    naming: dict[str, list[Model | Paper]] = {}
    for record in catalog.sources:
        if record.notebook and record.notebook not in asked:
            naming.setdefault(record.notebook, []).append(record)
    yield from (_Essay(id, records, catalog) for id, records in naming.items())


def essays_of_papers_name_only_their_own(catalog: Catalog) -> Iterator[Problem]:
    """An essay names no address, arXiv id, repository or record but those of the records that name it.

    Nor do the words on its figures. It may name the networks that it imports.
    """
    names = None
    for essay in _essays(catalog):
        names, offered = names or Names(catalog), essay.offered
        for prose in essay.prose:
            for found in outsiders(plain_text(prose.passage.text), offered, names):
                yield prose.problem(found.start, _told(found.message))
        run = catalog.runs.get(essay.id)
        for name, figure in run.figures.items() if run else ():
            for field, text in (("alt", figure.alt), ("caption", figure.caption)):
                for found in outsiders(plain_text(text), offered, names):
                    yield Problem(run.file, 1, 1, f"figures.{name}.{field}", _told(found.message))


def _told(message: str) -> str:
    """Return what is told of an outsider where there is no question."""
    return message.replace(NOT_OFFERED, "belongs to no record that names this essay")


def numbers_in_essays_of_papers_have_a_source(catalog: Catalog) -> Iterator[Problem]:
    """A number that measures something stands in a record that names the essay, or is a constant of its code."""
    for essay in _essays(catalog):
        for prose in essay.prose:
            for number in typed_numbers(plain_text(without(prose.passage.text, code_spans(prose.passage)))):
                if not essay.has(number) and not (prose.cell and essay.ran.has(number)):
                    yield prose.problem(number.start, no_source(number))


RULES = (essays_of_papers_name_only_their_own, numbers_in_essays_of_papers_have_a_source)
