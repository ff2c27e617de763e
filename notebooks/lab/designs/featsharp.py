"""The small vision encoder with its upsamplers: how they are built, and what they say of pictures."""

from __future__ import annotations

import torch
from models.small_vit import SmallViT, SmallViTConfig
from torch import Tensor, nn

from lab.upsamplers import Consistent, UpsamplerConfig
from lab.weights import Design

ENCODER = Design("encoder", SmallViT, lambda config: SmallViT(SmallViTConfig(**config)), files=())
UPSAMPLER = Design(
    "featsharp",
    lambda: Consistent(UpsamplerConfig()),
    lambda config: Consistent(UpsamplerConfig(**config)),
    files=(),  # nobody published one
)
AT_ONCE = 16  # pictures


@torch.no_grad()
def fine(network: Consistent, encoder: nn.Module, pictures: Tensor) -> Tensor:
    """Return the fine maps of pictures (B, 3, z R, z R), normalised, (B, C, H, W)."""
    return torch.cat([network(encoder, part)[1] for part in pictures.split(AT_ONCE)])


@torch.no_grad()
def normal(network: Consistent, encoder: nn.Module, pictures: Tensor) -> Tensor:
    """Return what the encoder itself says of pictures of any size, normalised but without the learned bias."""
    return torch.cat([network.normalizer(encoder(part)) for part in pictures.split(AT_ONCE)])
