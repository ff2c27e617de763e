"""Matching drawings to views of shapes by the features of an encoder, tuned on pairs of one class.

Source: Berardi and Gryaditskaya, "Fine-Tuned but Zero-Shot 3D Shape Sketch View Similarity and Retrieval", ICCV
workshops 2023. Its code is not published; temperature, batch and what exactly is tuned are ours.

The paper takes large encoders that others taught. The encoder here is a small residual network after He et al., "Deep
Residual Learning for Image Recognition", CVPR 2016; its normalisation is over groups of channels (Wu and He, ECCV
2018), so that a picture is described alike whatever stands beside it.

Shapes: B pictures of H x W pixels, C channels, Q drawings, V views, D numbers of a description.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
import torch.nn.functional as F  # noqa: N812 (its usual name)
from torch import Tensor, nn

GROUPS = 4  # of channels that are normalised together
TEMPERATURE = 0.1
PLACES = 6  # along each side, at which a description keeps features apart


# --- the encoder ------------------------------------------------------------------------------------------------------


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
    """The encoder: describes a picture by maps of features, coarser from layer to layer, and names nothing."""

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


# --- likeness --------------------------------------------------------------------------------------------------------


def described(features: Tensor, places: int = PLACES) -> Tensor:
    """Return descriptions (B, D) of length 1 of features (B, C, h, w), averaged over `places` x `places` fields."""
    return F.normalize(F.adaptive_avg_pool2d(features, places).flatten(1), dim=1)


def similarity(drawings: Tensor, views: Tensor) -> Tensor:
    """Return the cosines of all drawings (Q, D) with all views (V, D), (Q, V) in [-1, 1]."""
    return F.normalize(drawings, dim=1) @ F.normalize(views, dim=1).T


def contrast(drawings: Tensor, views: Tensor, temperature: float = TEMPERATURE) -> Tensor:
    """Return the contrastive loss of descriptions (B, D) whose rows belong together, both ways alike.

    Each drawing is to be most like its own view among those of the batch, and each view most like its own drawing.
    """
    logits = similarity(drawings, views) / temperature  # (B, B)
    own = torch.arange(len(logits), device=logits.device)
    return (F.cross_entropy(logits, own) + F.cross_entropy(logits.T, own)) / 2


# --- several seeds ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class EncoderConfig:
    """How many encoders learn side by side."""

    seeds: int = 3


class Encoders(nn.Module):
    """Several encoders of pictures of 48 x 48 pixels, each with its own beginning and its own pictures."""

    def __init__(self, config: EncoderConfig = EncoderConfig()) -> None:
        """Build `config.seeds` of them."""
        super().__init__()
        self.config = config
        self.each = nn.ModuleList(SmallResNet() for _ in range(config.seeds))
