"""Which numbers typed by hand wait until a setting of the workflow is right, since they are looked at again then."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING

from catalog.problems import Problem
from catalog.rules_numbers import contradicts_its_step, is_a_number, is_beside_the_factors_of_steps

if TYPE_CHECKING:
    from catalog.load import Catalog


def without_what_waits(found: Collection[Problem], catalog: Catalog) -> Iterator[Problem]:
    """Yield the problems without those of numbers that are told only because something is wrong in the workflow."""
    unset = {(problem.file, step) for problem in found if (step := _step_of(problem, "with"))}
    sizes = [problem for problem in found if _is_a_size(problem)]
    for problem in found:
        if not is_a_number(problem) or not (_may_be_set(problem, unset, catalog) or _may_grow(problem, sizes)):
            yield problem


def _step_of(problem: Problem, field: str) -> str:
    """Return the step of a workflow in whose field the value of a problem stands, or nothing."""
    path = problem.field.split(".")
    return path[2] if path[:2] == ["workflow", "steps"] and path[3:4] == [field] else ""


def _is_a_size(problem: Problem) -> bool:
    """Tell whether a problem is about how large an output becomes, which names the steps that decide it."""
    path = problem.field.split(".")
    return path[:2] == ["workflow", "outputs"] and path[3:] == ["from"]


def _may_be_set(problem: Problem, unset: Collection[tuple[str, str]], catalog: Catalog) -> bool:
    """Tell whether a number in a step's label is told only because a setting of that step is wrong."""
    step, left = _step_of(problem, "label"), catalog.damaged.get(problem.file)
    if not step:
        return False
    return (problem.file, step) in unset or (left is not None and left.lacks("workflow", "steps", step, "with"))


def _may_grow(problem: Problem, sizes: Collection[Problem]) -> bool:
    """Tell whether a factor contradicts a step whose setting is to be changed for the size of an output."""
    here = [size for size in sizes if size.file == problem.file]
    if is_beside_the_factors_of_steps(problem):
        return bool(here)
    step = f'"{_step_of(problem, "label")}"'
    return contradicts_its_step(problem) and any(step in size.message for size in here)
