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

TEMPERATURE = 0.1
PLACES = 6  # along each side, at which a description keeps features apart


@dataclass(frozen=True)
class EncoderConfig:
    """How many encoders learn side by side."""

    seeds: int = 3


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
    """Several encoders of pictures of 48 x 48 pixels, each with its own beginning and its own pictures."""

    def __init__(self, config: EncoderConfig = EncoderConfig()) -> None:
        """Build `config.seeds` of them."""
        super().__init__()
        self.config = config
        self.each = nn.ModuleList(SmallResNet() for _ in range(config.seeds))
