"""Make one run: execute an essay beside its place, check what it left, put it there as a whole."""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from importlib import metadata
from pathlib import Path
from typing import Any

from catalog.commit import commit
from catalog.digests import text_digest
from catalog.freshness import run_key
from catalog.lock import HeldError, held
from catalog.run_files import NOTEBOOK, OUTPUTS
from catalog.whole_folder import aside_of, swap
from runner import destination, essay, gpus, judge, leftovers, processes, publish, supervise
from runner.beside import left_beside, made_beside
from runner.display import Display, first_line
from runner.order import Order
from runner.settings import QUIET, WEIGHTS, Settings
from runner.state import Specs, lock_file, refused, specs_now
from runner.witness import published, written_into

# What an essay gets of a person's environment: where programs find their files, no secrets. The rest never varies.
KEPT = ("PATH", "HOME", "USER", "LOGNAME", "LD_LIBRARY_PATH", "VIRTUAL_ENV", "XDG_CACHE_HOME", "MPLCONFIGDIR")
KEPT_FAMILIES = ("MODEL_ANSWERS_", "CUDA_", "NVIDIA_", "ROCM_", "HIP_", "PYTORCH_", "FONTCONFIG_")
FIXED = {
    "PYTHONHASHSEED": "0",
    "TZ": "UTC",
    "LC_ALL": "C.UTF-8",
    "SOURCE_DATE_EPOCH": "0",
    "HF_HUB_OFFLINE": "1",  # a run loads what lies here, and never fetches
    **QUIET,
    "PYTHONWARNINGS": "ignore:IProgress not found",  # of tqdm, with a folder of the machine, when diffusers is imported
    "MPLBACKEND": "Agg",
    "MATPLOTLIBRC": str(Path(__file__).with_name("matplotlibrc")),
}
QUICK = Path(__file__).with_name("quick_run.md")  # what the notebook of a quick run says first
PUBLISHED = Path(__file__).with_name("quick_run_published.md")  # what it says then, where there is a published run


class RunError(Exception):
    """A run did not come about; the message names cell and reason."""


def attempt(run_id: str, settings: Settings, shown: Display, stopping: threading.Event) -> Path:
    """Make a run and return its folder; if that fails, what was there stays as it was.

    Raises:
        RunError: it failed.
    """
    try:
        with contextlib.ExitStack() as stack:
            take_lock(run_id, settings, stack)
            clear(run_id, settings)
            with gpu(run_id, settings.device, shown, stopping) as given:
                make(run_id, settings, given, shown, stopping)
    except HeldError as error:
        raise RunError(f"it is being run by {error.holder}; wait for that one") from error
    except gpus.GivenUpError as error:
        raise RunError("it was stopped before its first cell") from error
    except OSError as error:
        raise RunError(refused(error, f"a file of {settings.shown(settings.place(run_id))}")) from error
    except SyntaxError as error:
        raise RunError(f"{run_id}.py:{error.lineno}: it is no Python: {error.msg}") from error
    except ValueError as error:
        raise RunError(str(error)) from error
    return settings.place(run_id)


def take_lock(run_id: str, settings: Settings, stack: contextlib.ExitStack) -> None:
    """Hold the lock of a notebook as long as `stack` lasts.

    Raises:
        RunError: its file cannot be written.
        HeldError: another has it.
    """
    file = lock_file(run_id, settings.root)
    try:
        stack.enter_context(held(file))
    except OSError as error:
        raise RunError(f"{settings.shown(file)} cannot be written: {error.strerror or error}") from error


def name_of(run_id: str, root: Path) -> str:
    """Return the beginning of the names of everything that runs of a notebook make outside their own folders."""
    return f"ma-{hashlib.sha256(f'{root.resolve()} {run_id}'.encode()).hexdigest()[:10]}-"


def clear(run_id: str, settings: Settings) -> None:
    """End and remove what killed runs of a notebook left; the caller holds its lock."""
    processes.end(name_of(run_id, settings.root))
    for left in outside(run_id, settings):
        shutil.rmtree(left, ignore_errors=True)
    place = settings.place(run_id)
    place.parent.mkdir(parents=True, exist_ok=True)
    publish.clear(place.parent, run_id)


