"""How many of a point's true nearest neighbours share its patch, on each curve and on any of them."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import torch
from torch import Tensor

from lab.neighbour_search import ORDERS, by_tree, rows

SLABS, ANYWHERE = "sorted by x", "random rows"  # two other ways to put points in a row, to compare with
UNION = "any of the four"


def places_in_rows(cells: Tensor, rng: np.random.Generator) -> dict[str, Tensor]:
    """Return the place of each cell (N, 3) in each row, (N,): on the four curves, sorted by x, and at random."""
    found = dict(zip(ORDERS, rows(cells).inverse, strict=True))
    side = int(cells.max()) + 1
    slabs = (cells * torch.tensor([side**2, side, 1])).sum(-1)
    return found | {SLABS: slabs.argsort().argsort(), ANYWHERE: torch.from_numpy(rng.permutation(len(cells)))}


def shared(places: Mapping[str, Tensor], near: Tensor, queries: Tensor, size: int) -> dict[str, float]:
    """Return which share of the neighbours `near` (Q, k) of the points `queries` (Q,) is in their patch, in percent.

    `places` are the places of all points in each row; patches of `size` follow each other from the row's beginning.
    """
    same = {name: place[near] // size == place[queries, None] // size for name, place in places.items()}
    same[UNION] = torch.stack([same[order] for order in ORDERS]).any(0)
    return {name: 100 * float(hit.double().mean()) for name, hit in same.items()}


def recalls(cells: Tensor, sizes: tuple[int, ...], asked: int, seed: int) -> dict[int, dict[str, float]]:
    """Return, by size of patch, the share of the nearest neighbours of `asked` cells in their patch, in percent."""
    rng = np.random.default_rng(seed)
    queries = torch.from_numpy(rng.permutation(len(cells))[:asked])
    places, near = places_in_rows(cells, rng), by_tree(cells, queries)
    return {size: shared(places, near, queries, size) for size in sizes}
