"""Views of a picture, bent squares of it: what a fine map says of them beside what an encoder says of them."""

from __future__ import annotations

import numpy as np
import torch
from models.multi_view import fidelity, homography, told_of_view, view_of
from torch import Tensor, nn

from lab.upsamplers import Consistent

ZOOM, BEND = 0.5, 0.15  # the least share of a side that a view shows; how far its corners may come in


def corners(rng: np.random.Generator) -> np.ndarray:
    """Return where the corners of a view lie in its picture, (4, 2) in [-1, 1]: a bent square, mirrored or not."""
    half = rng.uniform(ZOOM, 1)
    middle = rng.uniform(half - 1, 1 - half, 2)
    square = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]])
    if rng.random() < 0.5:
        square = square * [-1, 1]
    return (middle + half * square * (1 - rng.uniform(0, BEND, (4, 2)))).astype(np.float32)


def drawn(pictures: int, each: int, rng: np.random.Generator) -> Tensor:
    """Return so many views of each of so many pictures, as homographies (B, J, 3, 3)."""
    bent = torch.from_numpy(np.stack([corners(rng) for _ in range(pictures * each)]))
    return homography(bent).unflatten(0, (pictures, each))


def compared(network: Consistent, encoder: nn.Module, pictures: Tensor, through: Tensor) -> tuple[Tensor, Tensor]:
    """Return what fine maps of pictures (B, 3, S, S) say of views (B, J, 3, 3), and what the encoder says of them.

    Both are normalised, with the learned bias, (B J, C, h, w).
    """
    _, fine = network(encoder, pictures)
    fine, seen = (each.repeat_interleave(through.shape[1], 0) for each in (fine, pictures))
    each = through.flatten(0, 1)
    told = told_of_view(fine, each, network.downsampler)
    return told, network.seen(encoder, view_of(seen, each, network.factor))


@torch.no_grad()
def fidelity_of(network: Consistent, encoder: nn.Module, pictures: Tensor, through: Tensor) -> float:
    """Return the fidelity of fine maps of pictures (B, 3, S, S) in views (B, J, 3, 3); the bias is no variance."""
    told, said = compared(network, encoder, pictures, through)
    bias = network.bias_buffer.buffer
    return fidelity(said - bias, told - bias)
