"""The small Point Transformers' lessons: on which part of a piece of furniture each point lies.

Recipe: furniture made at random, four pieces at a time; the cross-entropy of the points is lowered by Adam with a
warm-up and a cosine. All see the same furniture in the same order.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import torch
from models.point_transformer_v3 import Segmentor
from torch import Tensor, nn

from lab.designs.ptv3 import KINDS, SmallConfig, built
from lab.furniture import Piece, piece
from lab.teaching import Batch, Lesson

MADE, PIECES = 300, 4  # pieces of furniture in all, and at a time


def joined(pieces: Sequence[Piece]) -> Batch:
    """Return normals (N, 3), cells (N, 3), the piece of each point (N,) and its part (N,) of all pieces together."""
    columns = zip(*((each.normals, each.grid, each.parts) for each in pieces), strict=True)
    normals, grid, parts = (torch.from_numpy(np.concatenate(column)) for column in columns)
    batch = torch.arange(len(pieces)).repeat_interleave(torch.tensor([len(each.parts) for each in pieces]))
    return normals, grid, batch, parts


def furniture(_: int) -> Callable[[np.random.Generator], Batch]:
    """Return what draws one batch."""
    rng = np.random.default_rng(0)
    made = [piece(rng) for _ in range(MADE)]
    return lambda rng: joined([made[i] for i in rng.integers(MADE, size=PIECES)])


def cross_entropy(network: Segmentor, normals: Tensor, grid: Tensor, batch: Tensor, parts: Tensor) -> Tensor:
    """Return how unlikely the true parts are to the network."""
    return nn.functional.cross_entropy(network(normals, grid, batch), parts)


def lesson(neighbours: str) -> Lesson:
    """Return the lesson of one network."""
    return Lesson(
        f"Furniture made at random, with boxes for parts; neighbours in attention: {neighbours}.",
        SmallConfig(neighbours),
        built,
        furniture,
        cross_entropy,
        steps=300,
        rate=8e-3,
        warm_up=20,
        recipe={"pieces": PIECES, "made": MADE},
    )


LESSONS = {f"ptv3-{neighbours}": lesson(neighbours) for neighbours in KINDS}
