"""Tells which errors of a catalog keep prompts from being imported into it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from catalog.check import damaged_records
from catalog.damaged import Damaged
from catalog.load import Catalog
from catalog.problems import Problem
from catalog.records import Model, Paper, Question, Record
from catalog.validation import PLACEHOLDER

KNOWN_BY: dict[type[Record], tuple[str, ...]] = {Model: ("name",), Paper: ("title", "link"), Question: ("question",)}
RUNS = "notebooks/"  # an import reads nothing there


def in_the_way(catalog: Catalog, problems: Iterable[Problem]) -> list[Problem]:
    """Return the errors in our lists, and in records of which nobody can tell whether a prompt is about them."""
    told_apart = {file for file, left in catalog.damaged.items() if _can_be_told_apart(left)}
    kinds = (catalog.models, catalog.papers, catalog.questions)
    told_apart.update(record.source.file for kind in kinds for record in kind.values())
    errors = (problem for problem in problems if problem.level == "error" and not problem.file.startswith(RUNS))
    return [problem for problem in errors if problem.file not in told_apart]


def _can_be_told_apart(left: Damaged) -> bool:
    """Tell whether what a record is known by can be read, or has still to be filled in."""
    fields = KNOWN_BY.get(type(left.record), ())
    source = left.record.source
    return bool(fields) and all(not left.lacks(key) or source.at(key).raw == PLACEHOLDER for key in fields)


def damaged_alone(catalog: Catalog) -> Catalog:
    """Return the catalog with what is left of the records in which something is wrong, and without all others."""
    models, papers, questions = (damaged_records(catalog, kind) for kind in (Model, Paper, Question))
    return replace(catalog, models=models, papers=papers, questions=questions)
