"""Execute essays whose runs are stale, and put their figures, numbers and provenance in place."""

from __future__ import annotations

import argparse
import contextlib
import fcntl
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

from catalog.load import ROOT, load
from catalog.runs import OUTPUTS, freshness, read_run, run_key
from catalog.workflow import spec_digest

sys.path[:0] = [str(ROOT / "notebooks")]  # the runner lives with the experiments

from runner import essay  # noqa: E402 (after the path)

CELL_SECONDS, SECONDS = 900, 3600


def main(argv: list[str] | None = None, root: Path = ROOT) -> int:
    """Run, check or sync; return the exit status: 0 if all went well."""
    options = arguments(argv)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that nothing is left running
    known = essay.notebook_ids(root)
    unknown = [name for name in options.ids if name not in known]
    if unknown:
        tell(f"there is no notebook {unknown[0]!r}; there are {', '.join(known) or 'none'}")
        return 2
    ids = options.ids or known
    specs = workflow_digests(root)
    if options.check:
        return check(ids, root, specs)
    if options.sync:
        return sync(ids, root)
    status = 0
    for run_id in ids:
        if options.mode == "full" and not options.out and not options.force and not stale(run_id, root, specs):
            tell(f"{run_id}: fresh")
            continue
        status |= run(run_id, options, root, specs)
        if status and not options.keep_going:
            break
    return status


def arguments(argv: list[str] | None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m scripts.run_notebooks", description=__doc__)
    parser.add_argument("ids", nargs="*", metavar="ID", help="notebooks (default: all)")
    parser.add_argument("--mode", choices=("quick", "full"), default="full", help="quick tries an essay out")
    parser.add_argument("--device", default="auto", help="auto, cpu or cuda:N")
    parser.add_argument("--weights", type=Path, help="folder with official weights (or MODEL_ANSWERS_WEIGHTS)")
    parser.add_argument("--force", action="store_true", help="run what is fresh, too")
    parser.add_argument("--keep-going", action="store_true", help="run the others after one failed")
    parser.add_argument("--out", type=Path, help="write to DIR/ID instead of notebooks/outputs/ID")
    parser.add_argument("--cell-seconds", type=float, default=CELL_SECONDS, help="longest time of a cell")
    parser.add_argument("--seconds", type=float, default=SECONDS, help="longest time of a notebook")
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--check", action="store_true", help="run nothing; list stale runs with reasons")
    what.add_argument("--sync", action="store_true", help="run nothing; put edited prose into executed notebooks")
    return parser.parse_args(argv)


def tell(text: str) -> None:
    """Print a line for people."""
    sys.stderr.write(text + "\n")


# --- fresh or stale --------------------------------------------------------------------------------------------------


def workflow_digests(root: Path) -> Mapping[str, str]:
    """Return the digest of each question's workflow; nothing if the catalog cannot be read."""
    catalog, _ = load(root)
    return {id: spec_digest(question) for id, question in catalog.questions.items()} if catalog else {}


def stale(run_id: str, root: Path, specs: Mapping[str, str]) -> list[str]:
    """Return why the committed run does not belong to the code beside it; nothing if it does."""
    folder = root / OUTPUTS / run_id
    if not folder.exists():
        return ["it has not been run"]
    run, problems = read_run(folder, f"{OUTPUTS}/{run_id}/run.json")
    if run is None:
        return [str(problem) for problem in problems]
    reasons = [] if run.mode == "full" else ["it was a quick run"]
    return reasons + list(freshness(run, root, workflows=specs))


def check(ids: list[str], root: Path, specs: Mapping[str, str]) -> int:
    """List stale runs and prose that was edited since; return 1 if there are any."""
    found = 0
    for run_id in ids:
        reasons = stale(run_id, root, specs)
        notebook = root / OUTPUTS / run_id / "notebook.ipynb"
        source = root / "notebooks" / f"{run_id}.py"
        if not reasons and (not notebook.is_file() or essay.prose_differs(source, notebook)):
            reasons = ["its prose changed after this run; run_notebooks --sync puts it in place"]
        for reason in reasons:
            tell(f"{run_id}: stale: {reason}")
        found += bool(reasons)
    tell(f"{len(ids) - found} of {len(ids)} runs are fresh")
    return 1 if found else 0


def sync(ids: list[str], root: Path) -> int:
    """Put edited prose into executed notebooks."""
    for run_id in ids:
        notebook = root / OUTPUTS / run_id / "notebook.ipynb"
        try:
            changed = essay.sync_prose(root / "notebooks" / f"{run_id}.py", notebook)
        except (OSError, ValueError) as error:
            tell(f"{run_id}: {error}")
            return 1
        tell(f"{run_id}: {'prose put in place' if changed else 'nothing to do'}")
    return 0


# --- running ---------------------------------------------------------------------------------------------------------


def run(run_id: str, options: argparse.Namespace, root: Path, specs: Mapping[str, str]) -> int:
    """Execute one essay and put its run in place; return 1 if it failed, and then nothing has changed."""
    place = target(run_id, options, root)
    try:
        with locked(run_id, root):
            execute(run_id, place, options, root, specs)
    except RunError as error:
        tell(f"{run_id}: {error}")
        return 1
    tell(f"{run_id}: done, in {shown(place, root)}")
    return 0


class RunError(Exception):
    """A run did not come about; the message names cell and reason."""


def target(run_id: str, options: argparse.Namespace, root: Path) -> Path:
    """Return the folder that a run goes to: only a full run without --out is the one that is published."""
    if options.out:
        return options.out.resolve() / run_id
    return root / OUTPUTS / run_id if options.mode == "full" else root / ".cache" / "quick" / run_id


def execute(run_id: str, place: Path, options: argparse.Namespace, root: Path, specs: Mapping[str, str]) -> None:
    """Execute in a temporary folder beside the place, then swap.

    Raises:
        RunError: it failed.
    """
    from runner import publish, supervise

    source = root / "notebooks" / f"{run_id}.py"
    place.parent.mkdir(parents=True, exist_ok=True)
    publish.clear(place.parent, run_id)
    try:
        seed = essay.seed_of(source.read_text("utf-8"))
        before, provenance = run_key(root, run_id, options.mode, seed), commit(root)
    except (OSError, ValueError) as error:
        raise RunError(str(error)) from error
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix=f".{run_id}.", dir=place.parent) as temporary:
        folder = Path(temporary) / run_id
        folder.mkdir()
        environment = environment_for(folder, options, root)
        with progress(run_id) as show:
            failure = supervise.run(
                source, folder / "notebook.ipynb", options.cell_seconds, options.seconds, environment, show
            )
        if failure:
            raise RunError(describe(failure, source))
        provenance |= {"seed": seed, "seconds": round(time.monotonic() - started, 1)}
        key = final_key(folder, run_id, options.mode, seed, before, root, specs)
        try:
            publish.finish(folder, run_id, options.mode, key, provenance, root)
        except publish.PublishError as error:
            raise RunError(str(error)) from error
        publish.swap(folder, place)


