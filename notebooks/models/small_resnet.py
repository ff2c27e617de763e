"""A small residual network: describes a picture by maps of features, coarser from layer to layer.

Source: He et al., "Deep Residual Learning for Image Recognition", CVPR 2016, made small; its normalisation is over
groups of channels (Wu and He, ECCV 2018), so that a picture is described alike whatever stands beside it.

Shapes: B pictures of H x W pixels, C channels.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch.nn.functional as F  # noqa: N812 (its usual name)
from torch import Tensor, nn

GROUPS = 4  # of channels that are normalised together


@dataclass(frozen=True)
class SmallResNetConfig:
    """Channels of the layers, and by how much each makes its map coarser; the stem has halved the picture before."""

    channels: tuple[int, ...] = (16, 24, 32, 48)
    strides: tuple[int, ...] = (2, 1, 2, 1)


class Block(nn.Module):
    """Two convolutions whose answer is added to what came in."""

    def __init__(self, before: int, after: int, stride: int) -> None:
        """Build the layers."""
        super().__init__()
        self.conv1 = nn.Conv2d(before, after, 3, stride=stride, padding=1, bias=False)
        self.conv2 = nn.Conv2d(after, after, 3, padding=1, bias=False)
        self.norm1, self.norm2 = nn.GroupNorm(GROUPS, after), nn.GroupNorm(GROUPS, after)
        same = before == after and stride == 1
        self.skip = nn.Identity() if same else nn.Conv2d(before, after, 1, stride=stride, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        """Map (B, C, H, W) to (B, C', H / stride, W / stride)."""
        change = self.norm2(self.conv2(F.relu(self.norm1(self.conv1(x)))))
        return F.relu(self.skip(x) + change)


class SmallResNet(nn.Module):
    """The network, without a layer that would name what a picture shows."""

    def __init__(self, config: SmallResNetConfig = SmallResNetConfig()) -> None:
        """Build the layers."""
        super().__init__()
        self.config, channels = config, config.channels
        self.stem = nn.Conv2d(3, channels[0], 5, stride=2, padding=2)
        sizes = zip((channels[0], *channels[:-1]), channels, config.strides, strict=True)
        self.layers = nn.ModuleList(Block(*each) for each in sizes)

    def maps(self, pictures: Tensor) -> list[Tensor]:
        """Return the features after each layer, (B, C, h, w) each, of pictures (B, 3, H, W) in [0, 1]."""
        x, found = F.relu(self.stem(2 * pictures - 1)), []  # (B, C, H/2, W/2)
        for layer in self.layers:
            x = layer(x)
            found.append(x)
        return found
