"""The small Point Transformers' lessons: on which part of a piece of furniture each point lies.

Recipe: furniture made at random, four pieces at a time; the cross-entropy of the points is lowered by Adam with a
warm-up and a cosine. Each kind is taught from several starts: other weights at random, and another order of the same
furniture. A start is the same one for all kinds, so that two of them can be compared start by start.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import torch
from models.point_transformer_v3 import Segmentor
from torch import Tensor, nn

from lab.designs.ptv3 import SmallConfig, built
from lab.furniture import Piece, piece
from lab.teaching import Batch, Lesson

MADE, PIECES = 300, 4  # pieces of furniture in all, and at a time
STARTS = {"curves": 3, "nearest64": 3, "nearest16": 3, "anywhere": 2, "none": 2}  # how many; they are 1, 2 and so on


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


def name(neighbours: str, start: int) -> str:
    """Return what the lesson of one network is called."""
    return f"ptv3-{neighbours}-{start}"


def lesson(neighbours: str, start: int) -> Lesson:
    """Return the lesson of one network."""
    return Lesson(
        f"Furniture made at random, with boxes for parts; neighbours in attention: {neighbours}.",
        SmallConfig(neighbours),
        built,
        furniture,
        cross_entropy,
        steps=400,
        rate=8e-3,
        warm_up=20,
        seed=start,
        recipe={"pieces": PIECES, "made": MADE},
    )


LESSONS = {name(kind, start): lesson(kind, start) for kind, many in STARTS.items() for start in range(1, many + 1)}
