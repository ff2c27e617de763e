"""All rules that hold between records, in one visible list."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TypeVar

from catalog import (
    contracts,
    drafts,
    fit,
    open_points,
    rules_answers,
    rules_costs,
    rules_executed,
    rules_marks,
    rules_paper_essays,
    rules_parity,
    rules_records,
    rules_runs,
    rules_source_pages,
    rules_source_texts,
    rules_vocabulary,
    workflow,
)
from catalog.load import Catalog
from catalog.problems import Problem
from catalog.records import Model, Paper, Question, Record
from catalog.told_once import told_once
from catalog.waiting import without_what_waits

R = TypeVar("R", bound=Record)
Rule = Callable[[Catalog], Iterator[Problem]]

RULES: tuple[Rule, ...] = (
    *rules_records.RULES,
    *rules_vocabulary.RULES,
    workflow.problems,
    fit.problems,
    drafts.problems,
    open_points.problems,
    *rules_answers.RULES,
    *rules_marks.RULES,
    *rules_runs.RULES,
    *rules_executed.RULES,
    *rules_paper_essays.RULES,
    *rules_parity.RULES,
    *rules_costs.RULES,
    *rules_source_pages.RULES,
    *rules_source_texts.RULES,
)


SOURCE_RULES: tuple[Rule, ...] = (*rules_records.RULES, contracts.problems)  # they need no question


def check(catalog: Catalog) -> list[Problem]:
    """Return everything that is wrong between records, sorted.

    A record in which something is wrong is checked as far as it can be read; what follows from that is left out.
    """
    questions = _with_damaged_questions(catalog)  # one for all rules, which keep beside it what they derive
    clear = _without_second_meanings(questions)
    found = {problem for rule in RULES for problem in rule(clear)}
    if catalog.damaged or clear is not questions:
        sources = _with_damaged_sources(catalog)
        found.update(problem for rule in SOURCE_RULES for problem in rule(sources))
    kept = [problem for problem in found if not _follows(problem, catalog)]
    return sorted(told_once(without_what_waits(kept, catalog), catalog))


def _with_damaged_questions(catalog: Catalog) -> Catalog:
    """Return a catalog in which damaged questions, and models and papers of which nothing is lost, are among others."""
    if not catalog.damaged:
        return catalog
    whole = replace(catalog, damaged={file: left for file, left in catalog.damaged.items() if not left.broken})
    models, papers = catalog.models | damaged_records(whole, Model), catalog.papers | damaged_records(whole, Paper)
    return replace(
        catalog, models=models, papers=papers, questions=catalog.questions | damaged_records(catalog, Question)
    )


def _without_second_meanings(catalog: Catalog) -> Catalog:
    """Return a catalog in which the id of a model and of a paper is that of the kind as which questions offer it."""
    clashing = catalog.papers.keys() & catalog.models.keys()
    if not clashing:
        return catalog
    offered = {id for question in catalog.questions.values() for id in question.models}
    models = {id: model for id, model in catalog.models.items() if id not in clashing or id in offered}
    papers = {id: paper for id, paper in catalog.papers.items() if id not in clashing or id not in offered}
    return replace(catalog, models=models, papers=papers)


def _with_damaged_sources(catalog: Catalog) -> Catalog:
    """Return a catalog of models and papers alone, in which the damaged ones stand among the others."""
    models, papers = damaged_records(catalog, Model), damaged_records(catalog, Paper)
    models, papers = catalog.models | models, catalog.papers | papers
    return replace(catalog, models=models, papers=papers, questions={}, answers={}, runs={})


def damaged_records(catalog: Catalog, kind: type[R]) -> dict[str, R]:
    """Return what is left of the damaged records of one kind, by id."""
    return {left.record.id: left.record for left in catalog.damaged.values() if isinstance(left.record, kind)}


def _follows(problem: Problem, catalog: Catalog) -> bool:
    """Tell whether a problem is about a value that was found wrong when the file was read."""
    left = catalog.damaged.get(problem.file)
    return left is not None and left.has_told(problem)
