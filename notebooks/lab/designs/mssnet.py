"""MSSNet: the published sizes, those of a sidecar, and how a picture goes through it."""

from __future__ import annotations

import numpy as np
import torch
from models.mssnet import MSSNet, MSSNetConfig
from torch import Tensor

from lab.tensors import to_picture, to_tensor
from lab.weights import Design, Loaded


def design(variant: str) -> Design:
    """Return the design with the official file of a variant: gopro, realblurr or realblurj.

    Their training script names each file model_03000E.pt, so a folder tells the variants apart.
    """
    files = (f"mssnet-{variant}.safetensors", f"mssnet-{variant}.pt", f"{variant}/model_03000E.pt")
    model = f"deblur-mssnet-{variant}"
    return Design("mssnet", MSSNet, lambda config: MSSNet(MSSNetConfig(**config)), files, model)


@torch.no_grad()
def deblurred(loaded: Loaded, values: Tensor) -> Tensor:
    """Return floats (3, H, W) in [0, 1] after the network, of the same size."""
    place = loaded.place
    return loaded.network.deblur(values[None].to(place))[0].cpu()


def deblur(loaded: Loaded, picture: np.ndarray) -> np.ndarray:
    """Return a uint8 picture after the network, of the same size."""
    return to_picture(deblurred(loaded, to_tensor(picture)))