def sweep(settings: Settings) -> None:
    """Clear away what killed runs of any notebook left that nobody runs now, of other clones only outside of them."""
    leftovers.remove_abandoned()
    for run_id in essay.notebook_ids(settings.root):
        with contextlib.suppress(HeldError, OSError):
            if any(left_by(run_id, settings)):
                with held(lock_file(run_id, settings.root)):
                    clear(run_id, settings)


def left_by(run_id: str, settings: Settings) -> Iterator[Path]:
    """Yield the temporary folders of a notebook's runs."""
    yield from outside(run_id, settings)
    yield from left_beside(settings.place(run_id))
    yield from filter(Path.exists, [aside_of(settings.place(run_id))])


def outside(run_id: str, settings: Settings) -> Iterator[Path]:
    """Yield those of them that do not lie beside the place of a run."""
    for base in {tempfile.gettempdir(), "/tmp"}:
        yield from Path(base).glob(f"{name_of(run_id, settings.root)}*")


@contextlib.contextmanager
def gpu(run_id: str, device: str, shown: Display, stopping: threading.Event) -> Iterator[dict[str, str]]:
    """Wait for a GPU where one is wanted; yields the environment that names it, for the essay the only one."""
    there = gpus.there()
    wanted = gpus.choices(device, gpus.usable(there) if device == "auto" else there)
    if not wanted:
        yield {"MODEL_ANSWERS_DEVICE": device} | ({"CUDA_VISIBLE_DEVICES": ""} if device == "cpu" else {})
        return
    with gpus.one_of(wanted, stopping, lambda text: shown.tell(f"{run_id}: {text}")) as name:
        yield {"MODEL_ANSWERS_DEVICE": device.partition(":")[0], "CUDA_VISIBLE_DEVICES": name}


def make(run_id: str, settings: Settings, given: Mapping[str, str], shown: Display, stopping: threading.Event) -> None:
    """Execute in a temporary folder beside the place, then swap.

    Raises:
        RunError: a published run would be no full one, or have no seed; a cell failed; the code was edited meanwhile; a
            file that no run wrote would be lost.
        ValueError: what it left cannot be published, or the code cannot be parsed.
        OSError: a file cannot be read or written.
    """
    source, place, root = settings.source(run_id), settings.place(run_id), settings.root
    refuse_to_lose(run_id, settings)
    text = source.read_text("utf-8")
    if not settings.out and (wrong := [*essay.mode_by_hand(text), *essay.not_seeded(text)]):
        raise RunError("\n".join(wrong))
    seed = essay.seed_of(text)
    before, specs = run_key(root, run_id, settings.mode, seed), specs_now(root)
    provenance, started = commit(root), time.monotonic()
    with made_beside(place) as beside:
        folder = Path(beside) / run_id
        folder.mkdir()
        with watched(run_id, root, shown):
            spent = execute(run_id, text, folder, settings, given, shown, stopping)
        took = {"seconds": round(time.monotonic() - started, 1), "cpu_seconds": round(spent, 1)}
        shown.tell(f"{run_id}: all cells ran, after {spent:.0f} s of CPU time ({took['seconds']:.0f} s by the clock)")
        provenance |= {"essay": text_digest(text), "seed": seed} | took
        key = final_key(publish.recorded(folder), run_id, settings, seed, before, specs)
        private = (str(root), str(root.resolve()), str(Path.home()), beside, name_of(run_id, root))
        provenance["packages"] = installed(key)
        publish.finish(folder, run_id, settings.mode, key, provenance, private)
        if not settings.out and (wrong := judge.refusals(folder, run_id, root)):
            raise RunError("\n".join(wrong))
        if stopping.is_set():
            raise RunError("it was stopped after its last cell")
        refuse_to_lose(run_id, settings)  # what somebody put there meanwhile
        swap(folder, place)


def refuse_to_lose(run_id: str, settings: Settings) -> None:
    """Refuse a run in whose place lies what no run of it wrote.

    Raises:
        RunError: a file, a link or a folder would be lost.
    """
    place = settings.place(run_id)
    if settings.out:
        wrong = destination.no_run(place, settings.out / run_id)
    else:
        wrong = destination.not_of_it(place, place.relative_to(settings.root))
    if wrong:
        raise RunError(wrong)


