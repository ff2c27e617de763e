"""The rules of the closed world and of typed numbers, for the essays that no question shows."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from catalog.closed_world import NOT_OFFERED, Names, Offered, Outsider, is_outside, links_of, names_in, outsiders
from catalog.kept import kept
from catalog.links import compare_form
from catalog.load import Catalog
from catalog.names import names_of
from catalog.notations import code_spans, without
from catalog.plain_text import plain_text
from catalog.problems import Problem
from catalog.records import Model, Paper
from catalog.rules_numbers import no_source
from catalog.rules_runs import in_run
from catalog.rules_source_pages import has_its_code
from catalog.shown_prose import Prose, shown_prose
from catalog.stale import code_of, stale_reasons
from catalog.typed_numbers import Sourced, TypedNumber, numbers_of, sourced, typed_numbers
from catalog.units import in_unit

# A constant of code, with the lines that go on in it: what somebody chose, and nobody measured.
_CONSTANT = re.compile(r"^[A-Z][A-Z0-9_]*(?:, [A-Z][A-Z0-9_]*)*(?:: [^=\n]+)? = (.*(?:\n[ )\]}].*)*)", re.MULTILINE)
_COMMENT = re.compile(r"\s#.*")
_LITERAL = re.compile(r"(?<![\w.])\d+(?:\.\d+)?(?![\w.])")


@dataclass(frozen=True)
class _Told:
    """What a group of records offers, and which numbers they tell."""

    records: Sequence[Model | Paper]
    catalog: Catalog

    @cached_property
    def offered(self) -> Offered:
        """What prose about them may name."""
        links = frozenset(compare_form(link) for record in self.records for link in links_of(record))
        return Offered(frozenset(record.id for record in self.records), links, self._texts, tuple(self.records))

    @cached_property
    def _texts(self) -> tuple[str, ...]:
        """What was provided of them, and what their claims say."""
        names = (name for record in self.records for name in names_of(record))
        summaries = (record.summary for record in self.records if isinstance(record, Paper))
        claims = (claim.claim for record in self.records for claim in record.reproduction.values())
        return (*names, *summaries, *claims)

    @cached_property
    def numbers(self) -> Sourced:
        """The numbers that they tell: in facts, as reported numbers, in what was provided, in claims."""
        facts = (fact.says for record in self.records for fact in record.facts.values())
        said = (number for text in (*self._texts, *facts) for number in numbers_of(text))
        return sourced([*said, *self._reported()])

    def _reported(self) -> Iterator[tuple[float, str | None]]:
        """Yield the numbers that papers and repositories print."""
        metrics = self.catalog.vocabulary.metrics
        for number in (number for record in self.records for number in record.reported.values()):
            value, measures = in_unit(number.value, metrics[number.metric].unit if number.metric in metrics else "")
            yield value, measures or number.metric


@dataclass(frozen=True)
class _Networks:
    """The records whose networks essays import; several may share one file, as variants do."""

    catalog: Catalog
    groups: dict[frozenset[str], _Told] = field(default_factory=dict)  # by the files that an essay imports

    @cached_property
    def records(self) -> dict[str, list[Model | Paper]]:
        """The records that each file implements, by its path from notebooks/."""
        found: dict[str, list[Model | Paper]] = {}
        for record in self.catalog.sources:
            if record.implementation:
                found.setdefault(f"models/{record.implementation}.py", []).append(record)
        return found

    def behind(self, code: Iterable[str]) -> _Told:
        """Return what the records tell whose networks these files of code are; one object for the same networks."""
        files = frozenset(self.records.keys() & code)
        if files not in self.groups:
            records = [record for file in sorted(files) for record in self.records[file]]
            self.groups[files] = _Told(records, self.catalog)
        return self.groups[files]


@dataclass(frozen=True)
class _Essay:
    """An essay that models and papers name, and no question."""

    id: str
    own: _Told  # by those that name it
    networks: _Networks
    catalog: Catalog

    @property
    def file(self) -> str:
        """Its path from the repository's root."""
        return f"notebooks/{self.id}.py"

    @property
    def prose(self) -> tuple[Prose, ...]:
        """Its cells of prose."""
        return shown_prose(self.catalog, self.id)

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

    @property
    def imported(self) -> _Told:
        """What the records tell whose networks it imports."""
        return self.networks.behind(self.code)

    def outsiders(self, text: str, names: Names) -> Iterator[Outsider]:
        """Yield what belongs neither to a record that names it nor to one whose network it imports."""
        plain = plain_text(text)
        for found in outsiders(plain, self.own.offered, names):
            if is_outside(found, plain, self.imported.offered, names):
                yield found

    @cached_property
    def chosen(self) -> Sourced:
        """The constants of its code, as shares of a hundred or of one, and as lengths in pixels."""
        return _as_chosen(constants_of(self.catalog, part) for part in self.code)

    @cached_property
    def ran(self) -> Sourced:
        """The same of the code that was executed, which the prose of a stale run speaks of."""
        run = self.catalog.runs.get(self.id)
        return _as_chosen(_constants(cell.text) for cell in (run.cells or () if run else ()) if not cell.markdown)

    def has(self, number: TypedNumber) -> bool:
        """Tell whether a typed number has a source; the code sets factors."""
        if number.measures == "times" or self.own.numbers.has(number):
            return True
        return self.imported.numbers.has(number) or self.chosen.has(number)


