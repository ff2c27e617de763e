"""Say what the build would refuse of a run, before it is put in place."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from catalog import rules_executed, rules_runs
from catalog.freshness import freshness
from catalog.load import Catalog, load
from catalog.run_files import read_run
from catalog.runs import Run
from catalog.stale import workflow_digests
from runner.printed import printed_otherwise


def refusals(folder: Path, run_id: str, root: Path) -> list[str]:
    """Return the errors that the rules on a single run find in the finished one in `folder`, and why it is stale.

    All are sentences; `root` is the repository that it is for. While its vocabulary cannot be read, nobody can tell of
    any.
    """
    catalog, _ = load(root)
    run, problems = read_run(folder, f"{folder}/run.json")
    if catalog is None or run is None:
        return [str(problem).replace(f"{folder}/", "") for problem in problems]
    alone = replace(catalog, runs={run_id: run})
    found = {problem for rule in (*rules_runs.OF_ONE_RUN, *rules_executed.RULES) for problem in rule(alone)}
    errors = [str(problem).replace(f"{folder}/", "") for problem in sorted(found) if problem.level == "error"]
    return errors or [f"it would be stale at once: {reason}" for reason in stale_at_once(run, catalog)]


def stale_at_once(run: Run, catalog: Catalog) -> Iterator[str]:
    """Yield why a finished run would be out of date as soon as it lies in its place, as sentences.

    Of the runs that it reads nobody asks: one of them that is stale may find the same when it is made anew.
    """
    others = dict.fromkeys(catalog.runs.keys() | catalog.unreadable_runs)
    yield from freshness(run, catalog.root, workflows=workflow_digests(catalog), runs=others)
    yield from printed_otherwise(run, catalog.root)
