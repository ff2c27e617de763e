"""Drawings matched to views of shapes: what describes a picture, and how many shapes are found by it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import torch
from models.sketch_similarity import PLACES, described, similarity
from skimage.feature import hog
from torch import Tensor, nn

from lab.abstraction import drawing, view
from lab.household import AROUND
from lab.polyhedra import Sight

AT_ONCE = 100  # pictures
CELL, DIRECTIONS = 6, 9  # pixels, and directions of edges that are told apart
Descriptor = Callable[[Tensor], Tensor]


def views(shapes: Sequence[Sequence[Sight]], scale: float = 1.0) -> Tensor:
    """Return the shaded views of shapes, side after side of each, (N, 1, H, W)."""
    return stacked([view(sight, scale) for shape in shapes for sight in shape])


def drawings(shapes: Sequence[Sequence[Sight]], level: float, hand: int, scale: float = 1.0) -> Tensor:
    """Return drawings of shapes by a hand at an abstraction, in the order of their views, (N, 1, H, W)."""
    sights = [sight for shape in shapes for sight in shape]
    return stacked([drawing(s, level, np.random.default_rng([hand, i]), scale) for i, s in enumerate(sights)])


def stacked(pictures: Sequence[np.ndarray]) -> Tensor:
    """Return grey pictures (H, W) as a tensor (N, 1, H, W)."""
    return torch.from_numpy(np.stack(pictures))[:, None]


def acc_at_1(describe: Descriptor, drawn: Tensor, shown: Tensor) -> float:
    """Return the share of drawings, in percent, whose most similar view is one of the same shape."""
    return shares_found(describe(drawn), describe(shown))


def shares_found(drawn: Tensor, shown: Tensor) -> float:
    """Return acc@1 in percent of descriptions (N, D) of drawings and views, both in the order of `views`."""
    shape = torch.arange(len(shown)) // len(AROUND)
    return 100 * float(found_first(similarity(drawn, shown), shape, shape).double().mean())


def found_first(likeness: Tensor, wanted: Tensor, shown: Tensor) -> Tensor:
    """Return for which drawings the most similar view is one of the right shape, (Q,) of truth values.

    `likeness` is (Q, V), `wanted` (Q,) the shape that each drawing shows, `shown` (V,) that of each view. Acc@1 is the
    share of drawings that are found.
    """
    return shown[likeness.argmax(1)] == wanted


# --- what describes a picture ----------------------------------------------------------------------------------------


@torch.no_grad()
def by_layers(encoder: nn.Module, pictures: Tensor, places: int = PLACES) -> list[Tensor]:
    """Return the descriptions (N, D) of grey pictures (N, 1, H, W) by each layer of an encoder."""
    place = next(encoder.parameters()).device
    parts = [encoder.maps(part.to(place).expand(-1, 3, -1, -1)) for part in pictures.split(AT_ONCE)]
    return [torch.cat([described(each, places) for each in layer]).cpu() for layer in zip(*parts, strict=True)]


def by(encoder: nn.Module, layer: int = -1, places: int = PLACES) -> Descriptor:
    """Return what describes pictures by one layer of an encoder."""
    return lambda pictures: by_layers(encoder, pictures, places)[layer]


def by_pixels(pictures: Tensor) -> Tensor:
    """Return the ink of pictures as their description, a little blurred, (N, D)."""
    return torch.nn.functional.avg_pool2d(1 - pictures, 3, stride=2, padding=1).flatten(1)


def by_edges(pictures: Tensor) -> Tensor:
    """Return how strong the edges of each direction are in each cell of pictures (HOG), (N, D)."""
    cells = {"orientations": DIRECTIONS, "pixels_per_cell": (CELL, CELL), "cells_per_block": (2, 2)}
    return torch.from_numpy(np.stack([hog(picture[0].numpy(), **cells) for picture in pictures])).float()
