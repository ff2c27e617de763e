"""LIIF with its EDSR-baseline encoder: the published sizes, those of a sidecar, and how a picture goes through it."""

from __future__ import annotations

import numpy as np
import torch
from models.liif import LIIF, LIIFConfig
from torch import Tensor

from lab.tensors import to_picture, to_tensor
from lab.weights import Design, Loaded

DESIGN = Design(
    name="liif",
    full=LIIF,
    sized=lambda config: LIIF(LIIFConfig(**config | {"hidden": tuple(config["hidden"])})),
    files=("edsr-baseline-liif.safetensors", "edsr-baseline-liif.pth"),
    model="sisr-any-liif-edsr",
)


@torch.no_grad()
def enlarged(loaded: Loaded, values: Tensor, height: int, width: int) -> Tensor:
    """Return floats (3, H, W) in [0, 1] drawn by the network with height x width pixels."""
    place = loaded.place
    chunk = 1024 if place.type == "cpu" else 100_000
    return loaded.network(values[None].to(place), height, width, chunk=chunk)[0].cpu()


def enlarge(loaded: Loaded, picture: np.ndarray, height: int, width: int) -> np.ndarray:
    """Return a uint8 picture drawn by the network with height x width pixels."""
    return to_picture(enlarged(loaded, to_tensor(picture), height, width))
