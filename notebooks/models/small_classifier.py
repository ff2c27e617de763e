"""A plain small network that names what is in a picture, in any width, alone or as several that learn side by side.

Source: none; the plainest form there is, so that a light and a heavy classifier differ in their sizes alone.

Shapes: B pictures of one channel, K classes, c channels, S siblings.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
import torch.nn.functional as F  # noqa: N812 (its usual name)
from torch import Tensor, nn


@dataclass(frozen=True)
class SmallClassifierConfig:
    """Channels of the first convolution, classes, and how many siblings learn side by side."""

    channels: int = 32
    classes: int = 10
    siblings: int = 1


class SmallClassifier(nn.Module):
    """Three convolutions of 3 x 3, each at half the size of the one before, and a linear layer over 2 x 2 places."""

    def __init__(self, config: SmallClassifierConfig = SmallClassifierConfig()) -> None:
        """Build the layers."""
        super().__init__()
        self.config, c = config, config.channels
        sizes = ((1, c), (c, 2 * c), (2 * c, 4 * c))
        self.layers = nn.ModuleList(nn.Conv2d(before, after, 3, padding=1) for before, after in sizes)
        self.classes = nn.Linear(16 * c, config.classes)
        for layer in self.layers:
            nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")
            nn.init.zeros_(layer.bias)

    def forward(self, pictures: Tensor) -> Tensor:
        """Return the logits (B, K) of pictures (B, 1, H, W) in [0, 1], at least 8 pixels wide."""
        first, second, third = self.layers
        x = F.max_pool2d(F.relu(first(pictures - 0.5)), 2)  # (B, c, H/2, W/2)
        x = F.max_pool2d(F.relu(second(x)), 2)  # (B, 2c, H/4, W/4)
        x = F.adaptive_max_pool2d(F.relu(third(x)), 2)  # (B, 4c, 2, 2)
        return self.classes(x.flatten(1))


class Siblings(nn.Module):
    """Several classifiers of the same sizes, each with its own beginning and its own pictures."""

    def __init__(self, config: SmallClassifierConfig) -> None:
        """Build `config.siblings` of them."""
        super().__init__()
        self.each = nn.ModuleList(SmallClassifier(config) for _ in range(config.siblings))

    def forward(self, pictures: Tensor) -> Tensor:
        """Return the logits (S, B, K) of pictures (S, B, 1, H, W), the first of them for the first sibling."""
        return torch.stack([network(one) for network, one in zip(self.each, pictures, strict=True)])
