"""Rerun notebooks beside their published runs, and tell whether every number and figure comes out the same."""

from __future__ import annotations

import argparse
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

from catalog.load import ROOT
from catalog.problems import did_you_mean
from catalog.run_files import OUTPUTS, read_run
from catalog.runs import Run

sys.path[:0] = [str(ROOT / "notebooks")]  # the runner lives with the experiments

from runner import beforehand, compare, schedule, state  # noqa: E402 (after the path)
from runner.attempt import RunError, attempt  # noqa: E402
from runner.display import display, tell  # noqa: E402
from runner.settings import Settings, add_options, misused, settings_of  # noqa: E402

DIFFERS, MISUSED = 1, 2
SIGNALLED = 128  # added to the number of the signal that stopped the command


def main(argv: Sequence[str] | None = None, root: Path = ROOT) -> int:
    """Verify the named runs and print their certificates; return the exit status.

    It is 0 if nothing differs, 1 if something does or a rerun failed, 2 for a wrong command line, and 128 and its
    number for a signal.
    """
    options = arguments(argv)
    wrong = misuse(options, sorted(path.parent.name for path in (root / OUTPUTS).glob("*/run.json")))
    wrong = wrong or beforehand.lacking(options.device, options.weights, options.ids, root)
    for sentence in wrong:
        tell(sentence)
    if wrong:
        return MISUSED
    settings, differing = settings_of(options, root, "full", root / ".cache" / "verify"), 0
    with schedule.stoppable() as stop:
        for run_id in dict.fromkeys(options.ids):
            if not stop.event.is_set():
                differing += not verify(run_id, settings, stop)
    return SIGNALLED + stop.signal if stop.signal else DIFFERS if differing else 0


def arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m scripts.verify_runs", description=__doc__)
    parser.add_argument("ids", nargs="+", metavar="ID", help="published runs")
    add_options(parser)
    return parser.parse_args(argv)


def misuse(options: argparse.Namespace, known: Sequence[str]) -> list[str]:
    """Return what is wrong with the command line, as sentences."""
    there = ", ".join(known) or "none"
    unknown = [name for name in options.ids if name not in known]
    found = [f'there is no published run of "{name}"; there are {there}{did_you_mean(name, known)}' for name in unknown]
    return found + misused(options)


def verify(run_id: str, settings: Settings, stop: schedule.Stop) -> bool:
    """Rerun one notebook in a temporary folder and print what came of it; tell whether nothing differs."""
    specs, place = state.specs_now(settings.root), settings.place(run_id)
    before, problems = read_run(settings.root / OUTPUTS / run_id, f"{OUTPUTS}/{run_id}/run.json")
    for problem in problems:
        tell(str(problem))
    if before is None:
        return False
    for reason in state.stale(run_id, settings.root, specs):
        tell(f"{run_id}: the published run is stale: {reason}")
    try:
        with display() as shown:
            attempt(run_id, settings, specs, shown, stop.event)
        return compared(before, settings.root, place)
    except RunError as error:
        tell(f"{run_id}: {error}")
        return False
    finally:
        shutil.rmtree(place, ignore_errors=True)


def compared(before: Run, root: Path, place: Path) -> bool:
    """Print how a rerun came out, with its certificate; tell whether nothing differs."""
    after, problems = read_run(place, f"{before.id}/run.json")
    if after is None:
        raise RunError("\n".join(map(str, problems)))
    found = compare.compare(before, after, root, place)
    widest = max((len(each.name) for each in found), default=0)
    for each in found:
        print(f"{each.part:6}  {each.name:{widest}}  {each.verdict:16}  {each.detail}".rstrip())
    print()
    for name, text in compare.certificate(before, after, found):
        print(f"{name:9} {text}")
    return compare.verdict(found) != compare.DIFFERS


if __name__ == "__main__":
    sys.exit(main())
