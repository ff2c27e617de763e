"""The rule that a number has a source or does not stand."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from contextlib import suppress
from functools import cached_property

from catalog.answer import Passage
from catalog.closed_world import offer
from catalog.contracts import NotRunnableError, find_runnable, sizing
from catalog.expression_syntax import ExpressionError, parse
from catalog.load import Catalog
from catalog.notations import Block, Citation, blocks, code_spans, scan, without
from catalog.plain_text import plain_text
from catalog.problems import Problem
from catalog.records import Question
from catalog.rules_closed_world import sentences_of
from catalog.runs import Result
from catalog.shown_prose import shown_prose
from catalog.typed_numbers import Sourced, TypedNumber, numbers_of, sourced, typed_numbers
from catalog.units import in_unit
from catalog.written_answers import Written, plain_without_notations, written

_TYPED = "is a number typed by hand"  # begins the problem of a number without a source
_ANOTHER_FACTOR = "is not the factor of this step"  # begins the problem of a label that its step contradicts
_IN_THE_WORKFLOW = "; in the workflow "  # begins what a typed factor is told of the steps that have other ones


def measured_numbers_have_a_source(catalog: Catalog) -> Iterator[Problem]:
    """A number typed with a unit is the asked scale, a setting, or stands in what was offered or cited beside it."""
    for text in written(catalog):
        if _lacks_sources(text.question, catalog):
            continue
        numbers = _Numbers(text)
        for part, passage in text.answer.parts:
            for number in typed_numbers(plain_without_notations(passage)):
                if not numbers.have(number, passage):
                    yield text.problem(part, number.start, numbers.advice(number))


def numbers_of_records_have_a_source(catalog: Catalog) -> Iterator[Problem]:
    """A number in a question's reasons, claims, labels and siblings, or in its essay, has a source as in its answer."""
    for text in written(catalog):
        question = text.question
        if _lacks_sources(question, catalog):
            continue
        numbers = _Numbers(text)
        for path, sentence in sentences_of(question):
            if path[0] == "siblings" and path[1] in catalog.unreadable:
                continue  # it may be the scale that is asked for there
            if path[0] == "claims" and not _can_be_read(question.claims[int(path[1])].holds):
                continue  # it may be what is compared there
            for number in typed_numbers(plain_text(sentence)):
                if not numbers.may_stand(number, *_own_numbers(catalog, question, path)):
                    yield question.source.problem(no_source(number), *path)
                elif message := _another_factor(number, question, path, catalog):
                    yield question.source.problem(message, *path)
        for prose in shown_prose(catalog, question.notebook) if question.notebook else ():
            for number in typed_numbers(plain_text(without(prose.passage.text, code_spans(prose.passage)))):
                if number.measures != "times" and not numbers.may_stand(number):  # the code below sets its factors
                    yield prose.problem(number.start, no_source(number))


def _lacks_sources(question: Question, catalog: Catalog) -> bool:
    """Tell whether the source of a number may be what cannot be read."""
    if not catalog.knows_all_offered(question) or question.notebook in catalog.unreadable_runs:
        return True
    return any(catalog.lacks(question, field) for field in ("asks", "workflow"))


def _another_factor(number: TypedNumber, question: Question, path: tuple[str | int, ...], catalog: Catalog) -> str:
    """Say that the label of a step names another factor than the setting that decides its size, or nothing."""
    if path[:2] != ("workflow", "steps") or number.measures != "times":
        return ""
    step = question.workflow.steps[str(path[2])]
    with suppress(NotRunnableError):  # it is told where it stands
        contract = find_runnable(step.run, question, catalog).contract
        sized = {name: step.with_[name] for name in sorted(sizing(contract)) if name in step.with_}
        chosen = {name: value for name, value in sized.items() if not isinstance(value, str)}
        if chosen and number.value not in chosen.values():
            settings = ", ".join(f"{name}: {value:g}" for name, value in chosen.items())
            return f'{_ANOTHER_FACTOR} (got "{number.spelling}"); it has {settings}, so write that'
    return ""


