"""A plain small network that enlarges pictures, with all its convolutions before or behind the enlargement.

Source: none; the plainest form there is, so that the place of the enlargement is the only thing to compare.

Shapes: B pictures of h x w pixels, s the factor, m the margin that the convolutions take off each side.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import torch.nn.functional as F  # noqa: N812 (its usual name)
from torch import Tensor, nn


@dataclass(frozen=True)
class SmallUpscalerConfig:
    """Factor, channels, convolutions of 3 x 3, and whether the picture is enlarged before them or behind them."""

    scale: int = 3
    channels: int = 24
    layers: int = 6
    enlarges_first: bool = False


def enlarged(small: Tensor, scale: int) -> Tensor:
    """Return pictures (B, 3, h, w) enlarged by bicubic to (B, 3, s h, s w), with Pillow's kernel but not rounded."""
    return F.interpolate(small, scale_factor=scale, mode="bicubic", antialias=True, align_corners=False)


class SmallUpscaler(nn.Module):
    """A row of convolutions that corrects the bicubic enlargement; it begins as bicubic, its last layer being zero."""

    def __init__(self, config: SmallUpscalerConfig = SmallUpscalerConfig()) -> None:
        """Build the convolutions, without padding of their own."""
        super().__init__()
        self.config = config
        outputs = 3 if config.enlarges_first else 3 * config.scale**2
        channels = (3, *[config.channels] * (config.layers - 1), outputs)
        self.layers = nn.ModuleList(nn.Conv2d(before, after, 3) for before, after in pairwise(channels))
        for layer in self.layers:
            nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")
            nn.init.zeros_(layer.bias)
        nn.init.zeros_(self.layers[-1].weight)

    @property
    def margin(self) -> int:
        """How many pixels on each side a window must have beyond what is asked for."""
        return len(self.layers)

    @property
    def work(self) -> int:
        """How many multiplications with additions each place takes: every weight is used once there."""
        return sum(layer.weight.numel() for layer in self.layers)

    def correction(self, window: Tensor) -> Tensor:
        """Return what is added to the enlargement of the inner part of a window.

        Behind the enlargement (B, 3, h + 2m, w + 2m) becomes (B, 3, h, w), before it (B, 3, s h, s w).
        """
        x = window
        for layer in self.layers[:-1]:
            x = F.relu(layer(x))  # (B, c, ...), two pixels less each way
        x = self.layers[-1](x)
        return x if self.config.enlarges_first else F.pixel_shuffle(x, self.config.scale)

    def bordered(self, seen: Tensor) -> Tensor:
        """Return pictures (B, 3, h, w) with a margin that repeats their outermost pixels, (B, 3, h + 2m, w + 2m)."""
        return F.pad(seen, [self.margin] * 4, mode="replicate")

    def forward(self, small: Tensor) -> Tensor:
        """Return pictures (B, 3, h, w) in [0, 1] enlarged to (B, 3, s h, s w), not clamped."""
        large = enlarged(small, self.config.scale)
        return large + self.correction(self.bordered(large if self.config.enlarges_first else small))
