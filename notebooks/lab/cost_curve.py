"""The shape of a curve of quality against cost: what no cheaper point beats, and where it turns flat."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

Name = TypeVar("Name")
Points = Mapping[Name, tuple[float, float]]  # cost and quality of each


def frontier(points: Points) -> list[Name]:
    """Return, from cheap to dear, the points that are better than every cheaper one."""
    kept, best = [], float("-inf")
    for name, (_, quality) in sorted(points.items(), key=lambda point: (point[1][0], -point[1][1])):
        if quality > best:
            kept.append(name)
            best = quality
    return kept


def cheapest(points: Points, share: float, base: float = 0.0) -> Name:
    """Return the cheapest point that has `share` of the best gain: of the best quality beyond `base`.

    Raises:
        ValueError: no point is better than `base`, so there is no gain to have a share of.
    """
    best = max(quality for _, quality in points.values())
    if best <= base:
        raise ValueError(f"no point is better than {base} (got {best} at best); there is no gain")
    enough = (name for name in frontier(points) if points[name][1] >= base + share * (best - base))
    return next(enough)
