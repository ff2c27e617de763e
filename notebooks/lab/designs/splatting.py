"""A scene of Gaussians that learned a little world: how it is built, and what captions say of it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import torch
from models.splatting import Gaussians

from lab import weights
from lab.splatted import Beginning, learnable
from lab.weights import Design, Loaded


def built(beginning: Beginning) -> Gaussians:
    """Return a scene of as many Gaussians, all alike, that can be filled with what was learned."""
    return learnable(Gaussians(beginning.count, beginning.degree))


DESIGN = Design(
    name="splatting",
    full=lambda: built(Beginning(0)),
    sized=lambda config: built(Beginning(**config)),
    files=(),  # nobody published it
)


@dataclass(frozen=True)
class LearnedScene(Loaded):
    """A scene with what it learned: it is no network, and captions say so."""

    @property
    def stamp(self) -> str:
        """What a caption begins with."""
        return "Small scene, learned here" if self.origin == "trained here" else "Scene that learned nothing"


def learned(world: int, place: torch.device, shipped: Path = weights.SHIPPED) -> LearnedScene:
    """Return the scene that learned a world."""
    loaded = weights.load(DESIGN, f"splatting-world-{world}", place, official=False, shipped=shipped)
    return LearnedScene(**vars(loaded))
