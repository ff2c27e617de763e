"""Residual diffusion: the sizes of a sidecar, and how a tiny picture is enlarged with strokes drawn by chance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import torch
from models.residual_diffusion import ResidualDiffusion, ResidualDiffusionConfig

from lab import weights
from lab.tensors import to_picture, to_tensor
from lab.weights import Design, Loaded

DESIGN = Design(
    name="residual",
    full=ResidualDiffusion,
    sized=lambda config: ResidualDiffusion(ResidualDiffusionConfig(**config)),
    files=(),  # nobody published it
)


def load(place: torch.device) -> Loaded:
    """Return the network that was taught on paintings; it is no smaller version of another."""
    return replace(weights.load(DESIGN, "residual-paintings", place, official=False), smaller=False)


def repainted(loaded: Loaded, soft: np.ndarray, seeds: Sequence[int], steps: int) -> list[np.ndarray]:
    """Return a uint8 enlargement with what it lacks, drawn anew for each seed in so many steps."""
    place = loaded.place
    return [to_picture(made) for made in loaded.network.sampled(to_tensor(soft).to(place), steps, seeds)]
