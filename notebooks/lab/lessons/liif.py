"""LIIF's lessons: pairs of small and large pictures, by the recipe of its authors with fewer steps.

Recipe: crops of 24 s pixels for a scale s between 1 and 4, made 24 x 24 by bicubic; some pixels of the crop are asked
for; the mean absolute error is lowered by Adam with a warm-up and a cosine.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import torch
from models.liif import LIIF, LIIFConfig, pixel_centres
from torch import Tensor, nn

from lab import data
from lab.resize import resize
from lab.teaching import Batch, Lesson

SMALL = LIIFConfig(n_resblocks=8, n_feats=32, hidden=(128, 128, 128, 128))
BATCH, PATCH, QUERIES = 8, 24, 256  # crops, pixels of the small crop, pixels asked for per crop


def drawn(seed: int) -> Sequence[np.ndarray]:
    """Return 800 procedural pictures: text, icons, thin lines, and icons beside words."""
    shares = {"text": 360, "icons": 160, "lines": 160, "mixed": 120}
    return [picture for kind, count in shares.items() for picture in data.pictures(kind, count, seed)]


def photographed(seed: int) -> Sequence[np.ndarray]:  # noqa: ARG001 (photographs need no seed)
    """Return the photographs that are kept for teaching."""
    return [data.photograph(name) for name in data.TAUGHT]


def crop(pictures: Sequence[np.ndarray], rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Return a random crop, flipped and turned, with its small version, both uint8."""
    side = round(PATCH * rng.uniform(1, 4))
    picture = pictures[rng.integers(len(pictures))]
    y, x = (rng.integers(0, n - side + 1) for n in picture.shape[:2])
    large = picture[y : y + side, x : x + side]
    large = np.rot90(large, rng.integers(4))
    large = np.ascontiguousarray(large[:, ::-1] if rng.random() < 0.5 else large)
    return resize(large, PATCH, PATCH), large


def pair(pictures: Sequence[np.ndarray], rng: np.random.Generator, queries: int) -> Batch:
    """Return one small picture (3, p, p) with `queries` coordinates, cells and colours, (Q, 2), (Q, 2), (Q, 3)."""
    small, large = crop(pictures, rng)
    side = len(large)
    asked = torch.from_numpy(rng.choice(side * side, queries, replace=False))
    centres = pixel_centres(side)
    coord = torch.stack((centres[asked // side], centres[asked % side]), dim=-1)
    colours = torch.from_numpy(large.reshape(-1, 3))[asked].float() / 127.5 - 1
    return (
        torch.from_numpy(small).permute(2, 0, 1).float() / 127.5 - 1,
        coord,
        torch.full_like(coord, 2 / side),
        colours,
    )


def pairs_of(
    pictures: Callable[[int], Sequence[np.ndarray]], batch: int = BATCH, queries: int = QUERIES
) -> Callable[[int], Callable[[np.random.Generator], Batch]]:
    """Return what prepares a lesson on `pictures`: it makes them once, then draws batches of pairs."""

    def prepare(seed: int) -> Callable[[np.random.Generator], Batch]:
        made = pictures(seed)

        def draw(rng: np.random.Generator) -> Batch:
            columns = zip(*(pair(made, rng, queries) for _ in range(batch)), strict=True)
            return tuple(torch.stack(column) for column in columns)

        return draw

    return prepare


def mean_absolute_error(network: LIIF, small: Tensor, coord: Tensor, cell: Tensor, colours: Tensor) -> Tensor:
    """Return how far the colours asked for are from the true ones."""
    return nn.functional.l1_loss(network.query(network.encode(small), coord, cell), colours)


def lesson(says: str, pictures: Callable[[int], Sequence[np.ndarray]]) -> Lesson:
    """Return a lesson on `pictures`, as long as both lessons are."""
    recipe = {"batch": BATCH, "patch": PATCH, "queries": QUERIES}
    return Lesson(says, SMALL, LIIF, pairs_of(pictures), mean_absolute_error, steps=7000, recipe=recipe)


LESSONS = {
    "liif-text": lesson("Procedural text, icons and thin lines.", drawn),
    "liif-photographs": lesson("Photographs shipped with scikit-image.", photographed),
}
