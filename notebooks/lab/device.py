"""Where a run computes, with what it needs to be repeatable, and what it ran on."""

from __future__ import annotations

import os
import platform
import random
import subprocess
from functools import cache
from importlib.metadata import PackageNotFoundError, version

import numpy as np
import torch

from lab import record

PACKAGES = ("torch", "numpy", "pillow", "scikit-image", "matplotlib", "einops", "safetensors")
ASK_FOR_THE_DRIVER = ("nvidia-smi", "--query-gpu=driver_version", "--format=csv,noheader")  # a line for each GPU


def device(wanted: str | None = None) -> torch.device:
    """Return the device to compute on: `wanted`, or what the runner was told, or for auto a GPU if there is one.

    Raises:
        ValueError: the device is not there.
    """
    name = wanted if wanted not in (None, "auto") else os.environ.get("MODEL_ANSWERS_DEVICE", "auto")
    if name.startswith("cuda") and not torch.cuda.is_available():
        raise ValueError(f"no GPU was found for the device {name!r}; use cpu or auto")
    found = torch.device(("cuda" if torch.cuda.is_available() else "cpu") if name == "auto" else name)
    record.ran_on(describe(found) | {"packages": packages(), "python": platform.python_version()})
    return found


def seed_everything(seed: int) -> None:
    """Seed Python, NumPy and torch, and make torch repeat itself to the last bit on one machine."""
    random.seed(seed)
    np.random.seed(seed)
    torch.manual_seed(seed)
    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
    torch.use_deterministic_algorithms(True)
    torch.backends.cudnn.benchmark = False
    torch.backends.cuda.matmul.allow_tf32 = False
    torch.backends.cudnn.allow_tf32 = False


def describe(place: torch.device) -> dict[str, str]:
    """Return the device's name; for a GPU also its driver, if that tells, and the CUDA that torch was built with."""
    if place.type == "cuda":
        told = {"driver": found} if (found := driver()) else {}
        return {"device": torch.cuda.get_device_name(place), **told, "cuda": str(torch.version.cuda)}
    threads = torch.get_num_threads()
    return {"device": f"{place.type}, {platform.machine()}, {threads} thread{'s' if threads > 1 else ''}"}


@cache
def driver() -> str:
    """Return the version of NVIDIA's driver; nothing where its own tool is not there or tells none."""
    try:
        told = subprocess.run(ASK_FOR_THE_DRIVER, capture_output=True, text=True, timeout=60, check=True).stdout
    except (OSError, subprocess.SubprocessError):
        return ""
    return next((line.strip() for line in told.splitlines() if line.strip()), "")


def packages() -> dict[str, str]:
    """Return the versions of the packages that decide numbers and figures."""
    found = {}
    for name in PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found
