"""Which points lie near a point, which lie far apart, and what lies between: what networks of points share.

Shapes: B clouds of n points, (B, n, 3); q queries, (B, q, 3); C numbers for each point, (B, n, C).
"""

from __future__ import annotations

import torch
from torch import Tensor

NEVER_ZERO = 1e-8  # is added to distances by which something is divided


def distances(points: Tensor, others: Tensor) -> Tensor:
    """Return how far each of `points` (B, n, 3) is from each of `others` (B, m, 3), (B, n, m); 0 from itself."""
    return torch.cdist(points, others, compute_mode="donot_use_mm_for_euclid_dist")


def taken(values: Tensor, index: Tensor) -> Tensor:
    """Return the rows of values (B, n, C) that index (B, ...) names, (B, ..., C)."""
    rows = index.flatten(1)[..., None].expand(-1, -1, values.shape[-1])
    return values.gather(1, rows).unflatten(1, index.shape[1:])


@torch.no_grad()
def nearest(points: Tensor, others: Tensor, count: int) -> Tensor:
    """Return the indices of the `count` others (B, m, 3) nearest to each point (B, n, 3), nearest first, (B, n, count).

    A point that stands among the others is its own nearest.
    """
    return distances(points, others).topk(count, largest=False).indices


@torch.no_grad()
def farthest(points: Tensor, count: int) -> Tensor:
    """Return the indices of points far apart, (B, count): the first, then always the one farthest from all before it.

    Raises:
        ValueError: more points are asked for than there are.
    """
    if not 0 < count <= points.shape[1]:
        raise ValueError(f"of {points.shape[1]} points 1 to {points.shape[1]} can be chosen (got {count})")
    chosen = torch.zeros(len(points), count, dtype=torch.long, device=points.device)
    gap = torch.full(points.shape[:2], float("inf"), dtype=points.dtype, device=points.device)  # (B, n), squared
    for i in range(1, count):
        last = taken(points, chosen[:, i - 1, None])  # (B, 1, 3)
        gap = torch.minimum(gap, (points - last).square().sum(-1))
        chosen[:, i] = gap.argmax(-1)
    return chosen


def midpoints(points: Tensor, neighbours: int) -> Tensor:
    """Return the points half-way to the nearest neighbours, (B, n neighbours, 3), point by point, nearest first.

    The first neighbour of a point is itself, so the cloud is among them. A pair of neighbours may give its midpoint
    twice, once from each side.
    """
    near = taken(points, nearest(points, points, neighbours))  # (B, n, neighbours, 3)
    return ((points[:, :, None] + near) / 2).flatten(1, 2)


def interpolated(points: Tensor, count: int) -> Tensor:
    """Return `count` points, (B, count, 3): those of the cloud's midpoints that lie far apart.

    The ratio count / n may be any number above 0; twice as many neighbours as it give enough to choose from.

    Raises:
        ValueError: the cloud is too small for so many: n points have at most n (n + 1) / 2 midpoints.
    """
    n = points.shape[1]
    if not 0 < count <= n * (n + 1) // 2:
        raise ValueError(f"{n} points have 1 to {n * (n + 1) // 2} different midpoints (got {count} to choose)")
    candidates = midpoints(points, min(n, max(2, -(-2 * count // n))))
    return taken(candidates, farthest(candidates, count))


def blended(values: Tensor, points: Tensor, queries: Tensor, count: int = 3) -> Tensor:
    """Return what the values (B, n, C) of the `count` nearest points say at queries (B, q, 3), (B, q, C).

    They count by the inverse of their distance, through which gradients flow back to the queries; where a query lies on
    a point, the distance has no direction, and none flows.
    """
    index = nearest(queries, points, count)  # (B, q, count)
    apart = torch.linalg.vector_norm(queries[:, :, None] - taken(points, index), dim=-1)  # (B, q, count)
    weight = 1 / (apart + NEVER_ZERO)
    weight = weight / weight.sum(-1, keepdim=True)
    return (weight[..., None] * taken(values, index)).sum(-2)


def framed(points: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Return clouds moved and scaled into the unit ball, (B, n, 3), with centroids (B, 1, 3) and radii (B, 1, 1)."""
    centre = points.mean(1, keepdim=True)
    radius = torch.linalg.vector_norm(points - centre, dim=-1, keepdim=True).amax(1, keepdim=True)
    return (points - centre) / radius, centre, radius
