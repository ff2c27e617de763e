"""What this machine lacks for the runs that were asked for, told before anything starts."""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Sequence
from pathlib import Path

from catalog import packages
from catalog.imported_code import Code
from catalog.official_files import official_files
from runner import gpus
from runner.settings import WEIGHTS

OTHERWISE = "use --device cpu, or auto, which takes a GPU where there is one"


def lacking(device: str, weights: Path | None, ids: Sequence[str], root: Path) -> list[str]:
    """Return what is missing for runs of `ids` on a device with official weights, as sentences."""
    return [sentence for sentence in (no_gpu(device), no_weights(weights, ids, root)) if sentence]


def no_gpu(device: str) -> str:
    """Say why a GPU that is named (cuda, cuda:N) cannot be used; nothing where it can, or none is named."""
    if not device.startswith("cuda"):
        return ""
    if importlib.util.find_spec("torch") is None:
        return packages.not_installed("torch")
    try:
        return unusable(device, *gpus.seen(gpus.ASK))
    except ImportError as error:
        return f"torch cannot be loaded: {error}"


def unusable(device: str, cuda: str, count: int) -> str:
    """Say why a device cannot be used by a torch built for that version of CUDA ("": none) that sees `count` GPUs."""
    if not device.startswith("cuda"):
        return ""
    if not cuda:
        return f"--device {device} needs a torch that is built with CUDA, and this one is not; {OTHERWISE}"
    if not count:
        return f"torch finds no GPU for --device {device}; {OTHERWISE}"
    number = int(device.partition(":")[2] or 0)
    return gpus.no_such(number, count) if number >= count else ""


def no_weights(weights: Path | None, ids: Sequence[str], root: Path) -> str:
    """Say why a folder of official weights serves none of the essays; nothing where it serves one, or none is named.

    A folder that the environment names may hold what other essays need; it only has to be there.
    """
    named = str(weights or os.environ.get(WEIGHTS, ""))
    option = "--weights" if weights else WEIGHTS
    if named and not Path(named).is_dir():
        return f"{option} names no folder (got {named}); give the one that holds the official files"
    if weights is None:
        return ""
    essays = " and ".join(ids) if len(ids) < 3 else f"the {len(ids)} essays"
    code = Code(root)
    wanted = sorted({name for run_id in ids for name in official_files(run_id, code)})
    if not wanted:
        return f"{option} is of no use to {essays}, where no official file is loaded; leave it out"
    if any(next(weights.glob(name), None) for name in wanted):
        return ""
    return f"{option} {named} holds no file that is loaded by {essays}: {' or '.join(wanted)}"
