"""Draw what a lesson is taught with: the pictures, and batches of random crops of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import torch

from lab import data
from lab.teaching import Batch

Pictures = Sequence[np.ndarray]  # (H, W, 3) uint8 each
Maker = Callable[[int], Pictures]  # seed -> the pictures of a lesson
Draw = Callable[[np.random.Generator], Batch]


def drawings(shares: Mapping[str, int]) -> Maker:
    """Return what makes so many procedural pictures of each kind."""
    return lambda seed: [picture for kind, count in shares.items() for picture in data.pictures(kind, count, seed)]


def photographs(seed: int) -> Pictures:  # noqa: ARG001 (photographs need no seed)
    """Return the photographs that are kept for teaching."""
    return [data.photograph(name) for name in data.TAUGHT]


def crop(pictures: Pictures, side: int, rng: np.random.Generator) -> np.ndarray:
    """Return a square of one of the pictures, (side, side, 3), flipped and turned at random."""
    picture = pictures[rng.integers(len(pictures))]
    y, x = (rng.integers(0, n - side + 1) for n in picture.shape[:2])
    turned = np.rot90(picture[y : y + side, x : x + side], rng.integers(4))
    return np.ascontiguousarray(turned[:, ::-1] if rng.random() < 0.5 else turned)


def batches(make: Maker, pair: Callable[[Pictures, np.random.Generator], Batch], size: int) -> Callable[[int], Draw]:
    """Return what prepares a lesson: it makes the pictures once, then draws batches of `size` pairs."""

    def prepare(seed: int) -> Draw:
        made = make(seed)

        def draw(rng: np.random.Generator) -> Batch:
            columns = zip(*(pair(made, rng) for _ in range(size)), strict=True)
            return tuple(torch.stack(column) for column in columns)

        return draw

    return prepare
