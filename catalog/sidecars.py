"""Whether what stands beside a file of weights still tells how it was taught; standard library alone."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from catalog.digests import file_digest
from catalog.packages import command
from catalog.seal import seal_of


def sidecar_of(weights: Path) -> Path:
    """Return the file that tells how weights were taught."""
    return weights.with_suffix(".json")


def not_vouched_for(weights: Path) -> list[str]:
    """Return why nobody can rely on what is told of a file of weights, as sentences; nothing where all is well."""
    again = f"put it back as it was, or teach the lesson again with {command('train_weights', weights.stem)}"
    return [f"{sentence}; {again}" for sentence in _defects(weights)]


def _defects(weights: Path) -> Iterator[str]:
    """Yield what is wrong with a file of weights and its sidecar."""
    sidecar = sidecar_of(weights)
    if not weights.is_file():
        yield f"{weights.name} is missing"
    if not sidecar.is_file():
        yield f"{sidecar.name}, which tells how {weights.name} was taught, is missing"
        return
    told = _read(sidecar)
    if told is None:
        yield f"{sidecar.name} cannot be read"
    elif told.get("seal") != seal_of(told):
        yield f"{sidecar.name} was changed by hand: its seal is not that of what it tells"
    elif weights.is_file() and told.get("sha256") != file_digest(weights):
        yield f"{weights.name} is not the file of which {sidecar.name} tells"


def _read(sidecar: Path) -> dict[str, Any] | None:
    """Return what a sidecar tells, None if it cannot be read."""
    try:
        told = json.loads(sidecar.read_text("utf-8"))
    except (OSError, ValueError, RecursionError):
        return None
    return told if isinstance(told, dict) else None
