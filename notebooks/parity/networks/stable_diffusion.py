"""Stable Diffusion 1.5, which the library computes: only its names and shapes are compared, without memory."""

from __future__ import annotations

from functools import partial

from models.stable_diffusion import networks_of, parts_of, renamed
from torch import Tensor, nn

from parity.families import Listed, Tensors


def in_one(tensors: Tensors) -> dict[str, Tensor]:
    """Return the tensors of a checkpoint in the original layout under the names of the three networks together."""
    parts = parts_of(tensors)
    return {f"{part}.{name}": value for part, held in parts.items() for name, value in held.items()}


def part(name: str) -> Listed:
    """Return one of the three networks with its list in the layout of the library."""
    return Listed(lambda: networks_of()[name], partial(renamed, name))


FAMILIES = {}
LISTS = {
    "sd15-unet-diffusers": part("unet"),
    "sd15-vae-diffusers": part("vae"),
    "sd15-text-encoder-transformers4": part("text_encoder"),
    "sd15-ldm-checkpoint": Listed(lambda: nn.ModuleDict(networks_of()), in_one),
}
