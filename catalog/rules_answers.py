"""The rules on the text of an answer: what it cites, quotes, counts, shows and names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from catalog.answer import NOT_YET_WRITTEN, Answer, Passage
from catalog.closed_world import Names, offer, outsiders
from catalog.essay_prose import essay_prose
from catalog.expressions import ExpressionError, Quantity, evaluate, notebooks_of, parse
from catalog.load import Catalog
from catalog.notations import (
    Block,
    Citation,
    FigureRef,
    ResultRef,
    blocks,
    code_spans,
    misspelt,
    place,
    scan,
    without,
)
from catalog.plain_markdown import refused
from catalog.problems import Level, Problem, did_you_mean
from catalog.quotations import difference, quoted, stands_in
from catalog.records import Question
from catalog.typed_numbers import Sourced, TypedNumber, in_unit, numbers_of, sourced, typed_numbers

FEWEST_WORDS, MOST_WORDS = 250, 600  # in the three parts together
FEWEST_SENTENCES, MOST_SENTENCES = 2, 3  # in the lead

_VISIBLE_WORD = re.compile(r"\S*\w\S*")
_SENTENCE_END = re.compile(r"[.!?…]++[\"”’»)\]*_]{0,4}(?=\s|\Z)")
_ABBREVIATION = re.compile(r"(?:\b(?:e\.g|i\.e|etc|vs|cf|approx|Fig|Figs|Sec|Eq|No|Dr|St|al)|\b[A-Z])\.\Z")


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

    def problem(self, part: str, offset: int, message: str, level: Level = "error") -> Problem:
        """Return a problem at an offset in one of the parts."""
        line, column = place(dict(self.answer.parts)[part], offset)
        return Problem(self.answer.file, line, column, part, message, level)

    def notations(self, kind: type) -> Iterator[tuple[str, object]]:
        """Yield every notation of one kind with the name of the part it stands in."""
        for part, passage in self.answer.parts:
            yield from ((part, found) for found in scan(passage) if isinstance(found, kind))


def written(catalog: Catalog, needs_question: bool = True) -> Iterator[Written]:
    """Yield the answers, and only those whose question could be read if that is needed."""
    for id, answer in catalog.answers.items():
        if not needs_question or id in catalog.questions:
            yield Written(id, answer, catalog)


# --- form ------------------------------------------------------------------------------------------------------------


def answers_are_plain_markdown(catalog: Catalog) -> Iterator[Problem]:
    """An answer holds no HTML, attribute lists or snippets."""
    for text in written(catalog, needs_question=False):
        for part, passage in text.answer.parts:
            yield from (text.problem(part, at, message) for at, message in refused(passage))


def notations_are_spelled_right(catalog: Catalog) -> Iterator[Problem]:
    """What begins like a citation, a result, a figure or a mark is one."""
    for text in written(catalog, needs_question=False):
        for part, passage in text.answer.parts:
            yield from (text.problem(part, found.start, found.message) for found in misspelt(passage))


def published_answers_are_written(catalog: Catalog) -> Iterator[Problem]:
    """A published answer has a lead of two or three sentences and 250 to 600 words in its parts; a draft may not yet."""
    for text in written(catalog):
        level: Level = "notice" if text.is_draft else "error"
        if text.answer.not_yet_written:
            yield _not_yet_written(text, level)
            continue
        if text.answer.lead:
            sentences = count_sentences(text.answer.lead)
            if not FEWEST_SENTENCES <= sentences <= MOST_SENTENCES:
                message = (
                    f"the lead has two or three sentences (got {sentences}); {_longer(sentences, FEWEST_SENTENCES)}"
                )
                yield text.problem("lead", 0, message, level)
        words = {name: count_words(passage) for name, passage in text.answer.parts if name != "lead"}
        total = sum(words.values())
        if not FEWEST_WORDS <= total <= MOST_WORDS and any(words.values()):
            counts = ", ".join(f"{name} {count}" for name, count in words.items())
            message = f"the three parts have {FEWEST_WORDS} to {MOST_WORDS} words together (got {total}: {counts})"
            yield text.problem("task", 0, f"{message}; {_longer(total, FEWEST_WORDS)}", level)


def _not_yet_written(text: Written, level: Level) -> Problem:
    """Return the one problem of an answer that still holds the mark of an imported draft."""
    part, passage = next(found for found in text.answer.parts if NOT_YET_WRITTEN in found[1].text)
    message = "the answer is derived from the records and not yet written; write it, and take this paragraph out"
    return text.problem(part, passage.text.index(NOT_YET_WRITTEN), message, level)


def _longer(count: int, fewest: int) -> str:
    """Return what to do about a count that is out of its range."""
    return "say more" if count < fewest else "shorten it"


def count_words(passage: Passage) -> int:
    """Return the number of words a reader sees; a printed result is one, figures and citations are none."""
    return len(_VISIBLE_WORD.findall(_as_read(passage)))


def count_sentences(passage: Passage) -> int:
    """Return the number of sentences, a last one without its full stop included."""
    text = _as_read(passage).strip()
    ends = [match.end() for match in _SENTENCE_END.finditer(text)]
    ends = [end for end in ends if end == len(text) or not _ABBREVIATION.search(text, max(end - 10, 0), end)]
    return len(ends) + bool(text and (not ends or text[ends[-1] :].strip()))


def _as_read(passage: Passage) -> str:
    """Return a text without citations, figures and marks, with a number where a result is printed."""
    pieces, at = [], 0
    for found in scan(passage):
        pieces += [passage.text[at : found.start].rstrip(), " 0 " if isinstance(found, ResultRef) else ""]
        at = found.end
    return "".join([*pieces, passage.text[at:]])


# --- what is cited, shown, computed and quoted -----------------------------------------------------------------------


def citations_name_what_was_offered(catalog: Catalog) -> Iterator[Problem]:
    """`[@id]` names a model or paper that was offered for the question, `[@id#fact]` one of its facts."""
    for text in written(catalog):
        for part, citation in text.notations(Citation):
            if message := _wrong_citation(text, citation):
                yield text.problem(part, citation.start, message)


def _wrong_citation(text: Written, citation: Citation) -> str:
    """Say what is wrong with a citation, or nothing."""
    catalog, id = text.catalog, citation.id
    record = catalog.models.get(id) or catalog.papers.get(id)
    if id not in text.offered:
        if record is None and id not in catalog.unreadable:
            return f'"{_short(id)}" is no model or paper{did_you_mean(id, text.offered) or _cite_one_of(text)}'
        return f'"{id}" was not offered for this question{_cite_one_of(text)}'
    if record is None or citation.fact is None or citation.fact in record.facts:
        return ""
    if not record.facts:
        return f'"{id}" has no facts; cite it as [@{id}], or add the fact to its record'
    hint = did_you_mean(citation.fact, record.facts) or f"; it has {', '.join(record.facts)}"
    return f'"{id}" has no fact "{_short(citation.fact)}"{hint}'


def _cite_one_of(text: Written) -> str:
    """Return the list of what may be cited."""
    return f"; cite one of {', '.join(text.offered)}"


def figures_come_from_offered_runs(catalog: Catalog) -> Iterator[Problem]:
    """A picture is a figure of a run that belongs to the question, and says in words what it shows."""
    for text in written(catalog):
        allowed = notebooks_of(catalog, text.id)
        for part, figure in text.notations(FigureRef):
            if message := _wrong_figure(catalog, figure, allowed):
                yield text.problem(part, figure.start, message)
            if not figure.alt.strip():
                message = "the figure has no alternative text; say between the brackets what it shows"
                yield text.problem(part, figure.start, message)


def _wrong_figure(catalog: Catalog, figure: FigureRef, allowed: set[str]) -> str:
    """Say what is wrong with a reference to a figure, or nothing."""
    if figure.run not in allowed:
        message = f'"{figure.run}" is not the notebook of this question or of anything offered for it'
        return message + did_you_mean(figure.run, allowed)
    run = catalog.runs.get(figure.run)
    if run is None:
        return f'there is no run of "{figure.run}"; run python -m scripts.run_notebooks {figure.run}'
    if figure.name in run.figures:
        return ""
    hint = did_you_mean(figure.name, run.figures) or f"; it has {', '.join(sorted(run.figures)) or 'none'}"
    return f'the run of "{figure.run}" has no figure "{figure.name}"{hint}'


def results_can_be_computed(catalog: Catalog) -> Iterator[Problem]:
    """`[= ...]` computes a number from results and reported numbers that belong to the question."""
    for text in written(catalog):
        for part, result in text.notations(ResultRef):
            try:
                quantity = evaluate(parse(result.expression), catalog, text.id)
            except ExpressionError as error:
                yield text.problem(part, result.expression_start + error.column - 1, error.message)
                continue
            if message := _unprintable(quantity):
                yield text.problem(part, result.start, message)


def _unprintable(quantity: Quantity) -> str:
    """Say why a value may not be printed in an answer, or nothing."""
    if isinstance(quantity.value, bool):
        return "this compares and prints no number; put it under `claims:` of the record"
    return "" if quantity.terms else "no result or reported number stands in it; a typed number has no source"


def quotations_are_verbatim(catalog: Catalog) -> Iterator[Problem]:
    """A blockquote ends in `[@id]` and stands word for word in that paper's summary."""
    for text in written(catalog):
        for part, passage in text.answer.parts:
            for block in blocks(passage):
                if block.kind == "quote" and (message := _wrong_quotation(text, passage, block)):
                    yield text.problem(part, block.start, message)


