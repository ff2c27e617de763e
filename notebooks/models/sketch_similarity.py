"""Matching drawings to views of shapes by the features of an encoder, tuned on pairs of one class.

Source: Berardi and Gryaditskaya, "Fine-Tuned but Zero-Shot 3D Shape Sketch View Similarity and Retrieval", ICCV
workshops 2023. Its code is not published; temperature, batch and what exactly is tuned are ours.

Shapes: B pictures of H x W pixels, C channels, Q drawings, V views, D numbers of a description.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
import torch.nn.functional as F  # noqa: N812 (its usual name)
from torch import Tensor, nn

from models.small_resnet import SmallResNet
from models.small_vit import SmallViT, SmallViTConfig

TEMPERATURE = 0.1
PLACES = 6  # along each side, at which a description keeps features apart


@dataclass(frozen=True)
class EncoderConfig:
    """Which network it is, which parts are tuned, and how many learn side by side."""

    kind: str = "vit"  # or "resnet"
    tuned: str = "all"  # a word of TUNED
    seeds: int = 3


# --- features at any layer -------------------------------------------------------------------------------------------


class SketchViT(SmallViT):
    """The vision transformer with its features after each layer, and nothing that names classes."""

    def __init__(self, config: SmallViTConfig) -> None:
        """Build the layers."""
        super().__init__(config)
        del self.head

    def maps(self, pictures: Tensor) -> list[Tensor]:
        """Return the features after each layer, (B, C, h, w) each, of pictures (B, 3, H, W) in [0, 1]."""
        x = self.patches(2 * pictures - 1)  # (B, C, h, w)
        size = x.shape[-2:]
        x = x + F.interpolate(self.position, size, mode="bilinear", align_corners=False)
        x, found = x.flatten(2).transpose(1, 2), []  # (B, N, C)
        for layer in self.layers:
            x = layer(x)
            found.append(x)
        found[-1] = self.norm(x)
        return [each.transpose(1, 2).unflatten(2, size) for each in found]


def encoder(config: EncoderConfig) -> SketchViT | SmallResNet:
    """Return an encoder of 48 x 48 pixels with random weights, of which only the parts to be tuned learn.

    Raises:
        KeyError: there is no such kind of encoder or of tuning.
    """
    made = {
        "vit": lambda: SketchViT(SmallViTConfig(channels=32, layers=4, patch=6, grid=8)),
        "resnet": SmallResNet,
    }[config.kind]()
    for name, module in made.named_modules():
        for value in module.parameters(recurse=False):
            value.requires_grad_(TUNED[config.tuned](name, module, made))
    return made


def is_norm(_: str, module: nn.Module, __: nn.Module) -> bool:
    """Tell whether a part of an encoder normalises."""
    return isinstance(module, (nn.LayerNorm, nn.GroupNorm))


def is_last(name: str, _: nn.Module, whole: nn.Module) -> bool:
    """Tell whether a part of an encoder belongs to its last layer."""
    return name.startswith((f"layers.{len(whole.layers) - 1}", "norm"))


TUNED = {"all": lambda *_: True, "norms": is_norm, "last": is_last}


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


def found_first(likeness: Tensor, wanted: Tensor, shown: Tensor) -> Tensor:
    """Return for which drawings the most similar view is one of the right shape, (Q,) of truth values.

    `likeness` is (Q, V), `wanted` (Q,) the shape that each drawing shows, `shown` (V,) that of each view. Acc@1 is the
    share of drawings that are found.
    """
    return shown[likeness.argmax(1)] == wanted


# --- several seeds ---------------------------------------------------------------------------------------------------


class Encoders(nn.Module):
    """Several encoders of one kind, each with its own beginning and its own pictures."""

    def __init__(self, config: EncoderConfig = EncoderConfig()) -> None:
        """Build `config.seeds` of them."""
        super().__init__()
        self.config = config
        self.each = nn.ModuleList(encoder(config) for _ in range(config.seeds))
