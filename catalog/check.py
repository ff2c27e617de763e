"""All rules that hold between records, in one visible list."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from catalog import drafts, fit, rules_answers, rules_executed, rules_marks, rules_records, rules_runs, workflow
from catalog.load import Catalog
from catalog.problems import Problem

Rule = Callable[[Catalog], Iterator[Problem]]

RULES: tuple[Rule, ...] = (
    *rules_records.RULES,
    workflow.problems,
    fit.problems,
    drafts.problems,
    *rules_answers.RULES,
    *rules_marks.RULES,
    *rules_runs.RULES,
    *rules_executed.RULES,
)


def check(catalog: Catalog) -> list[Problem]:
    """Return everything that is wrong between records, sorted."""
    return sorted({problem for rule in RULES for problem in rule(catalog)})
