"""Our reconstruction of MBPU: how it is built, and asked to make clouds denser."""

from __future__ import annotations

import torch
from models.mbpu import MBPU, MBPUConfig, refined
from torch import Tensor

from lab import weights
from lab.weights import Design, Loaded

DESIGN = Design(
    name="mbpu",
    full=MBPU,
    sized=lambda config: MBPU(MBPUConfig(**config)),
    files=(),  # nobody published it
)


class Reconstruction(Loaded):
    """A network whose published design nobody knows, so that it is called ours."""

    @property
    def stamp(self) -> str:
        """What a caption begins with."""
        return "Our small reconstruction, trained here" if self.origin == "trained here" else super().stamp


def taught(lesson: str, place: torch.device) -> Reconstruction:
    """Return the network of a lesson."""
    return Reconstruction(**vars(weights.load(DESIGN, lesson, place, official=False)))


def moved(loaded: Loaded, sparse: Tensor, between: Tensor, trust: float = 0.5, times: int = 1) -> Tensor:
    """Return points (B, q, 3) between those of sparse clouds (B, n, 3) after they were moved to the surface.

    `trust` is the weight of the shift against the slope of the distance, 0 to 1. However many steps there are, together
    they go all the way: where n are left, the next goes one n-th of what the network then sees.
    """
    place = loaded.place
    sparse, points = sparse.to(place), between.to(place)
    for left in range(times, 0, -1):
        points = refined(loaded.network, sparse, points, 1, 1 / left, trust)
    return points.cpu()


@torch.no_grad()
def seen(loaded: Loaded, sparse: Tensor, queries: Tensor) -> tuple[Tensor, Tensor]:
    """Return the distances (B, q) and shifts (B, q, 3) that the network sees at queries (B, q, 3)."""
    place = loaded.place
    distance, shift = loaded.network(sparse.to(place), queries.to(place))
    return distance.cpu(), shift.cpu()
