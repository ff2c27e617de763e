"""Three ways to compute attention: softmax with all its weights written down, the same fused, and linear."""

from __future__ import annotations

import torch
import torch.nn.functional as F  # noqa: N812 (its usual name)
from models.linfusion import attend
from torch import Tensor

HEADS, CHANNELS = 8, 40  # of the widest attention in the picture generators that LinFusion was made for


def softmax(q: Tensor, k: Tensor, v: Tensor) -> Tensor:
    """Return the values (B, h, N, d) averaged with softmax weights, which stand in memory, (B, h, N, N)."""
    return (q @ k.mT * q.shape[-1] ** -0.5).softmax(-1) @ v


def fused(q: Tensor, k: Tensor, v: Tensor) -> Tensor:
    """Return the same, computed piece by piece so that the weights never stand in memory all at once."""
    return F.scaled_dot_product_attention(q, k, v)


def linear(q: Tensor, k: Tensor, v: Tensor) -> Tensor:
    """Return the values averaged with LinFusion's weights, products of positive features, (B, h, N, d)."""
    return attend(1 + F.elu(q), 1 + F.elu(k), v)


FORMS = {"softmax, weights written down": softmax, "softmax, fused": fused, "linear, as in LinFusion": linear}


def tokens(count: int, place: torch.device) -> tuple[Tensor, Tensor, Tensor]:
    """Return random queries, keys and values, each (1, 8, N, 40), the same for the same count."""
    rng = torch.Generator().manual_seed(count)
    return tuple(torch.randn(1, HEADS, count, CHANNELS, generator=rng).to(place) for _ in range(3))
