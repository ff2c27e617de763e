"""Compare reruns of notebooks with their published runs, and tell whether every number and figure is the same."""

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
from runner.attempt import RunError, attempt, sweep  # noqa: E402
from runner.display import display  # noqa: E402
from runner.prose import BY_HAND  # noqa: E402
from runner.settings import Settings, add_options, misused, settings_of  # noqa: E402
from runner.spoken import tell  # noqa: E402

DIFFERS, MISUSED = 1, 2
HOW = ("device", "weights", "cell_seconds", "seconds", "memory")  # options on how a rerun is made


def main(argv: Sequence[str] | None = None, root: Path = ROOT) -> int:
    """Verify the named runs and print their certificates; return the exit status.

    It is 0 if nothing differs, 1 if something does or a rerun failed, 2 for a wrong command line, and 128 and its
    number for a signal.
    """
    options = arguments(argv)
    wrong = misuse(options, root)
    if not wrong and not options.made:
        wrong = beforehand.lacking(options.device, options.weights, options.ids, root)
    for sentence in wrong:
        tell(sentence)
    if wrong:
        return MISUSED
    settings, differing = settings_of(options, root, "full", root / ".cache" / "verify"), 0
    if not options.made:
        sweep(settings)
    with schedule.stoppable() as stop:
        for run_id in dict.fromkeys(options.ids):
            if not stop.event.is_set():
                differing += not verify(run_id, settings, options.made, stop)
    return stop.status or (DIFFERS if differing else 0)


def arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m scripts.verify_runs", description=__doc__)
    parser.add_argument("ids", nargs="+", metavar="ID", help="published runs")
    parser.add_argument(
        "--with",
        type=Path,
        metavar="DIR",
        dest="made",
        help="rerun nothing: compare the full runs in DIR/ID, which run_notebooks --out DIR made, here or elsewhere",
    )
    add_options(parser)
    options = parser.parse_args(argv)
    given = [name for name in HOW if getattr(options, name) != parser.get_default(name)]
    if options.made and given:
        parser.error(f"--with reruns nothing; leave out --{' and --'.join(given).replace('_', '-')}")
    return options


def misuse(options: argparse.Namespace, root: Path) -> list[str]:
    """Return what is wrong with the command line, as sentences."""
    known = runs_in(root / OUTPUTS)
    there = ", ".join(known) or "none"
    unknown = [name for name in options.ids if name not in known]
    found = [f'there is no published run of "{name}"; there are {there}{did_you_mean(name, known)}' for name in unknown]
    if options.made:
        found += not_made([name for name in options.ids if name in known], options.made, root)
    return found + misused(options)


def not_made(ids: Sequence[str], folder: Path, root: Path) -> list[str]:
    """Return which full runs a folder does not hold, as sentences."""
    if folder.resolve() == (root / OUTPUTS).resolve():
        return [f"--with names {OUTPUTS}, the published runs; name a folder with other runs of the same essays"]
    if not folder.is_dir():
        return [f"--with names no folder (got {folder}); name the one that was given to run_notebooks --out"]
    there = runs_in(folder)
    missing = [run_id for run_id in ids if run_id not in there]
    of_these = ", ".join(there) or "none"
    found = [f"{folder} holds no run of {name} ({name}/run.json); of these it does: {of_these}" for name in missing]
    made = {run_id: read_run(folder / run_id, run_id, files=False)[0] for run_id in ids if run_id in there}
    quick = [run_id for run_id, run in made.items() if run and run.mode != "full"]
    return [*found, *(f"{folder / name} is a quick run; run it again without --mode quick" for name in quick)]


def runs_in(folder: Path) -> list[str]:
    """Return the ids of the runs in a folder, sorted."""
    return sorted(path.parent.name for path in folder.glob("*/run.json"))


def verify(run_id: str, settings: Settings, made: Path | None, stop: schedule.Stop) -> bool:
    """Print how the run in `made`, or else a rerun, compares with the published one; tell whether nothing differs.

    One that was changed by hand is compared with nothing.
    """
    before, problems = read_run(settings.root / OUTPUTS / run_id, f"{OUTPUTS}/{run_id}/run.json")
    for problem in problems:
        tell(str(problem))
    if before is None:
        return False
    try:
        refuse_changed(before, f"{OUTPUTS}/{run_id}")
        for reason in state.stale(run_id, settings.root, state.specs_now(settings.root)):
            tell(f"{run_id}: the published run is stale: {reason}")
        return compared(before, settings.root, made / run_id) if made else rerun(before, settings, stop)
    except RunError as error:
        tell(f"{run_id}: {error}")
        return False


def refuse_changed(run: Run, folder: str) -> None:
    """Refuse a run, which lies in a folder of that name, that is not as it was made.

    Raises:
        RunError: it was changed by hand.
    """
    if not run.sealed:
        raise RunError(f"{folder}: {BY_HAND}; run it again")


def rerun(before: Run, settings: Settings, stop: schedule.Stop) -> bool:
    """Rerun one notebook in a temporary folder and print what came of it; tell whether nothing differs."""
    place = settings.place(before.id)
    try:
        with display() as shown:
            attempt(before.id, settings, shown, stop.event)
        return compared(before, settings.root, place)
    finally:
        shutil.rmtree(place, ignore_errors=True)


def compared(before: Run, root: Path, place: Path) -> bool:
    """Print how a rerun came out, with its certificate; tell whether nothing differs.

    Raises:
        RunError: what lies in `place` is no full run, or was changed by hand.
    """
    after, problems = read_run(place, str(place / "run.json"))
    if after is None:
        raise RunError("\n".join(map(str, problems)))
    refuse_changed(after, str(place))
    if after.mode != before.mode:
        raise RunError(f"{place} is a {after.mode} run, the published one a {before.mode} run; their numbers differ")
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
