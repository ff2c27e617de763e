"""Write down the weights that a lesson made, with where they come from."""

from __future__ import annotations

import dataclasses
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save as save_bytes

from catalog.digests import code_digest, file_digest
from catalog.imported_code import imported_from
from lab import device as places
from lab.teaching import Lesson, Taught


def lesson_key(root: Path, name: str) -> dict[str, str]:
    """Return the digest of each file that decides what the lesson of that name teaches.

    A lesson stands in the file of its design: `liif-text` in lab/lessons/liif.py.
    """
    start = f"lab/lessons/{name.partition('-')[0]}.py"
    parts = (start, *imported_from(root, start))
    return {part: code_digest((root / "notebooks" / part).read_text("utf-8")) for part in parts}


def save(
    folder: Path,
    name: str,
    lesson: Lesson,
    taught: Taught,
    steps: int,
    key: Mapping[str, str],
    place: torch.device,
    root: Path,
) -> Path:
    """Write `name`.safetensors in float16 with its sidecar `name`.json, each replaced whole; return the first path."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.safetensors"
    state = taught.network.state_dict()
    halves = {key: value.detach().cpu().half().contiguous() for key, value in state.items()}
    _replace(path, save_bytes(halves))
    sidecar = {
        "network": name.partition("-")[0],
        "lesson": described(lesson) | {"steps": steps},
        "origin": "trained here",
        "license": "MIT",
        "parameters": sum(value.numel() for value in taught.network.parameters()),
        "sha256": file_digest(path),
        "key": dict(key),
        "curve": taught.curve,
        "provenance": places.describe(place)
        | places.commit(root)
        | {"packages": places.packages(), "seconds": round(taught.seconds, 1)},
    }
    _replace(path.with_suffix(".json"), (json.dumps(sidecar, indent=1, sort_keys=True) + "\n").encode())
    return path


def described(lesson: Lesson) -> dict[str, Any]:
    """Return what of a lesson can be written down: its words and numbers."""
    plain = ("says", "rate", "warm_up", "seed", "average", "recipe")
    found = {name: getattr(lesson, name) for name in plain}
    return found | {"recipe": dict(lesson.recipe), "config": dataclasses.asdict(lesson.config)}


def _replace(path: Path, data: bytes) -> None:
    """Write a file whole or not at all."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    temporary.write_bytes(data)
    temporary.replace(path)
