"""The small upscaler: the sizes of a sidecar, and how a picture goes through it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import torch
from models.small_upscaler import SmallUpscaler, SmallUpscalerConfig

from lab import weights
from lab.tensors import to_picture, to_tensor
from lab.weights import Design, Loaded

DESIGN = Design(
    name="upscaler",
    full=SmallUpscaler,
    sized=lambda config: SmallUpscaler(SmallUpscalerConfig(**config)),
    files=(),  # nobody published it
)


def taught(lesson: str, place: torch.device) -> Loaded:
    """Return the network of a lesson; nobody published a larger one, so it is no smaller than another."""
    return replace(weights.load(DESIGN, f"upscaler-{lesson}", place), smaller=False)


@torch.no_grad()
def enlarge(loaded: Loaded, picture: np.ndarray) -> np.ndarray:
    """Return a uint8 picture enlarged by the network's factor."""
    place = loaded.place
    return to_picture(loaded.network(to_tensor(picture)[None].to(place))[0])


def gmacs_per_megapixel(loaded: Loaded) -> float:
    """Return the billions of multiplications with additions for a million pixels of the large picture."""
    config = loaded.network.config
    places = 1 if config.enlarges_first else 1 / config.scale**2  # for each of those pixels
    return loaded.network.work * places * 1e6 / 1e9
