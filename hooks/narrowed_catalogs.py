"""A catalog with fewer records, of which a preview can make pages while others are broken."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from catalog.load import Catalog
from catalog.problems import Problem
from catalog.records import Question, Record
from catalog.stale import keep_what_is_stale

KINDS = ("papers", "models", "questions")


def without_broken_records(catalog: Catalog, problems: Iterable[Problem]) -> Catalog:
    """Return the catalog without the records that have errors and without the questions that lean on them."""
    broken = {problem.file for problem in problems}
    kept = {
        kind: {id: record for id, record in getattr(catalog, kind).items() if record.source.file not in broken}
        for kind in KINDS
    }
    kept["questions"] = {id: question for id, question in kept["questions"].items() if _stands(question, kept)}
    kept["questions"] = {id: _among(question, kept["questions"]) for id, question in kept["questions"].items()}
    answers = {id: answer for id, answer in catalog.answers.items() if id in kept["questions"]}
    return _narrowed(catalog, answers=answers, **kept)


def around(catalog: Catalog, kind: str, record: Record) -> Catalog:
    """Return a catalog whose first record of a kind is this one, with no others than its own page may speak of."""
    offering = [q for q in catalog.questions.values() if q is record or record.id in getattr(q, kind, ())]
    related = dict.fromkeys(id for question in offering for id in (question.id, *question.siblings))
    questions = {id: catalog.questions[id] for id in related if id in catalog.questions}
    kept = {
        name: {id: known[id] for q in questions.values() for id in getattr(q, name) if id in known}
        for name, known in (("models", catalog.models), ("papers", catalog.papers))
    }
    kept["questions"] = {id: _among(question, questions) for id, question in questions.items()}
    kept[kind] = {record.id: kept[kind].get(record.id, record), **kept[kind]}
    return _narrowed(catalog, **kept)


def _narrowed(catalog: Catalog, **records: Mapping[str, Any]) -> Catalog:
    """Return the catalog with these records alone; what is stale is told by all of them."""
    narrowed = replace(catalog, **records)
    keep_what_is_stale(catalog, narrowed)
    return narrowed


def _stands(question: Question, kept: Mapping[str, Mapping]) -> bool:
    """Tell whether all that was offered for a question is still there."""
    return question.models.keys() <= kept["models"].keys() and question.papers.keys() <= kept["papers"].keys()


def _among(question: Question, questions: Mapping[str, Question]) -> Question:
    """Return the question without the siblings that are not there."""
    siblings = {id: differs for id, differs in question.siblings.items() if id in questions}
    return question if siblings == question.siblings else question.model_copy(update={"siblings": siblings})
