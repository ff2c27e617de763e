"""How well classes are told pixel by pixel: overlap with the true regions, and which shapes are found."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
from torch import Tensor

from lab.small_shapes import CLASSES, Scene, Shape

FOUND = 0.5  # the share of a shape's pixels that must be told right


def in_pixels(told: Tensor, side: int) -> Tensor:
    """Return classes (B, H, W) for every pixel of scenes, (B, side, side): each place becomes a square."""
    cell = side // told.shape[-1]
    return told.repeat_interleave(cell, 1).repeat_interleave(cell, 2)


def mean_iou(told: Tensor, classes: Tensor) -> float:
    """Return the overlap of told and true regions by their union, in percent: mean over the classes."""
    overlaps = []
    for k in range(len(CLASSES)):
        both, either = ((told == k) & (classes == k)).sum(), ((told == k) | (classes == k)).sum()
        overlaps.append(float(both / either.clamp(min=1)))
    return 100 * sum(overlaps) / len(overlaps)


def recall(told: Tensor, drawn: Sequence[Scene], counts: Callable[[Shape], bool]) -> tuple[float, int]:
    """Return the share of shapes found, in percent, with how many there are, among those that count."""
    found = [
        bool((one[torch.from_numpy(shape.mask)] == shape.kind).float().mean() >= FOUND)
        for one, scene in zip(told, drawn, strict=True)
        for shape in scene.shapes
        if counts(shape)
    ]
    return 100 * sum(found) / len(found), len(found)