def _as_chosen(groups: Iterable[frozenset[float]]) -> Sourced:
    """Return the constants of code, as shares of a hundred or of one, and as lengths in pixels."""
    constants = frozenset().union(*groups)
    shares = ((float(f"{scale * value:.9g}"), "share") for value in constants for scale in (1, 100))
    return sourced([*shares, *((value, "pixels") for value in constants)])


@kept
def constants_of(catalog: Catalog, part: str) -> frozenset[float]:
    """Return the numbers in the constants of a file of code, by its path from notebooks/; many essays import it."""
    return _constants((catalog.root / "notebooks" / part).read_text(encoding="utf-8", errors="replace"))


def _constants(text: str) -> frozenset[float]:
    """Return the numbers in the constants of a file of code."""
    statements = (_COMMENT.sub("", statement) for statement in _CONSTANT.findall(text))
    return frozenset(float(number) for statement in statements for number in _LITERAL.findall(statement))


def _essays(catalog: Catalog) -> Iterator[_Essay]:
    """Yield the essays that no question shows; one that a record which is not right itself may name is left out."""
    if catalog.unreadable or catalog.damaged or not all(has_its_code(record, catalog) for record in catalog.sources):
        return
    asked = {question.notebook for question in catalog.questions.values()}
    naming: dict[str, list[Model | Paper]] = {}
    for record in catalog.sources:
        if record.notebook and record.notebook not in asked:
            naming.setdefault(record.notebook, []).append(record)
    networks = _Networks(catalog)
    yield from (_Essay(id, _Told(records, catalog), networks, catalog) for id, records in naming.items())


def essays_of_papers_name_only_their_own(catalog: Catalog) -> Iterator[Problem]:
    """An essay names no address, arXiv id, repository or record but those of the records that name it.

    Nor do the words on its figures. It may name the networks that it imports.
    """
    for essay in _essays(catalog):
        names = names_in(catalog)
        for prose in essay.prose:
            for found in essay.outsiders(prose.passage.text, names):
                yield prose.problem(found.start, _told(found.message))
        run = catalog.runs.get(essay.id)
        for name, figure in run.figures.items() if run else ():
            for part, text in (("alt", figure.alt), ("caption", figure.caption)):
                for found in essay.outsiders(text, names):
                    yield from in_run(run, catalog, [(("figures", name, part), _told(found.message))])


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
