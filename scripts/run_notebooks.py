"""Execute essays whose runs are stale, and put their figures, numbers and provenance in place."""

from __future__ import annotations

import argparse
import math
import sys
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from catalog.imported_code import Code
from catalog.load import ROOT
from catalog.lock import HeldError, held
from catalog.problems import did_you_mean
from catalog.run_files import NOTEBOOK, OUTPUTS, run_ids

sys.path[:0] = [str(ROOT / "notebooks")]  # the runner lives with the experiments

from runner import beforehand, destination, essay, prose, state  # noqa: E402 (after the path)
from runner.settings import add_options, misused, settings_of  # noqa: E402
from runner.spoken import tell  # noqa: E402

if TYPE_CHECKING:
    from runner import schedule
    from runner.display import Display
    from runner.settings import Settings

FAILED, MISUSED, OUT_OF_TIME = 1, 2, 75  # 75 is EX_TEMPFAIL: try again
HOW = ("mode", "jobs", "force", "keep_going", "budget", "out", "device", "weights", "cell_seconds", "seconds", "memory")
QUICK = "; a quick run, whose numbers and figures are not the published ones"


def main(argv: Sequence[str] | None = None, root: Path = ROOT) -> int:
    """Run, check or sync; return the exit status.

    It is 0 if all went well, 1 if a run failed or is stale, 2 for a wrong command line, 75 if --budget left something,
    and 128 and its number for a signal.
    """
    options = arguments(argv)
    known = essay.notebook_ids(root)
    ids = list(dict.fromkeys(options.ids or known))
    wrong = misuse(options, known, root)
    if not (wrong or options.check or options.sync):
        wrong = beforehand.lacking(options.device, options.weights, ids, root)
    for sentence in wrong:
        tell(sentence)
    if wrong:
        return MISUSED
    if options.check:
        return check(ids, root)
    return sync(ids, root) if options.sync else run(ids, options, root)


def arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m scripts.run_notebooks", description=__doc__)
    parser.add_argument("ids", nargs="*", metavar="ID", help="notebooks (default: all)")
    parser.add_argument("--mode", choices=("quick", "full"), default="full", help="quick tries an essay out")
    parser.add_argument("--jobs", type=int, default=1, metavar="N", help="notebooks that run side by side")
    parser.add_argument("--force", action="store_true", help="run what is fresh, too, and what --out holds already")
    parser.add_argument("--keep-going", action="store_true", help="run the others after one failed")
    parser.add_argument(
        "--budget",
        type=float,
        default=math.inf,
        metavar="SECONDS",
        help="begin no run after that, nor one that took too long the last time to end by then",
    )
    parser.add_argument("--out", type=Path, metavar="DIR", help=f"write to DIR/ID instead of {OUTPUTS}/ID")
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--check", action="store_true", help="run nothing; list stale runs with reasons")
    what.add_argument("--sync", action="store_true", help="run nothing; put edited prose into executed notebooks")
    add_options(parser)
    return parser.parse_args(argv)


def misuse(options: argparse.Namespace, known: Sequence[str], root: Path) -> list[str]:
    """Return what is wrong with the command line, as sentences."""
    unknown = [name for name in options.ids if name not in known]
    found = [
        f'there is no notebook "{n}"; there are {", ".join(known) or "none"}{did_you_mean(n, known)}' for n in unknown
    ]
    found += misused(options)
    if options.jobs < 1:
        found.append(f"--jobs is 1 or more (got {options.jobs})")
    if not options.budget >= 0:  # so that nan is told, too
        found.append(f"--budget is not below 0 (got {options.budget:g})")
    if options.check or options.sync:
        return found + beside_nothing(options)
    if options.mode != "full" and not options.out:
        found.append("only a full run with the default parameters is published; say where this one goes with --out DIR")
    if options.out:
        asked = [run_id for run_id in options.ids or known if run_id in known]
        found += destination.refusals(options.out, list(dict.fromkeys(asked)), root)
    return found


def beside_nothing(options: argparse.Namespace) -> list[str]:
    """Return which options on how runs are made stand beside one that makes none, as a sentence."""
    usual = arguments([])
    given = [f"--{name}".replace("_", "-") for name in HOW if getattr(options, name) != getattr(usual, name)]
    what = "check" if options.check else "sync"
    return [f"--{what} runs nothing; leave out {' and '.join(given)}"] if given else []


