"""What a lesson starts from: the weights that an earlier one made."""

from __future__ import annotations

from pathlib import Path

import torch
from torch import nn

from catalog.digests import file_digest
from catalog.packages import command
from lab import weights
from lab.checkpoints import WeightsError
from lab.teaching import Lesson
from lab.weights import SHIPPED, Design

FIRST = "first"  # where the recipe of a lesson names the one that it builds on


def network_of(design: Design, name: str, shipped: Path = SHIPPED) -> nn.Module:
    """Return the network of an earlier lesson, as it was shipped; nothing of it learns any more.

    Raises:
        WeightsError: its weights are missing, or must not be used.
    """
    refuse_missing(name, shipped)
    loaded = weights.load(design, name, torch.device("cpu"), official=False, shipped=shipped)
    return loaded.network.requires_grad_(False)


def key_of(lesson: Lesson, shipped: Path = SHIPPED) -> dict[str, str]:
    """Return the SHA-256 of the weights that a lesson starts from; nothing where it starts from none.

    Raises:
        WeightsError: they are missing.
    """
    name = lesson.recipe.get(FIRST)
    if name is None:
        return {}
    refuse_missing(name, shipped)
    return {f"weights/{name}.safetensors": file_digest(shipped / f"{name}.safetensors")}


def refuse_missing(name: str, shipped: Path) -> None:
    """Refuse to start from weights that are not there.

    Raises:
        WeightsError: they are not.
    """
    if not (shipped / f"{name}.safetensors").is_file():
        make = command("train_weights", name)
        raise WeightsError(f"{name}.safetensors is missing, from which this lesson starts; make it with {make}")
