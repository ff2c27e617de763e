"""What three ways to neighbours cost by the number of points: rows along curves, a k-d tree, all distances."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable, Mapping, Sequence

import numpy as np
import torch
from matplotlib.figure import Figure
from models.point_transformer_v3 import SerializedClouds, serialized
from scipy.spatial import cKDTree
from torch import Tensor

from lab import drawing
from lab.cost import Cost, cost
from lab.growth import Growth
from lab.moment import Moment

ORDERS = ("z", "z-trans", "hilbert", "hilbert-trans")
NEAREST = 16  # neighbours of a point, as in the networks before Point Transformer V3
AT_ONCE = 2**24  # distances that are held at a time
NODE_BYTES = 72  # of a node of scipy's tree
PLACE = torch.device("cpu")  # where a k-d tree can be built


def torus(count: int, rng: np.random.Generator, side: int = 1024) -> Tensor:
    """Return `count` different cells (count, 3) of a cube of side^3, near the surface of a torus turned at random.

    Raises:
        ValueError: the torus has fewer cells.
    """
    angles = rng.uniform(0, 2 * np.pi, (2, 2 * count + 1000))
    ring = 0.68 + 0.3 * np.cos(angles[1])
    points = np.stack((ring * np.cos(angles[0]), ring * np.sin(angles[0]), 0.3 * np.sin(angles[1])), axis=1)
    turn = np.linalg.qr(rng.standard_normal((3, 3)))[0]
    cells = np.floor((points @ turn + 1) / 2 * side).astype(np.int64)
    key = np.unique(cells @ np.array([side**2, side, 1]))
    if len(key) < count:
        raise ValueError(f"a torus in a cube of {side} cells a side has no {count} cells; take a larger cube")
    key = rng.permutation(key)[:count]
    return torch.from_numpy(np.stack((key // side**2, key // side % side, key % side), axis=1))


# --- three ways ------------------------------------------------------------------------------------------------------


def rows(cells: Tensor) -> SerializedClouds:
    """Return cells (N, 3) of one cloud in rows along all four curves."""
    return serialized(cells, cells.new_zeros(len(cells)), ORDERS)


def by_tree(cells: Tensor, queries: Tensor | None = None) -> Tensor:
    """Return the cells nearest to each of some (or of all), itself left out, (Q, NEAREST), by a k-d tree."""
    places = cells.numpy().astype(np.float64)
    asked = places if queries is None else places[queries]
    return torch.from_numpy(cKDTree(places).query(asked, NEAREST + 1)[1][:, 1:])


def by_distances(cells: Tensor) -> Tensor:
    """Return the cells nearest to each, itself among them, (N, NEAREST + 1), by the distances of all pairs."""
    places = cells.float()
    parts = places.split(max(1, AT_ONCE // len(cells)))
    return torch.cat([torch.cdist(part, places).topk(NEAREST + 1, largest=False).indices for part in parts])


def tree_cost(cells: Tensor, times: int) -> Cost:
    """Return what a k-d tree and its search cost: the fastest of `times`, its arrays and, by counting, its nodes."""
    spent = []
    for _ in range(times):
        start = Moment()
        by_tree(cells)
        spent.append(start.passed())
    tracemalloc.start()
    by_tree(cells)
    held = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return Cost(min(spent), held + NODE_BYTES * cKDTree(cells.numpy().astype(np.float64)).size)


CURVES, TREE, PAIRS = WAYS = ("four curves", "k-d tree", "all distances")
LAST = {"seconds": -4, "gigabytes": -4}  # powers are fitted to so many of the largest counts
SHORT = dict(zip(WAYS, ("curves", "tree", "pairs"), strict=True))  # in the names of results
SPENT: Mapping[str, Callable[[Tensor, int], Cost]] = {
    CURVES: lambda cells, times: cost(lambda: rows(cells), PLACE, times),
    TREE: tree_cost,
    PAIRS: lambda cells, times: cost(lambda: by_distances(cells), PLACE, times),
}


# --- by the number of points -----------------------------------------------------------------------------------------


def at(growth: Growth, count: int, power: float) -> float:
    """Return the seconds for `count` points: measured, or by a power from the most points that were tried."""
    seconds = growth.values("seconds")
    if count in growth.counts:
        return seconds[growth.counts.index(count)]
    return seconds[-1] * (count / growth.counts[-1]) ** power


def measured(counts: Mapping[str, Sequence[int]], seed: int, times: int = 4) -> list[Growth]:
    """Look for neighbours in tori of so many points in each way, each time the fastest of `times`."""
    clouds = {count: torus(count, np.random.default_rng(seed)) for each in counts.values() for count in each}
    return [
        Growth(way, tuple(each), tuple(SPENT[way](clouds[n], times) for n in each), LAST)
        for way, each in counts.items()
    ]


def drawn(growths: Sequence[Growth]) -> Figure:
    """Return a plot of seconds and one of gigabytes by points, side by side, on logarithmic scales."""
    plot, axes = drawing.plot(8.4, 3.8, columns=2)
    for growth in growths:
        for each, what in zip(axes, LAST, strict=True):
            each.plot(growth.counts, growth.values(what), label=f"{growth.form}: {growth.power(what):.2f}")
    every = sorted({count for growth in growths for count in growth.counts})
    axes[1].plot(every, [4 * n**2 / 1e9 for n in every], label="all distances at once, counted", linestyle=":")
    for each, what in zip(axes, ("Seconds to find neighbours", "Gigabytes held at once"), strict=True):
        each.set(xscale="log", yscale="log", title=what, xlabel="points")
        each.legend(fontsize=8, title="growth with the power", title_fontsize=8)
    return plot