def check(ids: Sequence[str], root: Path) -> int:
    """List stale runs with reasons, and files that belong to no run; return 1 if there are any.

    Where some runs are asked for, files that lie elsewhere than beside them are left out, and so are runs without an
    essay.
    """
    specs, code, found = state.specs_now(root), Code(root), 0
    of_all = set(ids) == set(essay.notebook_ids(root))
    ids = sorted({*ids, *run_ids(root)}) if of_all else ids
    for run_id in ids:
        reasons = state.out_of_date(run_id, root, specs, code)
        for reason in reasons:
            tell(f"{run_id}: stale: {reason}")
        found += bool(reasons)
    beside = tuple(f"{OUTPUTS}/{run_id}/" for run_id in ids)
    foreign = [told for told in state.foreign(root) if of_all or told.startswith(beside)]
    for told in foreign:
        tell(told)
    besides = f"; files that do not belong there: {len(foreign)}" if foreign else ""
    tell(f"{len(ids) - found} of {len(ids)} runs are fresh{besides}")
    return FAILED if found or foreign else 0


def sync(ids: Sequence[str], root: Path) -> int:
    """Put edited prose into executed notebooks; return 1 if that cannot be done for one."""
    return FAILED if [run_id for run_id in ids if not synced(run_id, root)] else 0


def synced(run_id: str, root: Path) -> bool:
    """Put the edited prose of one essay into its executed notebook; tell whether that could be done."""
    source, place = root / "notebooks" / f"{run_id}.py", root / OUTPUTS / run_id
    try:
        with held(state.lock_file(run_id, root)):
            changed = prose.sync(source, place)
        tell(f"{run_id}: {'prose put in place' if changed else 'nothing to do'}")
    except HeldError as error:
        tell(f"{run_id}: it is being run by {error.holder}; wait for that one")
    except OSError as error:
        tell(f"{run_id}: {state.refused(error, NOTEBOOK)}")
    except ValueError as error:
        tell(f"{run_id}: {error}")
    else:
        return True
    return False


def run(ids: Sequence[str], options: argparse.Namespace, root: Path) -> int:
    """Make the runs that are needed; return the exit status."""
    from runner import resume, schedule  # here, as in the functions below, so that --check needs no notebook package
    from runner.attempt import sweep
    from runner.display import display

    settings = settings_of(options, root, options.mode, options.out)
    sweep(settings)
    reads = {run_id: essay.reads_of(settings.source(run_id)) for run_id in ids}
    takes = partial(resume.least_seconds, settings=settings)
    plan = schedule.Plan(ids, reads, options.jobs, options.budget, options.keep_going, takes)

    def needed(run_id: str) -> bool:
        if options.force:
            return True
        if settings.out:
            return not resume.is_made(run_id, settings, state.specs_now(root))
        wanted = state.lacks_gpu(run_id, root, options.device)
        return bool(wanted or state.stale(run_id, root, state.specs_now(root), sidecars=False))

    with schedule.stoppable() as stop, display() as shown:
        make = partial(made, settings=settings, shown=shown, stop=stop)
        report = schedule.Schedule(plan, needed, make, stop.event).carry_out()
    if settings.out:
        for run_id in report.fresh:
            tell(f"{run_id}: fresh, in {settings.shown(settings.place(run_id))}")
    else:
        report.failed += [run_id for run_id in report.fresh if not told_fresh(run_id, root)]
    tell_left(report.left, options.budget, takes)
    return stop.status or status(report)


def tell_left(left: Sequence[str], budget: float, takes: Callable[[str], float]) -> None:
    """Say which runs were not begun, and which of them no call with this budget will begin."""
    for run_id in left:
        if (needs := takes(run_id)) > budget:
            tell(f"{run_id}: it took {needs:.0f} s the last time, more than --budget {budget:g}; give a larger one")
    if left:
        tell(f"not begun: {', '.join(left)}; the same command goes on from here")


def made(run_id: str, settings: Settings, shown: Display, stop: schedule.Stop) -> bool:
    """Make one run and say what came of it; tell whether it succeeded."""
    from runner.attempt import RunError, attempt

    try:
        place = attempt(run_id, settings, shown, stop.event)
    except RunError as error:
        shown.tell(f"{run_id}: {error}")
        return False
    shown.tell(f"{run_id}: done, in {settings.shown(place)}{'' if settings.mode == 'full' else QUICK}")
    return True


def told_fresh(run_id: str, root: Path) -> bool:
    """Say that a run is fresh, after its edited prose was put in place, or why it is not; tell whether it is."""
    reasons = state.stale(run_id, root, None)  # that no run would mend
    for reason in reasons:
        tell(f"{run_id}: stale: {reason}")
    if reasons:
        return False
    if essay.prose_differs(root / "notebooks" / f"{run_id}.py", root / OUTPUTS / run_id / NOTEBOOK):
        return synced(run_id, root)
    tell(f"{run_id}: fresh")
    return True


def status(report: schedule.Report) -> int:
    """Return the exit status of what came of a plan."""
    if report.failed:
        return FAILED
    return OUT_OF_TIME if report.left else 0


if __name__ == "__main__":
    sys.exit(main())
