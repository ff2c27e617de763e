"""Clouds of points on solids: sparse ones, the points between theirs, and how well dense ones lie on the surface."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from models.point_clouds import distances, farthest, interpolated, taken
from torch import Tensor

from lab.solids import Solid

POINTS = 128  # of a sparse cloud
DRAWN = 4  # times as many are drawn at random, of which those far apart are kept, as a scanner's grid would
TRUTH = 2048  # points that stand for the whole surface


@dataclass(frozen=True)
class Clouds:
    """Sparse clouds (B, n, 3) of solids, in float32."""

    solids: Sequence[Solid]
    sparse: Tensor

    def between(self, ratio: float) -> Tensor:
        """Return `ratio` times as many points, half-way between neighbours, (B, ratio n, 3)."""
        return interpolated(self.sparse, round(ratio * self.sparse.shape[1]))


def scanned(solids: Sequence[Solid], seed: int, points: int = POINTS) -> Clouds:
    """Return a sparse cloud of each solid, its points spread over the surface at random but not close together."""
    rng = np.random.default_rng(seed)
    drawn = to_points([solid.drawn(DRAWN * points, rng) for solid in solids])
    return Clouds(solids, taken(drawn, farthest(drawn, points)))


def to_points(arrays: Sequence[np.ndarray]) -> Tensor:
    """Return arrays (n, 3) as one tensor (B, n, 3) in float32."""
    return torch.from_numpy(np.stack(arrays).astype(np.float32))


def off_surface(solids: Sequence[Solid], points: Tensor) -> np.ndarray:
    """Return how far points (B, n, 3) are from their solids' surfaces, (B, n): known exactly, no cloud is needed."""
    return np.stack([solid.distance(each) for solid, each in zip(solids, points.double().numpy(), strict=True)])


def chamfer(solids: Sequence[Solid], points: Tensor, seed: int) -> np.ndarray:
    """Return for each cloud (B, n, 3) how far it is from 2,048 random points of its surface and they from it, (B,).

    The mean of both mean distances to the nearest point. It is not 0 for a perfect cloud, whose points have gaps.
    """
    rng = np.random.default_rng(seed)
    apart = distances(points, to_points([solid.drawn(TRUTH, rng) for solid in solids]))  # (B, n, TRUTH)
    return ((apart.amin(2).mean(1) + apart.amin(1).mean(1)) / 2).numpy()


def gaps(points: Tensor) -> Tensor:
    """Return how far each point of clouds (B, n, 3) is from its nearest neighbour, (B, n)."""
    return distances(points, points).topk(2, largest=False).values[..., 1]
