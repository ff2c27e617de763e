"""Maps of features as pictures: the three directions in which they vary most become red, green and blue."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from lab.tensors import to_picture

ENDS = (0.02, 0.98)  # the shares of places between which a colour goes from none to full


def coloured(maps: Sequence[Tensor]) -> list[np.ndarray]:
    """Return maps (C, H, W) of any sizes as pictures (H, W, 3); all have the same colours for the same features.

    The directions, their signs and the ends of the colours come from all places of all maps.
    """
    rows = torch.cat([each.flatten(1) for each in maps], dim=1).T.double()  # (N, C)
    mean = rows.mean(0)
    _, vectors = torch.linalg.eigh((rows - mean).T @ (rows - mean))
    directions = vectors[:, -3:].flip(1)  # (C, 3), the strongest first
    signs = directions.gather(0, directions.abs().argmax(0, keepdim=True)).sign()
    directions = directions * signs  # eigenvectors have no sign of their own
    low, high = torch.quantile((rows - mean) @ directions, torch.tensor(ENDS, dtype=rows.dtype), dim=0)
    return [to_picture(shown(each.double(), mean, directions, low, high)) for each in maps]


def shown(features: Tensor, mean: Tensor, directions: Tensor, low: Tensor, high: Tensor) -> Tensor:
    """Return a map (C, H, W) as colours (3, H, W), from 0 at `low` to 1 at `high`."""
    values = torch.einsum("cd,chw->dhw", directions, features - mean[:, None, None])
    return (values - low[:, None, None]) / (high - low)[:, None, None]
