"""One step of Stable Diffusion's UNet at growing sizes, with softmax attention or with LinFusion's in its place."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import torch
from models.linfusion import mount
from models.stable_diffusion import UNET, UNet2DConditionModel
from torch import Tensor, nn

from lab.cost import Cost, cost, counted

WORDS = 77  # tokens of a description


def built(linear: bool, place: torch.device, kind: torch.dtype, config: Mapping[str, Any] = UNET) -> nn.Module:
    """Return the UNet with random weights, built where it will run; cost needs no trained ones."""
    with torch.device(place):
        unet = nn.Module.to(UNet2DConditionModel(**config), kind).eval()  # the library's own warns of nothing
        if linear:
            mount(unet)
    return unet


def step_of(unet: nn.Module, side: int) -> Callable[[], Tensor]:
    """Return what takes one step on a picture of side x side pixels: its latent has an eighth of each."""
    like = next(unet.parameters())
    latent = like.new_zeros(1, 4, side // 8, side // 8)
    words = like.new_zeros(1, WORDS, unet.config.cross_attention_dim)
    time = torch.tensor(500, device=like.device)
    return lambda: unet(latent, time, words).sample


def operations(linear: bool, side: int, config: Mapping[str, Any] = UNET) -> float:
    """Return the billions of multiplications with additions of one step, by counting alone."""
    return counted(step_of(built(linear, torch.device("meta"), torch.float32, config), side))


def costs(
    linear: bool,
    sides: Iterable[int],
    place: torch.device,
    kind: torch.dtype = torch.float16,
    config: Mapping[str, Any] = UNET,
) -> dict[int, Cost]:
    """Return what one step costs by the side of the picture, from small to large, until memory does not suffice.

    Where the device refuses a step otherwise, which is told, those before it are returned all the same.
    """
    unet, found = built(linear, place, kind, config), {}
    for side in sorted(sides):
        try:
            found[side] = cost(step_of(unet, side), place, times=2)
        except torch.OutOfMemoryError:
            break
        except RuntimeError as error:  # of the driver, or a library: a picture of that size is too much for it
            print(f"no step at {side} pixels: {str(error).splitlines()[0]}")
            break
    return found