def _can_be_read(expression: str) -> bool:
    """Tell whether something is an expression; what is wrong with it is told where it stands."""
    with suppress(ExpressionError):
        parse(expression)
        return True
    return False


def _own_numbers(catalog: Catalog, question: Question, path: tuple[str | int, ...]) -> Iterator[float]:
    """Yield the numbers that a claim compares with, or the scale that a sibling is asked for."""
    if path[0] == "claims":
        yield from (number for number, _ in numbers_of(question.claims[int(path[1])].holds))
    sibling = catalog.questions.get(str(path[1])) if path[0] == "siblings" else None
    if sibling and sibling.asks and sibling.asks.scale:
        yield sibling.asks.scale


def _without_source(number: TypedNumber) -> str:
    """Say what is wrong with a number."""
    return f'{_TYPED}, without a source (got "{" ".join(number.spelling.split())}")'


def no_source(number: TypedNumber) -> str:
    """Say what to do with a number in a text that prints no results."""
    return f"{_without_source(number)}; take it out"


class _Numbers:
    """The numbers that one answer may print without saying where they come from."""

    def __init__(self, text: Written) -> None:
        """Keep the answer; its sources are read when a number asks for them."""
        self.text = text

    def have(self, number: TypedNumber, passage: Passage) -> bool:
        """Tell whether a number typed in a passage has a source, or stands in a quotation or a block of code."""
        if self.is_asked(number):
            return True
        all_blocks = blocks(passage)
        block = all_blocks[bisect_right(all_blocks, number.start, key=lambda block: block.end)]
        if block.kind in ("quote", "code") or self.recorded.has(number):
            return True
        cited = sourced(pair for fact in self.facts_cited(passage, block) for pair in numbers_of(fact))
        return cited.has(number) or self.provided.has(number)

    def is_asked(self, number: TypedNumber) -> bool:
        """Tell whether a number is the asked scale, or a factor while nobody knows those of the workflow."""
        asks, workflow = self.text.question.asks, self.text.question.workflow
        return number.measures == "times" and (workflow is None or bool(asks and number.value == asks.scale))

    def may_stand(self, number: TypedNumber, *own: float) -> bool:
        """Tell whether a number in a text without citations has a source; `own` are numbers that it may always say."""
        as_typed = [value for value, _ in numbers_of(number.spelling)]
        if self.is_asked(number) or not {number.value, *as_typed}.isdisjoint(own):
            return True
        return self.recorded.has(number) or self.provided.has(number) or self.known.has(number)

    @cached_property
    def known(self) -> Sourced:
        """The numbers in the facts of everything that was offered."""
        catalog = self.text.catalog
        records = filter(None, (catalog.models.get(id) or catalog.papers.get(id) for id in self.text.offered))
        facts = (fact.says for record in records for fact in record.facts.values())
        return sourced(pair for says in facts for pair in numbers_of(says))

    def facts_cited(self, passage: Passage, block: Block) -> Iterator[str]:
        """Yield the facts that are cited in a block."""
        catalog = self.text.catalog
        for found in scan(passage):
            if isinstance(found, Citation) and found.fact and block.start <= found.start < block.end:
                record = catalog.models.get(found.id) or catalog.papers.get(found.id)
                if record and found.id in self.text.offered and found.fact in record.facts:
                    yield record.facts[found.fact].says

    @cached_property
    def recorded(self) -> Sourced:
        """The numbers that stand in records as numbers."""
        return sourced([*self.reported(), *self.settings(), *self.parameters()])

    @cached_property
    def provided(self) -> Sourced:
        """The numbers of the question and of offered titles and summaries; the asked scale is no gain."""
        texts = offer(self.text.catalog, self.text.id).texts
        asked = (self.text.question.asks.scale, "times") if self.text.question.asks else None
        found = (number for text in texts for number in numbers_of(text))
        return sourced((number[0], "scale") if number == asked else number for number in found)

    def reported(self) -> Iterator[tuple[float, str | None]]:
        """Yield the numbers that offered papers and repositories print."""
        catalog = self.text.catalog
        for id in self.text.offered:
            record = catalog.models.get(id) or catalog.papers.get(id)
            for number in record.reported.values() if record else ():
                metric = catalog.vocabulary.metrics.get(number.metric)
                value, measures = in_unit(number.value, metric.unit if metric else "")
                if measures is None:  # a count or a score: neither is 3 dB
                    yield value, "parameters"
                yield value, measures or number.metric

    def settings(self) -> Iterator[tuple[float, str | None]]:
        """Yield the settings of the workflow's steps."""
        steps = self.text.question.workflow.steps.values() if self.text.question.workflow else ()
        for step in steps:
            for value in step.with_.values():
                if not isinstance(value, str):
                    yield from _chosen(float(value))

    def parameters(self) -> Iterator[tuple[float, str | None]]:
        """Yield the parameters of the run: numbers, or numbers in a text such as `2, 3, 4`."""
        run = self.text.catalog.runs.get(self.text.question.notebook or "")
        given = run.provenance.get("parameters") if run else None
        for value in given.values() if isinstance(given, dict) else ():
            if isinstance(value, str):
                for number, _ in numbers_of(value):
                    yield from _chosen(number)
            elif isinstance(value, int | float):
                yield from _chosen(float(value))

    def _other_factors(self, number: TypedNumber) -> str:
        """Return which steps enlarge by another factor than the one that was typed, with the lines that say so."""
        question = self.text.question
        if number.measures != "times" or not question.workflow:
            return ""
        at = question.source.at
        said = [
            f'"{name}" has {setting}: {value:g} (line {at("workflow", "steps", name, "with", setting).line})'
            for name, step in question.workflow.steps.items()
            for setting, value in step.with_.items()
            if not isinstance(value, str) and value > 1
        ]
        return f"{_IN_THE_WORKFLOW}{', '.join(said)}" if said else ""

    def advice(self, number: TypedNumber) -> str:
        """Say how a typed number gets its source."""
        run = self.text.catalog.runs.get(self.text.question.notebook or "")
        results = run.results.items() if run else ()
        near = [f"[={run.id}.{name}]" for name, result in results if _prints_as(number, result, self.text.catalog)]
        hint = f"; did you mean {near[0]}?" if near else self._other_factors(number)
        return (
            f"{_without_source(number)}; print [=run.result] or [=id@number], "
            f"cite its fact as [@id#fact] in this paragraph, or take it out{hint}"
        )


