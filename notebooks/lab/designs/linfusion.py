"""The small denoiser, with softmax or with LinFusion's attention: the sizes of a sidecar, and the noise it predicts."""

from __future__ import annotations

import torch
from models.small_denoiser import SmallDenoiser, SmallDenoiserConfig
from torch import Tensor

from lab.weights import Design, Loaded

DESIGN = Design(
    name="linfusion",
    full=SmallDenoiser,
    sized=lambda config: SmallDenoiser(SmallDenoiserConfig(**config | {"channels": tuple(config["channels"])})),
    files=(),  # nobody published it
)


@torch.no_grad()
def predicted(loaded: Loaded, noisy: Tensor, time: Tensor) -> Tensor:
    """Return the noise (B, 3, H, W) that the network sees in pictures after so many steps of noise, (B,)."""
    place = next(loaded.network.parameters()).device
    return loaded.network(noisy.to(place), time.to(place)).cpu()
