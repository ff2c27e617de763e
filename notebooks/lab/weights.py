"""Load and save weights safely: digest first, then names, shapes and finite values, never a pickle that runs code."""

from __future__ import annotations

import dataclasses
import json
import os
from collections.abc import Mapping
from pathlib import Path

import torch
from safetensors.torch import save as save_bytes
from torch import nn

from catalog.runs import code_digest, file_digest, imported_from
from lab import device as places
from lab.training import Lesson


def lesson_key(root: Path) -> dict[str, str]:
    """Return the digest of each file that decides what lessons teach."""
    start = "lab/lessons.py"
    parts = (start, *imported_from(root, start))
    return {part: code_digest((root / "notebooks" / part).read_text("utf-8")) for part in parts}


def save(
    folder: Path,
    name: str,
    network: nn.Module,
    lesson: Lesson,
    steps: int,
    curve: list[float],
    seconds: float,
    key: Mapping[str, str],
    place: torch.device,
    root: Path,
) -> Path:
    """Write `name`.safetensors in float16 with its sidecar `name`.json, each replaced whole; return the first path."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.safetensors"
    halves = {key: value.detach().cpu().half().contiguous() for key, value in network.state_dict().items()}
    _replace(path, save_bytes(halves))
    recipe = {f.name: getattr(lesson, f.name) for f in dataclasses.fields(lesson) if f.name != "pictures"}
    sidecar = {
        "network": "liif",
        "lesson": recipe | {"config": dataclasses.asdict(lesson.config), "steps": steps},
        "origin": "trained here",
        "license": "MIT",
        "parameters": sum(value.numel() for value in network.parameters()),
        "sha256": file_digest(path),
        "key": dict(key),
        "curve": curve,
        "provenance": places.describe(place)
        | places.commit(root)
        | {"packages": places.packages(), "seconds": round(seconds, 1)},
    }
    _replace(path.with_suffix(".json"), (json.dumps(sidecar, indent=1, sort_keys=True) + "\n").encode())
    return path


def _replace(path: Path, data: bytes) -> None:
    """Write a file whole or not at all."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    temporary.write_bytes(data)
    temporary.replace(path)
