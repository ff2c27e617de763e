"""The rules on the text of an answer: its form, what it cites, what it shows."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from catalog import (
    rules_closed_world,
    rules_expressions,
    rules_grounds,
    rules_hidden,
    rules_numbers,
    rules_quotations,
    rules_verdicts,
)
from catalog.answer import NOT_YET_WRITTEN, Answer
from catalog.counting import count_sentences, count_words
from catalog.expressions import (
    ExpressionError,
    NoRecordError,
    NothingReportedError,
    Quantity,
    evaluate,
    notebooks_of,
    one_of,
    parse,
)
from catalog.load import Catalog
from catalog.names import names_of
from catalog.notations import Citation, FigureRef, Misspelt, ResultRef, meant_figure, misspelt
from catalog.plain_markdown import refused
from catalog.problems import Level, Problem, did_you_mean, nearest, shortened
from catalog.run_values import rerun
from catalog.runs import Run
from catalog.titles import bare_title
from catalog.validation import listed
from catalog.written_answers import Written, written

FEWEST_WORDS, MOST_WORDS = 250, 600  # in the three parts together
NO_FACTS = '"{id}" has no facts; cite it as [@{id}], or add the fact to its record'
RUN = "run:"  # begins the address of a figure
FEWEST_SENTENCES, MOST_SENTENCES = 2, 3  # in the lead


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
            for found in misspelt(passage):
                yield text.problem(part, found.start, found.message + _near_figure(found, text))


def _near_figure(found: Misspelt, text: Written) -> str:
    """Suggest a figure of the runs of a question where its name, or its run, stands alone; else nothing."""
    if text.question is None or not found.address.startswith(RUN) or meant_figure(found.address):
        return ""
    name = found.address.removeprefix(RUN).strip("/")
    runs = {run: text.catalog.runs[run] for run in notebooks_of(text.catalog, text.id) & text.catalog.runs.keys()}
    if name in runs:
        return f"; its figures are {', '.join(runs[name].figures)}"
    near = nearest(name, {f"{run}/{figure}" for run in runs for figure in runs[run].figures})
    return f'; did you mean "{RUN}{near}"?' if near else ""


def answers_have_their_length(catalog: Catalog) -> Iterator[Problem]:
    """A lead has two or three sentences and the three parts 250 to 600 words; a draft that has not is noticed."""
    for text in written(catalog):
        level: Level = "notice" if text.is_draft else "error"
        if text.answer.not_yet_written:
            yield _not_yet_written(text, level)
            continue
        if text.answer.lead:
            sentences = count_sentences(text.answer.lead)
            if not FEWEST_SENTENCES <= sentences <= MOST_SENTENCES and "lead" not in text.unwritten:
                message = (
                    f"the lead has two or three sentences (got {sentences}); {_longer(sentences, FEWEST_SENTENCES)}"
                )
                yield text.problem("lead", 0, message, level)
        words = word_counts(text.answer)
        total = sum(words.values())
        if not FEWEST_WORDS <= total <= MOST_WORDS and all(words.values()) and not text.unwritten & words.keys():
            message = (
                f"the three parts have {FEWEST_WORDS} to {MOST_WORDS} words together (got {counts_in_words(words)})"
            )
            yield text.problem("task", 0, f"{message}; {_longer(total, FEWEST_WORDS)}", level)


def word_counts(answer: Answer) -> dict[str, int]:
    """Return how many words each of the three parts has, by its name."""
    return {name: count_words(passage) for name, passage in answer.parts if name != "lead"}


def counts_in_words(counts: Mapping[str, int]) -> str:
    """Return the words of the three parts together and of each."""
    return f"{sum(counts.values())}: " + ", ".join(f"{name} {count}" for name, count in counts.items())


def _not_yet_written(text: Written, level: Level) -> Problem:
    """Return the one problem of an answer that still holds the mark of an imported draft."""
    part, passage = next(found for found in text.answer.parts if NOT_YET_WRITTEN in found[1].text)
    message = "the answer is derived from the records and not yet written; write it, and take this paragraph out"
    return text.problem(part, passage.text.index(NOT_YET_WRITTEN), message, level)


def _longer(count: int, fewest: int) -> str:
    """Return what to do about a count that is out of its range."""
    return "say more" if count < fewest else "shorten it"


# --- what a record lacks that its answer speaks of -------------------------------------------------------------------


def records_say_what_their_answers_speak_of(catalog: Catalog) -> Iterator[Problem]:
    """A question whose answer cites papers offers some, and one that shows the run of its own name names it."""
    for text in written(catalog):
        question = text.question
        if papers := catalog.papers_left_out(question):
            message = f"has no papers, and its answer cites {listed(papers, 'and')}"
            yield question.source.key_problem(f'{message}; add "papers:" with the role of each, or take them out')
        if question.notebook is None and text.id in catalog.runs and not catalog.lacks(question, "notebook"):
            speaks = _speaks_of_its_run(text)
            message = f'has no notebook, and {"speaks of the run of" if speaks else "there is a run of"} "{text.id}"'
            remedy = f'{message}; add "notebook: {text.id}"'
            yield question.source.key_problem(remedy, level="error" if speaks else "notice")


def _speaks_of_its_run(text: Written) -> bool:
    """Tell whether a claim, a printed result or a figure is of the run that is called as the question is.

    It may be the run of something offered, which any question may speak of.
    """
    offered = [*map(text.catalog.models.get, text.offered), *map(text.catalog.papers.get, text.offered)]
    if any(record.notebook == text.id for record in offered if record):
        return False
    expressions = [claim.holds for claim in text.question.claims]
    expressions += [found.expression for _, found in text.notations(ResultRef)]
    shown = {found.run for _, found in text.notations(FigureRef)}
    own = re.compile(rf"(?<![\w-]){re.escape(text.id)}\.")
    return text.id in shown or any(map(own.search, expressions))


# --- what is cited, shown and computed --------------------------------------------------------------------------------


def citations_name_what_was_offered(catalog: Catalog) -> Iterator[Problem]:
    """`[@id]` names a model or paper that was offered for the question, `[@id#fact]` one of its facts."""
    for text in written(catalog):
        cited = list(text.notations(Citation))
        without_facts: set[str] = set()  # records, each told once
        for part, citation in cited:
            if citation.id in without_facts or not (message := _wrong_citation(text, citation)):
                continue
            if message == NO_FACTS.format(id=citation.id):
                without_facts.add(citation.id)
                number = sum(other.id == citation.id and other.fact is not None for _, other in cited)
                message += f" ({number} citations here name one)" if number > 1 else ""
            yield text.problem(part, citation.start, message)


def _wrong_citation(text: Written, citation: Citation) -> str:
    """Say what is wrong with a citation, or nothing."""
    catalog, id = text.catalog, citation.id
    if several := _several(citation):
        return several
    record = catalog.models.get(id) or catalog.papers.get(id)
    if id not in text.offered:
        complete = catalog.knows_all_offered(text.question)
        if record is None and id not in catalog.unreadable:
            hint = one_of(id, text.offered) if complete else did_you_mean(id, (*catalog.models, *catalog.papers))
            hint = _other_notation(text, id) or _by_its_name(text, id) or hint
            return f"is no model or paper (got {shortened(id)}){hint}"
        if not complete:
            return ""  # it may be what a misspelt id means
        return f"was not offered for this question (got {id}); cite one of {', '.join(text.offered)}"
    if record is None or citation.fact is None or citation.fact in record.facts:
        return ""
    if not record.facts:
        return NO_FACTS.format(id=id)
    return f'"{id}" has no such fact (got {shortened(citation.fact)}){one_of(citation.fact, record.facts)}'


def _by_its_name(text: Written, cited: str) -> str:
    """Suggest the id of the one offered source that people call as a citation does, such as [@ptv3]."""
    offered = [text.catalog.models.get(id) or text.catalog.papers.get(id) for id in text.offered]
    called = bare_title(cited)
    meant = [record.id for record in offered if record and called in map(bare_title, names_of(record))]
    return f'; did you mean "{meant[0]}"?' if called and len(meant) == 1 else ""


def _several(citation: Citation) -> str:
    """Say how several sources in one pair of brackets are written, or nothing."""
    inside = "#".join(filter(None, (citation.id, citation.fact)))
    sources = re.split(r"\s*[,;]\s*@", inside)
    apart = shortened(" ".join(f"[@{source}]" for source in sources))
    return f'cites several sources (got "{shortened(inside)}"); write each by itself: {apart}' if sources[1:] else ""


def _other_notation(text: Written, cited: str) -> str:
    """Suggest the notation that was meant where a citation names a fact, a reported number or a result otherwise."""
    parts = re.fullmatch(r"([a-z0-9-]+)[@./:]([\w-]+)", cited)
    if not parts:
        return ""
    id, name = parts.groups()
    record = (text.catalog.models.get(id) or text.catalog.papers.get(id)) if id in text.offered else None
    run = text.catalog.runs.get(id)
    if record and name in record.facts:
        return f"; did you mean [@{id}#{name}]?"
    if record and name in record.reported:
        return f"; did you mean [={id}@{name}]?"
    return f"; did you mean [={id}.{name}]?" if run and name in run.results else ""


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


def evidence_is_a_figure_of_the_run(catalog: Catalog) -> Iterator[Problem]:
    """The figure that a question names belongs to its own run."""
    for question in catalog.questions.values():
        run = catalog.runs.get(question.notebook or "")
        if question.figure and not question.notebook:
            message = "no notebook is named whose figure this could be; name it above, or take this out"
            yield question.source.problem(message, "figure")
        elif question.figure and run and question.figure not in run.figures:
            yield question.source.problem(_no_such_figure(question.figure, run), "figure")


def _wrong_figure(catalog: Catalog, figure: FigureRef, allowed: set[str]) -> str:
    """Say what is wrong with a reference to a figure, or nothing."""
    if figure.run not in allowed:
        message = f"is not the notebook of this question or of anything offered for it (got {figure.run})"
        return message + one_of(figure.run, allowed)
    run = catalog.runs.get(figure.run)
    if figure.run in catalog.unreadable_runs:
        return ""  # said where the run is
    if run is None:
        return f'there is no run of "{figure.run}"; {rerun(figure.run)}'
    if figure.name in run.figures:
        return ""
    return _no_such_figure(figure.name, run)


def _no_such_figure(name: str, run: Run) -> str:
    """Say which figures a run has."""
    return f'the run of "{run.id}" has no such figure (got {name}){one_of(name, run.figures)}'


def results_can_be_computed(catalog: Catalog) -> Iterator[Problem]:
    """`[=...]` computes a number from results and reported numbers that belong to the question."""
    for text in written(catalog):
        told: set[str] = set()  # of records that report nothing, each once
        for part, result in text.notations(ResultRef):
            try:
                quantity = evaluate(parse(result.expression), catalog, text.id)
            except NoRecordError:
                continue  # said where the record is offered
            except NothingReportedError as error:
                if error.message not in told:
                    yield text.problem(part, result.expression_start + error.column - 1, error.message)
                told.add(error.message)
                continue
            except ExpressionError as error:
                yield text.problem(part, result.expression_start + error.column - 1, error.message)
                continue
            if message := _unprintable(quantity):
                yield text.problem(part, result.start, message)
            elif message := _unit_again(quantity, dict(text.answer.parts)[part].text[result.end :]):
                yield text.problem(part, result.end, message)


def _unit_again(quantity: Quantity, behind: str) -> str:
    """Say that the unit which is printed with a number stands behind it once more, or nothing."""
    again = quantity.unit and re.match(rf"\s?{re.escape(quantity.unit)}(?!\w)", behind)
    return f'the unit is printed with the number (got "{quantity.unit}" behind it, too); take it out' if again else ""


def _unprintable(quantity: Quantity) -> str:
    """Say why a value may not be printed in an answer, or nothing."""
    if isinstance(quantity.value, bool):
        return "this compares and prints no number; put it under `claims:` of the record"
    return "" if quantity.terms else "no result or reported number stands in it; name one as run.result or id@number"


RULES = (
    answers_are_plain_markdown,
    notations_are_spelled_right,
    answers_have_their_length,
    records_say_what_their_answers_speak_of,
    citations_name_what_was_offered,
    figures_come_from_offered_runs,
    evidence_is_a_figure_of_the_run,
    results_can_be_computed,
    *rules_quotations.RULES,
    *rules_grounds.RULES,
    *rules_verdicts.RULES,
    *rules_closed_world.RULES,
    *rules_hidden.RULES,
    *rules_numbers.RULES,
    *rules_expressions.RULES,
)
