"""The rule on what models and papers cost: it was measured by a run, and it is a cost."""

from __future__ import annotations

from collections.abc import Iterator

from catalog.load import Catalog
from catalog.problems import Problem, did_you_mean
from catalog.runs import Run


def costs_were_measured(catalog: Catalog) -> Iterator[Problem]:
    """Each result that a record names as its cost is one of a run, of which less is better, and no quality."""
    for record in catalog.sources:
        for i, name in enumerate(record.cost):
            run_id, _, result = name.partition(".")
            if run_id in catalog.unreadable_runs:
                continue  # said where the run is
            if run_id not in catalog.runs:
                message = f'not measured yet: there is no run of "{run_id}"{did_you_mean(run_id, catalog.runs)}'
                yield record.source.problem(message, "cost", i, level="notice")
            elif message := _misfit(result, catalog.runs[run_id], catalog):
                yield record.source.problem(message, "cost", i)


def _misfit(result: str, run: Run, catalog: Catalog) -> str:
    """Say why a result of a run is no cost, or nothing."""
    if result not in run.results:
        hint = did_you_mean(result, run.results) or f"; it has {', '.join(list(run.results)[:8])}"
        return f'the run of "{run.id}" has no such result (got {result}){hint}'
    metric = catalog.vocabulary.metrics.get(run.results[result].metric)
    if metric and (metric.better != "lower" or metric.quality):
        return f"is no cost (got {run.id}.{result}, a {run.results[result].metric}); name a time, a memory, an amount"
    return ""


RULES = (costs_were_measured,)