def _wrong_quotation(text: Written, passage: Passage, block: Block) -> str:
    """Say what is wrong with a blockquote, or nothing."""
    words, citation = quoted(passage, block)
    if citation is None:
        return "a quotation ends in [@id]; cite what it is taken from, or write it as a paragraph"
    if citation.id not in text.offered:
        return ""  # said where citations are checked
    if citation.id in text.question.models:
        return f'"{citation.id}" is a model and has no summary to quote; cite a fact as [@{citation.id}#FACT] instead'
    summaries = _summaries(text, citation.id)
    if not summaries or any(stands_in(words, summary) for summary in summaries):
        return "" if words else "the quotation is empty; write the words of the summary"
    if not words:
        return "the quotation is empty; write the words of the summary"
    return f'this does not stand in the summary of "{citation.id}": {difference(words, summaries[0])}; quote it exactly'


def _summaries(text: Written, id: str) -> list[str]:
    """Return the summaries of a paper that came with the question: what its prompt said, then the record's."""
    provided, paper = text.question.papers[id].provided, text.catalog.papers.get(id)
    own = [provided.summary] if provided and provided.summary else []
    return own + ([paper.summary] if paper else [])


# --- the closed world ------------------------------------------------------------------------------------------------


def answers_name_only_what_was_offered(catalog: Catalog) -> Iterator[Problem]:
    """An answer names no address, arXiv id, repository or record that was not offered for its question."""
    names = Names(catalog)
    for text in written(catalog):
        offered = offer(text.question, catalog)
        for part, passage in text.answer.parts:
            for found in outsiders(without_notations(passage), offered, names):
                yield text.problem(part, found.start, found.message)


