"""Whether what stands beside a file of weights still tells how it was taught; standard library alone."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from catalog.digests import file_digest
from catalog.packages import command
from catalog.seal import is_sealed

PUT_BACK = "put it back as it was"


def sidecar_of(weights: Path) -> Path:
    """Return the file that tells how weights were taught."""
    return weights.with_suffix(".json")


def not_vouched_for(weights: Path, digest: str | None = None) -> list[str]:
    """Return why nobody can rely on what is told of a file of weights, as sentences; nothing where all is well.

    `digest` is the SHA-256 of the file, where somebody knows it already.
    """
    again = f"{PUT_BACK}, or teach the lesson again with {command('train_weights', weights.stem)}"
    return [f"{sentence}; {again}" for sentence in _defects(weights, digest)]


def key_of(sidecar: Path) -> dict[str, Any]:
    """Return the digests of what weights were made from, by their names; nothing if that cannot be read."""
    _, told = _read(sidecar)
    key = (told or {}).get("key")
    return key if isinstance(key, dict) else {}


def needs_no_run(reason: str) -> bool:
    """Tell whether a reason for which a run is stale is such a sentence: another run would mend nothing."""
    return f"; {PUT_BACK}" in reason


def _defects(weights: Path, digest: str | None) -> Iterator[str]:
    """Yield what is wrong with a file of weights and its sidecar."""
    sidecar = sidecar_of(weights)
    if not weights.is_file():
        yield f"{weights.name} is missing"
    if not sidecar.is_file():
        yield f"{sidecar.name}, which tells how {weights.name} was taught, is missing"
        return
    text, told = _read(sidecar)
    if told is None:
        yield f"{sidecar.name} cannot be read"
    elif not is_sealed(text):
        yield f"{sidecar.name} was changed by hand: its seal is not that of what it tells"
    elif weights.is_file() and told.get("sha256") != (digest or file_digest(weights)):
        yield f"{weights.name} is not the file of which {sidecar.name} tells"


def _read(sidecar: Path) -> tuple[str, dict[str, Any] | None]:
    """Return the text of a sidecar and what it tells, None if it cannot be read."""
    try:
        text = sidecar.read_text("utf-8")
        told = json.loads(text)
    except (OSError, ValueError, RecursionError):
        return "", None
    return text, told if isinstance(told, dict) else None
