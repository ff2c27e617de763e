"""Say what the build would refuse of a run, before it is put in place."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from catalog import rules_executed, rules_runs
from catalog.load import load
from catalog.run_files import read_run


def refusals(folder: Path, run_id: str, root: Path) -> list[str]:
    """Return the errors that the rules on a single run find in the finished one in `folder`, as sentences.

    `root` is the repository that it is for. While its vocabulary cannot be read, nobody can tell of any.
    """
    catalog, _ = load(root)
    run, problems = read_run(folder, f"{folder}/run.json")
    if catalog is None or run is None:
        return [str(problem).replace(f"{folder}/", "") for problem in problems]
    alone = replace(catalog, runs={run_id: run})
    found = {problem for rule in (*rules_runs.OF_ONE_RUN, *rules_executed.RULES) for problem in rule(alone)}
    return [str(problem).replace(f"{folder}/", "") for problem in sorted(found) if problem.level == "error"]
