"""All rules that hold between records, in one visible list."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib import import_module
from importlib.util import find_spec

from catalog.load import Catalog
from catalog.problems import Problem

Rule = Callable[[Catalog], Iterator[Problem]]


def _rules(name: str) -> tuple[Rule, ...]:
    if find_spec(f"catalog.{name}") is None:
        return ()
    try:
        module = import_module(f"catalog.{name}")
    except ImportError:
        return ()
    return tuple(module.RULES) if hasattr(module, "RULES") else (module.problems,)


RULES: tuple[Rule, ...] = tuple(
    rule for name in ("rules_records", "workflow", "fit", "rules_answers", "rules_runs") for rule in _rules(name)
)


def check(catalog: Catalog) -> list[Problem]:
    """Return everything that is wrong between records, sorted."""
    return sorted({problem for rule in RULES for problem in rule(catalog)})
