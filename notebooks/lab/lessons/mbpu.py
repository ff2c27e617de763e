"""MBPU's lessons: small networks learn how far places near sparse clouds are from the surface, and which way to go.

Recipe: lowered are the error of the distance, that of the shift, and how different the moved points look from where
they should be. The truth is the solid itself; the paper's is the nearest point of a dense cloud.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
import torch
from models.mbpu import MBPU, MBPUConfig, rendering_loss
from torch import Tensor, nn

from lab.solids import TAUGHT, rotation, solids
from lab.teaching import Batch, Lesson
from lab.upsampling import scanned, to_points

BATCH, CLOUDS, QUERIES, RATIO = 6, 160, 128, 4
NOISE = 0.01  # of the queries, in radii of the ball; without it the network would see no place but midpoints
WIDTH = 24  # channels of a point
STARTS = (1, 2, 3)
VIEWS, SEEN = 2, 1.0  # sides from which the points are rendered, and the weight of it


def clouds(seed: int) -> Callable[[np.random.Generator], Batch]:
    """Return what draws a batch: clouds, queries near them, true distances and shifts, and sides to look from.

    Shapes: (B, 128, 3), (B, 128, 3), (B, 128), (B, 128, 3), (2, 3, 3). Each cloud is turned anew.
    """
    known = scanned(solids(TAUGHT, CLOUDS, seed), seed)
    between = known.between(RATIO).double().numpy()

    def draw(rng: np.random.Generator) -> Batch:
        chosen = rng.integers(CLOUDS, size=BATCH)
        queries = np.stack([between[i, rng.permutation(between.shape[1])[:QUERIES]] for i in chosen])
        queries += NOISE * rng.standard_normal(queries.shape)
        shift = np.stack([known.solids[i].shift(places) for i, places in zip(chosen, queries, strict=True)])
        turns = to_points([rotation(rng) for _ in range(BATCH)])
        sides = to_points([rotation(rng) for _ in range(VIEWS)])
        distance = torch.from_numpy(np.linalg.norm(shift, axis=-1).astype(np.float32))
        return known.sparse[chosen] @ turns, to_points(queries) @ turns, distance, to_points(shift) @ turns, sides

    return draw


def three_errors(
    seen: float, network: nn.Module, points: Tensor, queries: Tensor, distance: Tensor, shift: Tensor, sides: Tensor
) -> Tensor:
    """Return the error of the distance, that of the shift, and `seen` times that of the rendered points."""
    far, way = network(points, queries)
    apart = (far - distance).abs().mean() + (way - shift).norm(dim=-1).mean()
    return apart + seen * rendering_loss(queries + way, queries + shift, sides) if seen else apart


def lesson(says: str, mixer: str, seen: float, start: int) -> Lesson:
    """Return a lesson for a mixer from a start, with the rendering or without it."""
    recipe = {"batch": BATCH, "clouds": CLOUDS, "queries": QUERIES, "ratio": RATIO, "noise": NOISE, "rendering": seen}
    return Lesson(
        f"Sparse clouds of rings and rods, {says}; start {start} of {len(STARTS)}.",
        MBPUConfig(WIDTH, mixer=mixer),
        MBPU,
        clouds,
        partial(three_errors, seen),
        steps=500,
        rate=2e-3,
        seed=start,
        recipe=recipe,
    )


KINDS = {
    "mamba": ("read by Mamba", "mamba", SEEN),
    "mlp": ("each point looked at alone", "mlp", SEEN),
    "unrendered": ("read by Mamba, without the rendering", "mamba", 0),
}
LESSONS = {f"mbpu-{name}-{start}": lesson(*kind, start) for name, kind in KINDS.items() for start in STARTS}
