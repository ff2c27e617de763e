"""Four ways to a finer map of features: two that learn nothing, joint bilateral upsampling, and FeatSharp.

Each takes the whole (B, C, h, w), its tiles (B, C, H, W) and the pictures, and returns a map (B, C, H, W).
"""

from __future__ import annotations

from dataclasses import dataclass

import torch.nn.functional as F  # noqa: N812 (its usual name)
from models.featsharp import JBU, FeatSharp, FeatSharpConfig, Upsampler
from models.multi_view import AttentionDownsampler
from torch import Tensor, nn

KINDS = ("bilinear", "jbu", "tiles", "featsharp")


@dataclass(frozen=True)
class UpsamplerConfig(FeatSharpConfig):
    """Sizes of a small upsampler, and which kind it is."""

    kind: str = "featsharp"
    channels: int = 32
    grid: int = 16


class Bilinear(nn.Module):
    """Enlarges the whole, and looks at nothing else."""

    def forward(self, coarse: Tensor, tiles: Tensor, _: Tensor) -> Tensor:
        """Return the enlarged whole."""
        return F.interpolate(coarse, tiles.shape[-2:], mode="bilinear", align_corners=False)


class Guided(nn.Module):
    """Enlarges the whole along the edges of the pictures."""

    def __init__(self, config: UpsamplerConfig) -> None:
        """Build the levels."""
        super().__init__()
        self.jbu = JBU(config.factor, config.window)

    def forward(self, coarse: Tensor, _: Tensor, pictures: Tensor) -> Tensor:
        """Return the enlarged whole."""
        return self.jbu(coarse, pictures)


class Tiles(nn.Module):
    """Takes the tiles as they are, and forgets the whole."""

    def forward(self, _: Tensor, tiles: Tensor, __: Tensor) -> Tensor:
        """Return the tiles."""
        return tiles


def upsampler(config: UpsamplerConfig) -> nn.Module:
    """Return an upsampler of a kind, weights at random."""
    made = {"bilinear": Bilinear, "tiles": Tiles, "jbu": lambda: Guided(config), "featsharp": lambda: Upsampler(config)}
    return made[config.kind]()


class Consistent(FeatSharp):
    """An upsampler of any kind between normalisation and the way back to a coarse map, by which it is taught."""

    def __init__(self, config: UpsamplerConfig) -> None:
        """Build it, weights at random."""
        super().__init__(upsampler(config), config)
        self.downsampler = AttentionDownsampler(config.channels, config.factor)
