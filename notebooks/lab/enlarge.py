"""Enlarge 8-bit pictures with a network, so that it can be compared with plain resizing."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from lab.weights import Loaded


def to_tensor(picture: np.ndarray) -> Tensor:
    """Return a uint8 picture (H, W, 3) as floats (3, H, W) in [0, 1]."""
    return torch.from_numpy(np.ascontiguousarray(picture)).permute(2, 0, 1).float() / 255


def to_picture(values: Tensor) -> np.ndarray:
    """Return floats (3, H, W) in [0, 1] as a uint8 picture (H, W, 3), rounded."""
    return (values.clamp(0, 1) * 255).round().byte().permute(1, 2, 0).cpu().numpy()


@torch.no_grad()
def enlarged(loaded: Loaded, values: Tensor, height: int, width: int) -> Tensor:
    """Return floats (3, H, W) in [0, 1] drawn by the network with height x width pixels."""
    place = next(loaded.network.parameters()).device
    chunk = 1024 if place.type == "cpu" else 100_000
    return loaded.network(values[None].to(place), height, width, chunk=chunk)[0].cpu()


def enlarge(loaded: Loaded, picture: np.ndarray, height: int, width: int) -> np.ndarray:
    """Return a uint8 picture drawn by the network with height x width pixels."""
    return to_picture(enlarged(loaded, to_tensor(picture), height, width))
