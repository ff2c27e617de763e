"""The rule of the closed world: on answers, on the sentences of their records, on the prose of their notebooks."""

from __future__ import annotations

from collections.abc import Iterator

from catalog.closed_world import Names, Offered, names_in, offer, outsiders
from catalog.load import Catalog
from catalog.plain_text import plain_text
from catalog.problems import Problem
from catalog.records import Question
from catalog.rules_records import is_of_another_question
from catalog.rules_runs import in_run
from catalog.shown_prose import shown_prose
from catalog.written_answers import Written, plain_without_notations


def questions_name_only_what_was_offered(catalog: Catalog) -> Iterator[Problem]:
    """Nothing on a question's page names an address, arXiv id, repository or record that was not offered for it."""
    names = names_in(catalog)
    for question in filter(catalog.knows_all_offered, catalog.questions.values()):
        offered = offer(catalog, question.id)
        yield from _in_answer(question, offered, names, catalog)
        yield from _in_record(question, offered, names)
        yield from _in_essay(question, offered, names, catalog)
        yield from _on_figures(question, offered, names, catalog)


def _in_answer(question: Question, offered: Offered, names: Names, catalog: Catalog) -> Iterator[Problem]:
    """Check prose, headings and alternative texts of the answer."""
    if question.id in catalog.answers:
        text = Written(question.id, catalog.answers[question.id], catalog)
        for part, passage in text.answer.parts:
            for found in outsiders(plain_without_notations(passage), offered, names):
                yield text.problem(part, found.start, found.message)


def _in_record(question: Question, offered: Offered, names: Names) -> Iterator[Problem]:
    """Check the short name, reasons, claims, what siblings are said to be, and the labels of the diagram."""
    for path, text in sentences_of(question):
        for found in outsiders(plain_text(text), offered, names):
            yield question.source.problem(found.message, *path)


def _in_essay(question: Question, offered: Offered, names: Names, catalog: Catalog) -> Iterator[Problem]:
    """Check the prose of the notebook."""
    if question.notebook and not is_of_another_question(question, catalog):  # that is told where it is named
        for prose in shown_prose(catalog, question.notebook):
            for found in outsiders(plain_text(prose.passage.text), offered, names):
                yield prose.problem(found.start, found.message)


def _on_figures(question: Question, offered: Offered, names: Names, catalog: Catalog) -> Iterator[Problem]:
    """Check what the run says of its figures."""
    run = None if is_of_another_question(question, catalog) else catalog.runs.get(question.notebook or "")
    for name, figure in run.figures.items() if run else ():
        for field, text in (("alt", figure.alt), ("caption", figure.caption)):
            for found in outsiders(plain_text(text), offered, names):
                yield from in_run(run, catalog, [(("figures", name, field), found.message)])


def sentences_of(question: Question) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Yield the sentences and labels of a record that stand on its page, each with its path."""
    if question.short:
        yield ("short",), question.short
    for id, says in question.siblings.items():
        yield ("siblings", id), says
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


RULES = (questions_name_only_what_was_offered,)
