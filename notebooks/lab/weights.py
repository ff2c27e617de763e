"""Which weights a network gets: the official file, else those that were trained here, else none, and it says so."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import nn

from catalog.load import ROOT
from catalog.load import load as load_catalog
from lab import record
from lab.checkpoints import WeightsError, checkpoint_of, fill

SHIPPED = ROOT / "notebooks" / "weights"
FOLDER = "MODEL_ANSWERS_WEIGHTS"  # the environment variable that names a folder with official files


@dataclass(frozen=True)
class Design:
    """How one design of network is built: with the published sizes, or with those that a sidecar names."""

    name: str
    full: Callable[[], nn.Module]
    sized: Callable[[Mapping[str, Any]], nn.Module]  # the sizes as a sidecar has them
    files: tuple[str, ...]  # what the official file may be called; the first that is there is read
    model: str = ""  # the id of the model record that may give the official file's SHA-256


@dataclass(frozen=True)
class Loaded:
    """A network with its weights: `origin` is official, trained here or untrained; `smaller` than the official one.

    `known` tells whether a record gives the SHA-256 of an official file, and the file has it.
    """

    network: nn.Module
    origin: str
    smaller: bool
    file: str | None
    known: bool = True

    @property
    def place(self) -> torch.device:
        """Where its weights are, and what it is asked must be."""
        return next(self.network.parameters()).device

    @property
    def stamp(self) -> str:
        """What a caption begins with, so that nobody takes it for another network."""
        if self.origin == "untrained":
            return "Untrained network"
        if not self.known:
            return f"Weights from {self.file}, whose SHA-256 no record gives"
        return "Small network of the same design, trained here" if self.smaller else ""


def load(design: Design, lesson: str, place: torch.device, official: bool = True, shipped: Path = SHIPPED) -> Loaded:
    """Return a network with the best weights there are: the official ones, else those of `lesson`, else none.

    The official file is looked for in the folder that MODEL_ANSWERS_WEIGHTS names; `official=False` leaves it out. A
    lesson without a file is kept for the whole run, which may then support no claim about quality.

    Raises:
        WeightsError: a file is there and must not be used.
    """
    path = at_hand(design.files) if official else None
    if path is not None:
        network = design.full()
        digests = published_digests(design.model)
        fill(network, checkpoint_of(path, digests.get(path.name)), path.name)
        digest = record.used(f"official:{path.name}", path)
        return Loaded(network.to(place).eval(), "official", False, path.name, known=digest in digests.values())
    path = shipped / f"{lesson}.safetensors"
    if not path.is_file():
        record.lacked(lesson)
        return Loaded(design.full().to(place).eval(), "untrained", False, None)
    sidecar = read_sidecar(path)
    network = design.sized(sidecar["lesson"]["config"])
    fill(network, checkpoint_of(path, sidecar["sha256"]), path.name)
    record.used(f"weights/{path.name}", path)
    return Loaded(network.to(place).eval(), "trained here", True, path.name)


def at_hand(names: Sequence[str]) -> Path | None:
    """Return the first of some official files, or of what fits a pattern, in the folder that the environment names.

    Raises:
        WeightsError: the environment names no folder.
    """
    folder = os.environ.get(FOLDER)
    if not folder:
        return None
    if not Path(folder).is_dir():
        raise WeightsError(f"{FOLDER} names no folder (got {folder!r})")
    found = (path for name in names for path in sorted(Path(folder).glob(name)))
    return next((path for path in found if path.is_file()), None)


def published_digests(model: str, root: Path = ROOT) -> dict[str, str]:
    """Return the SHA-256 of each official file for which a model record gives one, by the file's name."""
    catalog, _ = load_catalog(root)
    entries = catalog.models[model].weights if catalog and model in catalog.models else ()
    return {entry.file: entry.sha256 for entry in entries if entry.origin == "official" and entry.sha256}


def read_sidecar(path: Path) -> dict[str, Any]:
    """Return what stands beside a shipped file.

    Raises:
        WeightsError: it is missing or cannot be read.
    """
    sidecar = path.with_suffix(".json")
    try:
        found = json.loads(sidecar.read_text("utf-8"))
        return found | {"sha256": str(found["sha256"]), "lesson": dict(found["lesson"])}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise WeightsError(
            f"{sidecar.name} cannot be read ({type(error).__name__}); train the weights again"
        ) from error