def environment_for(folder: Path, options: argparse.Namespace, root: Path) -> dict[str, str]:
    """Return the environment of the execution."""
    given = {
        "MODEL_ANSWERS_RUN": str(folder),
        "MODEL_ANSWERS_MODE": options.mode,
        "MODEL_ANSWERS_DEVICE": options.device,
        "PYTHONPATH": os.pathsep.join([str(root / "notebooks"), str(root)]),
        "PYTHONHASHSEED": "0",
        # One thread adds in one order, and does not spin on a busy machine.
        "OMP_NUM_THREADS": os.environ.get("OMP_NUM_THREADS", "1"),
        "MPLBACKEND": "Agg",
    }
    if options.weights:
        given["MODEL_ANSWERS_WEIGHTS"] = str(options.weights.resolve())
    return {**os.environ, **given}


def final_key(
    folder: Path,
    run_id: str,
    mode: str,
    seed: int,
    before: Mapping[str, str],
    root: Path,
    specs: Mapping[str, str],
) -> dict[str, str]:
    """Return the key of the run, with what the essay said it used.

    Raises:
        RunError: code was edited while it ran, so nobody knows which of it was executed.
    """
    import json

    path = folder / "record.json"
    record = json.loads(path.read_text("utf-8")) if path.is_file() else {}
    if run_key(root, run_id, mode, seed) != before:
        raise RunError("its code was edited while it ran; run it again")
    for question, digest in record.get("workflows", {}).items():
        if specs.get(question) != digest:
            raise RunError(f"the workflow of {question} was edited while it ran; run it again")
    extra = run_key(root, run_id, mode, seed, workflows=record.get("workflows"), reads=record.get("reads"))
    return dict(sorted((extra | record.get("weights", {})).items()))


def describe(failure, source: Path) -> str:
    """Return a failure as a sentence that names the cell and its line."""
    found = essay.cells(source.read_text("utf-8"))
    if not 0 <= failure.cell < len(found):
        return f"failed before its first cell: {failure.message}"
    cell = found[failure.cell]
    first = next((line for line in cell.text.splitlines() if line.strip()), "")
    return f"{source.name}:{cell.line}: cell {failure.cell + 1} failed ({first.strip()[:60]}): {failure.message}"


def commit(root: Path) -> dict[str, str | bool]:
    """Return the commit of the code, and whether files of it were edited since; nothing outside a repository."""
    folders = ["notebooks", "catalog", "scripts"]
    asked = (["git", "rev-parse", "HEAD"], ["git", "status", "--porcelain", "--", *folders])
    try:
        answers = [subprocess.run(a, cwd=root, capture_output=True, text=True, timeout=30) for a in asked]
    except (OSError, subprocess.TimeoutExpired):
        return {}
    if any(answer.returncode for answer in answers):
        return {}
    edited = [line for line in answers[1].stdout.splitlines() if f" {OUTPUTS}/" not in line]
    return {"commit": answers[0].stdout.strip(), "dirty": bool(edited)}


@contextlib.contextmanager
def locked(run_id: str, root: Path) -> Iterator[None]:
    """Keep others from running the same notebook; a lock dies with its process.

    Raises:
        RunError: it is being run.
    """
    folder = root / ".cache" / "locks"
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / f"{run_id}.lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise RunError("it is being run by another process; wait for that one") from error
        yield


@contextlib.contextmanager
def progress(run_id: str) -> Iterator:
    """Show a bar of cells on a terminal; yields `show(done, cells)`."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    console = Console(stderr=True)
    if not console.is_terminal:
        yield lambda done, cells: None  # noqa: ARG005 (a log wants no bar)
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TextColumn("cells"))
    with Progress(*columns, TimeElapsedColumn(), console=console) as shown_bar:
        task = shown_bar.add_task(run_id, total=None)
        yield lambda done, cells: shown_bar.update(task, completed=done, total=cells or None)


def shown(path: Path, root: Path) -> str:
    """Return a path as people type it."""
    return str(path.relative_to(root)) if path.is_relative_to(root) else str(path)


if __name__ == "__main__":
    sys.exit(main())
