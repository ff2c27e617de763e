"""Clouds of points put in rows along several curves, cut into patches of equal length, joined into fewer points.

Source: Wu et al., "Point Transformer V3: Simpler, Faster, Stronger", arXiv 2312.10035, section 4; the rules are those
of model.py in the repository Pointcept/PointTransformerV3.

Shapes: N points in cells of a grid, one point a cell; O orders; M places in patches (M = N, or more where copies fill a
patch up).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import torch
from torch import Tensor

from models.space_filling_curves import codes
from models.submanifold_convolution import neighbours


@dataclass(frozen=True)
class Patches:
    """How a row of points is cut into patches.

    Attributes:
        pad: (M,) the place in the row of each place in the patches.
        unpad: (N,) the place in the patches of each place in the row.
        lengths: how long each patch is.
    """

    pad: Tensor
    unpad: Tensor
    lengths: tuple[int, ...]


def patches(counts: Sequence[int], size: int) -> Patches:
    """Cut a row of clouds with so many points each into patches of `size` points, cloud by cloud.

    The missing places of a cloud's last patch take the points at the same places of the patch before; a cloud of at
    most `size` points is one short patch.
    """
    pad, unpad, lengths, start, place = [], [], [], 0, 0
    for count in counts:
        many = -(-count // size) if count > size else 1
        length = size if count > size else count
        places = torch.arange(many * length)
        pad.append(start + torch.where(places < count, places, places - length))
        unpad.append(place + places[:count])
        lengths += [length] * many
        start, place = start + count, place + many * length
    return Patches(torch.cat(pad), torch.cat(unpad), tuple(lengths))


@dataclass(frozen=True)
class SerializedClouds:
    """Points of one or more clouds at one resolution, with the rows that the curves put them in.

    Attributes:
        grid: (N, 3) the cell of each point, from 0 on.
        batch: (N,) the cloud of each point.
        depth: bits of a coordinate.
        code: (O, N) the place of each point on each curve, cloud after cloud.
        order: (O, N) the points along each curve.
        inverse: (O, N) the place of each point along each curve.
    """

    grid: Tensor
    batch: Tensor
    depth: int
    code: Tensor
    order: Tensor
    inverse: Tensor
    found: dict[int, Tensor] = field(default_factory=dict, repr=False, compare=False)

    @cached_property
    def counts(self) -> list[int]:
        """The number of points of each cloud."""
        return [count for count in self.batch.bincount().tolist() if count]

    def neighbours(self, side: int) -> Tensor:
        """Return the point at each place of a kernel around each point, (N, side^3); looked up once."""
        if side not in self.found:
            self.found[side] = neighbours(self.grid, self.batch, side)
        return self.found[side]

    def patches(self, size: int, shared: bool) -> Patches:
        """Return the patches of any of the rows; where `shared`, none is longer than the smallest cloud."""
        cut = patches(self.counts, min(size, *self.counts) if shared else size)
        return replace(cut, pad=cut.pad.to(self.grid.device), unpad=cut.unpad.to(self.grid.device))

    def with_orders(self, places: Tensor) -> SerializedClouds:
        """Return the same with the curves in another sequence."""
        return replace(self, code=self.code[places], order=self.order[places], inverse=self.inverse[places])

    def joined(self, bits: int) -> tuple[SerializedClouds, Tensor]:
        """Return one point for each block of 2^bits cells a side, and the block of each point, (N,).

        Blocks are sorted by their code on the first curve. Where fewer than `bits` bits are left no points are joined,
        and sorting is all that happens.
        """
        bits = bits if bits <= self.depth else 0
        _, block, many = (self.code[0] >> 3 * bits).unique(return_inverse=True, return_counts=True)
        first = block.argsort()[many.cumsum(0) - many]  # a point of each block
        grid, code = self.grid[first] >> bits, self.code[:, first] >> 3 * bits
        return in_rows(grid, self.batch[first], self.depth - bits, code), block


def serialized(grid: Tensor, batch: Tensor, orders: Sequence[str]) -> SerializedClouds:
    """Put points in cells (N, 3) of the clouds `batch` (N,), both int64 from 0 on, in rows along the curves `orders`.

    Raises:
        ValueError: two points of a cloud lie in one cell, a coordinate is negative, or there are too many bits.
    """
    if not len(grid) or int(grid.min()) < 0:
        raise ValueError("cells are wanted whose coordinates are 0 or more; subtract the least of each cloud")
    depth = int(grid.max()).bit_length()
    clouds = in_rows(grid, batch, depth, torch.stack([codes(grid, batch, depth, name) for name in orders]))
    along = clouds.code[0][clouds.order[0]]
    if bool((along[1:] == along[:-1]).any()):
        raise ValueError("two points lie in one cell; keep one point of each cell")
    return clouds


def in_rows(grid: Tensor, batch: Tensor, depth: int, code: Tensor) -> SerializedClouds:
    """Return points with codes (O, N), sorted by each of them."""
    order = code.argsort()
    places = torch.arange(code.shape[1], device=code.device).expand_as(code)
    inverse = torch.empty_like(order).scatter_(1, order, places)
    return SerializedClouds(grid, batch, depth, code, order, inverse)