def _chosen(value: float) -> Iterator[tuple[float, str | None]]:
    """Yield a number that somebody chose as what it may be typed: a factor or a width, and no measured quantity."""
    yield from ((value, measures) for measures in ("scale", "pixels"))


def _prints_as(number: TypedNumber, result: Result, catalog: Catalog) -> bool:
    """Tell whether a result of the run prints the same number."""
    value, measures = in_unit(abs(result.value), result.unit)
    metric = catalog.vocabulary.metrics.get(result.metric)
    allowed = 0.5 * 10.0 ** -(metric.digits if metric else 2) * in_unit(1, result.unit)[0]
    return (measures or result.metric) == number.measures and abs(value - number.value) <= allowed * (1 + 1e-9)


# --- what a problem of these rules is about --------------------------------------------------------------------------


def is_a_number(problem: Problem) -> bool:
    """Tell whether a problem is about a number that was typed."""
    return problem.message.startswith((_TYPED, _ANOTHER_FACTOR))


def contradicts_its_step(problem: Problem) -> bool:
    """Tell whether it is about a factor in the label of a step that has another one."""
    return problem.message.startswith(_ANOTHER_FACTOR)


def is_beside_the_factors_of_steps(problem: Problem) -> bool:
    """Tell whether it is about a factor that was typed where the steps of the workflow have other ones."""
    return problem.message.startswith(_TYPED) and _IN_THE_WORKFLOW in problem.message


RULES = (measured_numbers_have_a_source, numbers_of_records_have_a_source)