def records_name_only_what_was_offered(catalog: Catalog) -> Iterator[Problem]:
    """Reasons, claims and labels of a question name nothing that was not offered for it."""
    names = Names(catalog)
    for question in catalog.questions.values():
        offered = offer(question, catalog)
        for path, text in _sentences(question):
            for found in outsiders(text, offered, names):
                yield question.source.problem(found.message, *path)


def essays_name_only_what_was_offered(catalog: Catalog) -> Iterator[Problem]:
    """The prose of a question's notebook and the words on its figures name nothing that was not offered."""
    names = Names(catalog)
    for question in catalog.questions.values():
        if not question.notebook:
            continue
        offered = offer(question, catalog)
        file = f"notebooks/{question.notebook}.py"
        for passage in essay_prose(catalog.root / file):
            for found in outsiders(passage.text, offered, names):
                yield Problem(file, *place(passage, found.start), "", found.message)
        run = catalog.runs.get(question.notebook)
        for figure_name, figure in run.figures.items() if run else ():
            for field, text in (("alt", figure.alt), ("caption", figure.caption)):
                for found in outsiders(text, offered, names):
                    yield Problem(run.file, 1, 1, f"figures.{figure_name}.{field}", found.message)


def _sentences(question: Question) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Yield the sentences and labels of a record that stand on its page, each with its path."""
    for kind in ("models", "papers"):
        for id, offered in getattr(question, kind).items():
            if offered.because:
                yield (kind, id, "because"), offered.because
    for i, claim in enumerate(question.claims):
        yield ("claims", i, "says"), claim.says
    if question.workflow:
        for kind in ("inputs", "steps", "outputs"):
            for name, node in getattr(question.workflow, kind).items():
                if node.label:
                    yield ("workflow", kind, name, "label"), node.label


def without_notations(passage: Passage) -> str:
    """Return a passage with blanks in place of its notations; alternative texts stay."""
    spans = []
    for found in scan(passage):
        if isinstance(found, FigureRef):
            alt_end = found.alt_start + len(found.alt)
            spans += [(found.start, found.alt_start), (alt_end, found.end)]
        else:
            spans.append((found.start, found.end))
    return without(passage.text, spans)


# --- numbers ---------------------------------------------------------------------------------------------------------


def measured_numbers_have_a_source(catalog: Catalog) -> Iterator[Problem]:
    """A number typed with a unit is the asked scale, a setting, or stands in what was offered or cited beside it."""
    for text in written(catalog):
        numbers = _Numbers(text)
        for part, passage in text.answer.parts:
            shown = without(
                without_notations(passage), [span for span in code_spans(passage) if _is_fence(passage, span)]
            )
            for block in blocks(passage):
                if block.kind != "quote":
                    for number in numbers.without_source(passage, block, shown[block.start : block.end]):
                        yield text.problem(part, block.start + number.start, numbers.advice(number))


def _is_fence(passage: Passage, span: tuple[int, int]) -> bool:
    """Tell whether a stretch of code is a whole block."""
    return any(block.kind == "code" and block.start == span[0] for block in blocks(passage))


class _Numbers:
    """The numbers that one answer may print without saying where they come from."""

    def __init__(self, text: Written) -> None:
        """Keep the answer; its sources are read when a number asks for them."""
        self.text = text

    def without_source(self, passage: Passage, block: Block, shown: str) -> list[TypedNumber]:
        """Return the typed numbers of a block that have no source."""
        scale = self.text.question.asks.scale if self.text.question.asks else None
        typed = [n for n in typed_numbers(shown) if not (n.measures == "times" and n.value == scale)]
        if not typed:
            return []
        cited = sourced(number for fact in self.facts_cited(passage, block) for number in numbers_of(fact))
        return [number for number in typed if not self.everywhere.has(number) and not cited.has(number)]

    def facts_cited(self, passage: Passage, block: Block) -> Iterator[str]:
        """Yield the facts that are cited in a block."""
        catalog = self.text.catalog
        for found in scan(passage):
            if isinstance(found, Citation) and found.fact and block.start <= found.start < block.end:
                record = catalog.models.get(found.id) or catalog.papers.get(found.id)
                if record and found.id in self.text.offered and found.fact in record.facts:
                    yield record.facts[found.fact].says

    @cached_property
    def everywhere(self) -> Sourced:
        """The numbers that may stand anywhere in the answer."""
        return sourced([*self.provided(), *self.reported(), *self.settings(), *self.parameters()])

    def provided(self) -> Iterator[tuple[float, str | None]]:
        """Yield the numbers of the question and of offered titles and summaries."""
        for text in offer(self.text.question, self.text.catalog).texts:
            yield from numbers_of(text)

    def reported(self) -> Iterator[tuple[float, str | None]]:
        """Yield the numbers that offered papers and repositories print."""
        catalog = self.text.catalog
        for id in self.text.offered:
            record = catalog.models.get(id) or catalog.papers.get(id)
            for number in record.reported.values() if record else ():
                metric = catalog.vocabulary.metrics.get(number.metric)
                yield in_unit(number.value, metric.unit if metric else "")

    def settings(self) -> Iterator[tuple[float, str | None]]:
        """Yield the settings of the workflow's steps."""
        steps = self.text.question.workflow.steps.values() if self.text.question.workflow else ()
        for step in steps:
            yield from ((float(value), None) for value in step.with_.values() if not isinstance(value, str))

    def parameters(self) -> Iterator[tuple[float, str | None]]:
        """Yield the parameters of the run: numbers, or numbers in a text such as `2, 3, 4`."""
        run = self.text.catalog.runs.get(self.text.question.notebook or "")
        given = run.provenance.get("parameters") if run else None
        for value in given.values() if isinstance(given, dict) else ():
            if isinstance(value, str):
                yield from ((number, None) for number, _ in numbers_of(value))
            elif isinstance(value, int | float):
                yield float(value), None

    def advice(self, number: TypedNumber) -> str:
        """Say how a typed number gets its source."""
        run = self.text.catalog.runs.get(self.text.question.notebook or "")
        results = run.results.items() if run else ()
        near = [f"[={run.id}.{name}]" for name, result in results if _prints_as(number, result, self.text.catalog)]
        hint = f"; did you mean {near[0]}?" if near else ""
        return (
            f'"{" ".join(number.spelling.split())}" is typed by hand and has no source; print it with [=RUN.RESULT] or '
            f"[=ID@NUMBER], cite the fact it stands in as [@ID#FACT] in this paragraph, or spell it out in words{hint}"
        )


def _prints_as(number: TypedNumber, result: object, catalog: Catalog) -> bool:
    """Tell whether a result of the run prints the same number."""
    value, measures = in_unit(abs(result.value), result.unit)
    metric = catalog.vocabulary.metrics.get(result.metric)
    allowed = 0.5 * 10.0 ** -(metric.digits if metric else 2) * in_unit(1, result.unit)[0]
    return measures == number.measures and abs(value - number.value) <= allowed * (1 + 1e-9)


def _short(text: str) -> str:
    """Return a text cut to a length that fits a message."""
    return text if len(text) <= 60 else text[:57] + "..."


RULES = (
    answers_are_plain_markdown,
    notations_are_spelled_right,
    published_answers_are_written,
    citations_name_what_was_offered,
    figures_come_from_offered_runs,
    results_can_be_computed,
    quotations_are_verbatim,
    answers_name_only_what_was_offered,
    records_name_only_what_was_offered,
    essays_name_only_what_was_offered,
    measured_numbers_have_a_source,
)
