"""A small vision transformer: describes each patch of a picture, having looked at all of them.

Source: Dosovitskiy et al., "An Image is Worth 16x16 Words", ICLR 2021, made small.

Shapes: B pictures of H x W pixels, patches of p x p pixels, h x w = H / p x W / p of them, C channels.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
import torch.nn.functional as F  # noqa: N812 (its usual name)
from torch import Tensor, nn


@dataclass(frozen=True)
class SmallViTConfig:
    """Sizes; `grid` is how many patches lie on a side of the pictures that it is taught with."""

    channels: int = 32
    layers: int = 3
    heads: int = 4
    patch: int = 4
    grid: int = 16
    classes: int = 5


class Layer(nn.Module):
    """Attention of all patches to all, then a layer for each alone."""

    def __init__(self, channels: int, heads: int) -> None:
        """Build the layers."""
        super().__init__()
        self.heads = heads
        self.norm1, self.norm2 = nn.LayerNorm(channels), nn.LayerNorm(channels)
        self.qkv, self.proj = nn.Linear(channels, 3 * channels), nn.Linear(channels, channels)
        self.mlp = nn.Sequential(nn.Linear(channels, 4 * channels), nn.GELU(), nn.Linear(4 * channels, channels))

    def forward(self, x: Tensor) -> Tensor:
        """Map (B, N, C) to (B, N, C)."""
        q, k, v = self.qkv(self.norm1(x)).unflatten(-1, (3, self.heads, -1)).permute(2, 0, 3, 1, 4)  # (B, h, N, d)
        x = x + self.proj(F.scaled_dot_product_attention(q, k, v).transpose(1, 2).flatten(2))
        return x + self.mlp(self.norm2(x))


class SmallViT(nn.Module):
    """The transformer, with the layer that names the class of each patch while it is taught."""

    def __init__(self, config: SmallViTConfig = SmallViTConfig()) -> None:
        """Build the layers."""
        super().__init__()
        self.config, channels = config, config.channels
        self.patches = nn.Conv2d(3, channels, config.patch, stride=config.patch)
        self.position = nn.Parameter(0.02 * torch.randn(1, channels, config.grid, config.grid))
        self.layers = nn.ModuleList(Layer(channels, config.heads) for _ in range(config.layers))
        self.norm = nn.LayerNorm(channels)
        self.head = nn.Conv2d(channels, config.classes, 1)

    def forward(self, pictures: Tensor) -> Tensor:
        """Return the features (B, C, h, w) of pictures (B, 3, H, W) in [0, 1]; positions are stretched to any size."""
        x = self.patches(2 * pictures - 1)  # (B, C, h, w)
        size = x.shape[-2:]
        x = x + F.interpolate(self.position, size, mode="bilinear", align_corners=False)
        x = x.flatten(2).transpose(1, 2)  # (B, N, C)
        for layer in self.layers:
            x = layer(x)
        return self.norm(x).transpose(1, 2).unflatten(2, size)

    def named(self, pictures: Tensor) -> Tensor:
        """Return the scores of each class (B, K, h, w)."""
        return self.head(self(pictures))
