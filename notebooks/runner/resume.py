"""Tell which of the runs that a command was asked for are made already, as far as it goes on where another ended."""

from __future__ import annotations

from pathlib import Path

from catalog.cpu_essays import on_cpu_alone
from catalog.digests import file_digest
from catalog.imported_code import Code
from catalog.official_files import official_files
from catalog.run_files import OUTPUTS, read_run
from catalog.runs import LOADED, Run
from runner import gpus
from runner.settings import Settings, official_folder
from runner.state import Specs, stale_run


def is_made(run_id: str, settings: Settings, specs: Specs) -> bool:
    """Tell whether a run that goes to a folder of its own lies there, as this command would make it.

    It has to be fresh, in the mode that is asked for, on the device that is named if one is, and with the official
    weights that lie in the folder of them now.
    """
    folder = settings.place(run_id)
    run = read_run(folder, str(folder / "run.json"))[0] if folder.is_dir() else None
    if run is None or stale_run(run, settings.mode, settings.root, specs):
        return False
    return on_such_a_device(run, device_for(run_id, settings)) and with_those_weights(run, settings)


def device_for(run_id: str, settings: Settings) -> str:
    """Return the device that is asked for; an essay that computes on the CPU alone is asked for nothing else."""
    return "cpu" if on_cpu_alone(run_id, settings.root) else settings.device


def on_such_a_device(run: Run, device: str) -> bool:
    """Tell whether a run was made on what is asked for; `auto` takes either."""
    return device == "auto" or run.on_cpu == (device == "cpu")


def with_those_weights(run: Run, settings: Settings) -> bool:
    """Tell whether a run loaded official files that still lie there; or none, where none that it could load does."""
    loaded = {part: digest for part, digest in run.key.items() if part.startswith(LOADED["official"])}
    folder = official_folder(settings)
    if folder is None or not folder.is_dir():
        return not loaded
    there = any(next(folder.glob(name), None) for name in official_files(run.id, Code(settings.root)))
    return there == bool(loaded) and all(_lies_in(folder, part, digest) for part, digest in loaded.items())


def _lies_in(folder: Path, part: str, digest: str) -> bool:
    """Tell whether a file of that name and digest lies in a folder, at any depth."""
    return any(file_digest(path) == digest for path in folder.rglob(Path(part.partition(":")[2]).name))


def least_seconds(run_id: str, settings: Settings) -> float:
    """Return the seconds that a run needs at the least, by its last time on such a device; 0 if nobody knows.

    That is the clock's, or the CPU time where that is less: a busy machine then does not count as a slow essay.
    """
    places = [settings.place(run_id), *([settings.root / OUTPUTS / run_id] if settings.mode == "full" else [])]
    device = device_for(run_id, settings)
    if device == "auto":
        device = "cuda" if gpus.there() else "cpu"
    for place in places:
        run = read_run(place, str(place / "run.json"), files=False)[0] if place.is_dir() else None
        if run and run.mode == settings.mode and on_such_a_device(run, device.partition(":")[0]):
            told = [run.provenance.get(name) for name in ("seconds", "cpu_seconds")]
            return float(min((spent for spent in told if isinstance(spent, int | float)), default=0))
    return 0.0