@contextlib.contextmanager
def watched(run_id: str, root: Path, shown: Display) -> Iterator[None]:
    """Tell which published runs were written into meanwhile: by a cell, or by a person, nobody can say.

    One that was spoilt is refused wherever runs are read.
    """
    before = published(root)
    try:
        yield
    finally:
        if changed := written_into(before, root):
            them = "them" if len(changed) > 1 else "it"
            otherwise = f"if nobody else changed {them}, put {them} back, and let no cell write there"
            shown.tell(f"{run_id}: {' and '.join(changed)} changed while this ran; {otherwise}")


def execute(
    run_id: str,
    text: str,
    folder: Path,
    settings: Settings,
    given: Mapping[str, str],
    shown: Display,
    stopping: threading.Event,
) -> float:
    """Execute the essay with its outputs in `folder`; return the seconds that processors spent on it.

    Raises:
        RunError: a cell failed.
    """
    source, cells = settings.source(run_id), essay.cells(text)
    order = Order(
        essay=str(source),
        notebook=str(folder / "notebook.ipynb"),
        sockets="",
        cell_seconds=settings.cell_seconds,
        seconds=settings.seconds,
        memory_bytes=settings.memory,
        leftovers=(str(folder.parent),),
        note="" if settings.mode == "full" else quick_note(run_id, settings.root),
    )
    environment = environment_for(folder, settings) | given
    with shown.notebook(run_id, cells) as show:
        ending = supervise.run(order, name_of(run_id, settings.root), environment, show, stopping)
    if ending.failure:
        raise RunError(describe(ending.failure, source.name, cells))
    return ending.cpu_seconds


def quick_note(run_id: str, root: Path) -> str:
    """Return what the notebook of a quick run says at its top."""
    parts = [QUICK, PUBLISHED] if (root / OUTPUTS / run_id / NOTEBOOK).is_file() else [QUICK]
    return "".join(part.read_text("utf-8") for part in parts).format(id=run_id).strip()


def environment_for(folder: Path, settings: Settings) -> dict[str, str]:
    """Return the environment of an execution."""
    kept = {name: value for name, value in os.environ.items() if name in KEPT or name.startswith(KEPT_FAMILIES)}
    root = settings.root
    given = {
        "MODEL_ANSWERS_RUN": str(folder),
        "MODEL_ANSWERS_MODE": settings.mode,
        "PYTHONPATH": os.pathsep.join([str(root / "notebooks"), str(root)]),
        # One thread adds in one order, and does not spin on a busy machine.
        "OMP_NUM_THREADS": os.environ.get("OMP_NUM_THREADS", "1"),
    }
    if settings.weights:
        given[WEIGHTS] = str(settings.weights.resolve())
    return {**kept, **FIXED, **given}


def final_key(
    recorded: Mapping[str, Any], run_id: str, settings: Settings, seed: int, before: Mapping[str, str], specs: Specs
) -> dict[str, str]:
    """Return the key of the run, with what the essay said it used.

    Raises:
        RunError: code was edited while it ran, so nobody knows which of it was executed.
    """
    workflows, reads = recorded["workflows"], recorded["reads"]
    now = run_key(settings.root, run_id, settings.mode, seed, workflows=workflows, reads=reads)
    if {part: digest for part, digest in now.items() if not part.startswith(("workflow:", "reads:"))} != before:
        raise RunError("its code was edited while it ran; run it again")
    for question, digest in workflows.items():
        if (specs or {}).get(question) != digest:
            raise RunError(f"the workflow of {question} was edited while it ran; run it again")
    return dict(sorted((now | recorded["weights"]).items()))


def installed(key: Mapping[str, str]) -> dict[str, str]:
    """Return the versions of the packages that a run was made with: those of its key, if they are installed."""
    found = {}
    for name in (part.partition(":")[2] for part in key if part.startswith("package:")):
        with contextlib.suppress(metadata.PackageNotFoundError):
            found[name] = metadata.version(name)
    return found


def describe(failure: supervise.Failure, file: str, cells: Sequence[essay.Cell]) -> str:
    """Return a failure as a sentence that names the cell and its line, in the essay."""
    if failure.kind == "disk":
        return failure.message
    if not 0 <= failure.cell < len(cells):
        return f"failed before its first cell: {failure.message}"
    cell = cells[failure.cell]
    at = f"{file}:{cell.line + failure.line}: cell {failure.cell + 1}"
    return f"{at} failed ({first_line(cell)}): {failure.message}"
