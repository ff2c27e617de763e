"""Small Point Transformers that differ in one thing: which points a point may attend to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
import torch.nn.functional as F  # noqa: N812 (its usual name)
from models.point_transformer_v3 import PTv3Config, Segmentor, SerializedAttention, SerializedClouds, in_rows
from torch import Tensor

from lab.furniture import PARTS
from lab.weights import Design

NEAREST = 16  # neighbours that the predecessors of the paper's network attend to
SIZES = PTv3Config(
    in_channels=3,
    stride=(2, 2),
    enc_depths=(2, 1, 1),
    enc_channels=(8, 8, 12),
    enc_num_head=(2, 2, 3),
    enc_patch_size=(64, 64, 64),
    dec_depths=(1, 1),
    dec_channels=(8, 8),
    dec_num_head=(2, 2),
    drop_path=0.0,
    enable_flash=True,
)


class NearestAttention(SerializedAttention):
    """Attention of each point to its nearest points, which are searched for exactly; as many as a patch may have."""

    @property
    def most(self) -> int:
        """How many points a point attends to, where its cloud has so many."""
        return self.patch_size

    def forward(self, x: Tensor, clouds: SerializedClouds, _: int) -> Tensor:
        """Return what each point of (N, C) learns from the points around it, (N, C)."""
        q, k, v = self.qkv(x).unflatten(-1, (3, self.heads, -1)).unbind(1)  # (N, h, d)
        near = nearest(clouds, self.most)  # (N, K)
        k, v = (each[near].transpose(1, 2) for each in (k, v))  # (N, h, K, d); no point's are the last one's, not seen
        known = (near >= 0)[:, None, None]  # (N, 1, 1, K)
        return self.proj(F.scaled_dot_product_attention(q[:, :, None], k, v, attn_mask=known).flatten(1))


class FewNearestAttention(NearestAttention):
    """The same to the few points that networks before the paper's attended to."""

    most = NEAREST


def nearest(clouds: SerializedClouds, count: int) -> Tensor:
    """Return the points nearest to each point of its cloud, itself among them, (N, count or the largest cloud).

    A cloud of fewer points has -1 in the places that are left.
    """
    found = clouds.grid.new_full((len(clouds.grid), min(count, max(clouds.counts))), -1)
    for cloud in clouds.batch.unique():
        own = (clouds.batch == cloud).nonzero().flatten()
        apart = (clouds.grid[own, None] - clouds.grid[own]).square().sum(-1)  # (n, n), whole numbers: often equal
        first = apart * len(clouds.grid) + clouds.inverse[0, own]  # of two equally near, the first on the curve
        many = min(count, len(own))
        found[own, :many] = own[first.topk(many, largest=False).indices]
    return found


class AnywhereAttention(SerializedAttention):
    """Attention in patches of random points: as many neighbours as on a curve, and no nearness."""

    def forward(self, x: Tensor, clouds: SerializedClouds, _: int) -> Tensor:
        """Return what each point of (N, C) learns from random points of its cloud, (N, C)."""
        return super().forward(x, mixed(clouds), 0)


def mixed(clouds: SerializedClouds) -> SerializedClouds:
    """Return clouds whose one row has the points of each cloud in a random order, the same one each time."""
    many = len(clouds.batch)
    place = torch.randperm(many, generator=torch.Generator().manual_seed(many)).to(clouds.batch.device)
    return in_rows(clouds.grid, clouds.batch, clouds.depth, (clouds.batch * many + place)[None])


class NoAttention(SerializedAttention):
    """Nothing in the place of attention."""

    def forward(self, x: Tensor, *_: Any) -> Tensor:
        """Return nothing new for each point, (N, C)."""
        return torch.zeros_like(x)


KINDS = {
    "curves": SerializedAttention,
    "nearest64": NearestAttention,
    "nearest16": FewNearestAttention,
    "anywhere": AnywhereAttention,
    "none": NoAttention,
}


@dataclass(frozen=True)
class SmallConfig:
    """Which points a point may attend to, a word of KINDS."""

    neighbours: str = "curves"


def built(config: SmallConfig) -> Segmentor:
    """Return a small network that says on which part of a piece of furniture each point lies."""
    attention, network = KINDS[config.neighbours], Segmentor(len(PARTS), SIZES)
    for name, was in list(network.named_modules()):
        if isinstance(was, SerializedAttention):
            sizes = was.proj.in_features, was.heads, was.patch_size, was.enable_flash
            network.set_submodule(name, attention(*sizes))
    return network


DESIGN = Design(
    name="ptv3",
    full=lambda: built(SmallConfig()),
    sized=lambda config: built(SmallConfig(**config)),
    files=(),  # nobody published one for furniture
)
