"""Files among runs and weights that belong to none of them; standard library alone."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

from catalog.parity_file import PARITY
from catalog.run_files import NOTEBOOK, OUTPUTS
from catalog.runs import LOADED, Run
from catalog.sidecars import key_of, sidecar_of

WEIGHTS = "notebooks/weights"
_SUFFIXES = (".safetensors", ".json")  # of weights, and of what tells how they were taught


def foreign_files(root: Path, runs: Mapping[str, Run | None]) -> Iterator[tuple[str, str]]:
    """Yield path and sentence for each file that no run wrote, and each among weights that serves none.

    `runs` are all runs by their ids, None for one that cannot be read. Hidden files, which programs put there, are
    passed over.
    """
    for name in _names(root / OUTPUTS):
        if f"{OUTPUTS}/{name}" != PARITY and not (root / OUTPUTS / name).is_dir():
            yield f"{OUTPUTS}/{name}", "this file is no run and of none; remove it"
    for run in filter(None, runs.values()):
        yield from _beside(root, run)
    yield from _among_weights(root, runs)


def _beside(root: Path, run: Run) -> Iterator[tuple[str, str]]:
    """Yield what lies in the folder of a run and is not of it."""
    written = {"run.json", NOTEBOOK, *(figure.file for figure in run.figures.values())}
    for name in _names(root / run.folder):
        if name not in written:
            yield f"{run.folder}/{name}", f"the run of {run.id} did not write this; remove it"


def _among_weights(root: Path, runs: Mapping[str, Run | None]) -> Iterator[tuple[str, str]]:
    """Yield what lies among the weights and is no file of them, or of those that nothing loads.

    While a run cannot be read nobody knows what it loaded.
    """
    names, whole = _names(root / WEIGHTS), all(run is not None for run in runs.values())
    loaded = {part for run in runs.values() if run for part in run.key}
    for name in names:
        file = root / WEIGHTS / name
        weights = file.with_suffix(_SUFFIXES[0])
        if file.suffix not in _SUFFIXES or not file.is_file():
            yield f"{WEIGHTS}/{name}", "this is no file of weights, and tells of none; remove it"
        elif file != weights and weights.name not in names:
            yield f"{WEIGHTS}/{name}", f"{weights.name}, of which it tells, is missing; put it back or remove this file"
        elif file == weights and whole and _serves_nothing(file, names, loaded):
            yield f"{WEIGHTS}/{name}", "no run loaded these weights, and no others start from them; remove both files"


def _serves_nothing(weights: Path, names: Collection[str], loaded: Collection[str]) -> bool:
    """Tell whether no run loaded a file of weights, and no others were taught from it."""
    part = f"{LOADED['trained here']}{weights.name}"
    others = (weights.with_name(name) for name in names if name != sidecar_of(weights).name)
    return part not in loaded and not any(part in key_of(other) for other in others if other.suffix == _SUFFIXES[1])


def _names(folder: Path) -> list[str]:
    """Return the names of what lies in a folder, sorted, without hidden ones; none of a folder that is not there."""
    names = os.listdir(folder) if folder.is_dir() else []  # noqa: PTH208 - a path for each of many files is slow
    return sorted(name for name in names if name[0] != ".")
