"""LIIF's lessons: pairs of small and large pictures, by the recipe of its authors with fewer steps.

Recipe: crops of 24 s pixels for a scale s between 1 and 4, made 24 x 24 by bicubic; some pixels of the crop are asked
for; the mean absolute error is lowered by Adam with a warm-up and a cosine.
"""

from __future__ import annotations

import numpy as np
import torch
from models.liif import LIIF, LIIFConfig, pixel_centres
from torch import Tensor, nn

from lab.crops import Maker, Pictures, batches, crop, drawings, photographs
from lab.resize import resize
from lab.teaching import Batch, Lesson

SMALL = LIIFConfig(n_resblocks=8, n_feats=32, hidden=(128, 128, 128, 128))
BATCH, PATCH, QUERIES = 8, 24, 256  # crops, pixels of the small crop, pixels asked for per crop
DRAWN = drawings({"text": 360, "icons": 160, "lines": 160, "mixed": 120})


def pair(pictures: Pictures, rng: np.random.Generator, queries: int = QUERIES) -> Batch:
    """Return one small picture (3, p, p) with `queries` coordinates, cells and colours, (Q, 2), (Q, 2), (Q, 3)."""
    side = round(PATCH * rng.uniform(1, 4))
    large = crop(pictures, side, rng)
    small = resize(large, PATCH, PATCH)
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


def mean_absolute_error(network: LIIF, small: Tensor, coord: Tensor, cell: Tensor, colours: Tensor) -> Tensor:
    """Return how far the colours asked for are from the true ones."""
    return nn.functional.l1_loss(network.query(network.encode(small), coord, cell), colours)


def lesson(says: str, pictures: Maker) -> Lesson:
    """Return a lesson on `pictures`, as long as both lessons are."""
    recipe = {"batch": BATCH, "patch": PATCH, "queries": QUERIES}
    prepare = batches(pictures, pair, BATCH)
    return Lesson(says, SMALL, LIIF, prepare, mean_absolute_error, steps=5600, recipe=recipe)


LESSONS = {
    "liif-text": lesson("Procedural text, icons and thin lines.", DRAWN),
    "liif-photographs": lesson("Photographs shipped with scikit-image.", photographs),
}
