"""Convolution over the occupied cells of a 3-D grid alone: empty cells neither give nor get an answer.

Source: Graham, Engelcke and van der Maaten, "3D Semantic Segmentation with Submanifold Sparse Convolutional Networks",
CVPR 2018; the weight is laid out as in the library spconv 2: (out, kx, ky, kz, in), kx along x.
Differs from the library: neighbours are looked up by a sorted key of their cell, in plain tensor operations, so that it
runs wherever tensors do.

Shapes: N occupied cells, C channels, a kernel of k x k x k cells.
"""

from __future__ import annotations

from itertools import product

import torch
from torch import Tensor, nn

Pairs = list[tuple[Tensor, Tensor]]  # for each place of the kernel: rows that hear, and the rows that they hear


def neighbours(grid: Tensor, batch: Tensor, side: int) -> Pairs:
    """Return which cells (N, 3) of the clouds `batch` (N,) hear which, for each of the side^3 places of a kernel.

    The places run along z fastest; the first half of them is looked up, the second is the first, seen the other way.
    """
    reach, width = side // 2, int(grid.max()) + side  # a margin, so that no key means a cell of the next row
    x, y, z = (grid + reach).unbind(-1)
    key = ((batch * width + x) * width + y) * width + z  # (N,)
    known, row = key.sort()
    pairs = []
    for dx, dy, dz in list(product(range(-reach, reach + 1), repeat=3))[: side**3 // 2]:
        wanted = key + (dx * width + dy) * width + dz
        place = torch.searchsorted(known, wanted).clamp(max=len(known) - 1)
        hears = (known[place] == wanted).nonzero().flatten()
        pairs.append((hears, row[place[hears]]))
    every = torch.arange(len(key), device=key.device)
    return [*pairs, (every, every), *((heard, hears) for hears, heard in reversed(pairs))]


class SubmanifoldConvolution(nn.Module):
    """A convolution whose answers stand where its inputs stand; `side` is odd."""

    def __init__(self, inputs: int, outputs: int, side: int, bias: bool = True) -> None:
        """Build the kernel, drawn as a dense convolution's."""
        super().__init__()
        self.side = side
        self.weight = nn.Parameter(torch.empty(outputs, side, side, side, inputs))
        self.bias = nn.Parameter(torch.zeros(outputs)) if bias else None
        bound = (inputs * side**3) ** -0.5
        nn.init.uniform_(self.weight, -bound, bound)

    def forward(self, x: Tensor, pairs: Pairs) -> Tensor:
        """Map (N, inputs) to (N, outputs), given what `neighbours` found for cells and this side."""
        kernel = self.weight.flatten(1, 3).unbind(1)  # side^3 times (out, in)
        middle = len(kernel) // 2
        answer = nn.functional.linear(x, kernel[middle], self.bias)  # (N, out)
        for place, (hears, heard) in enumerate(pairs):
            if place != middle and len(hears):
                answer.index_add_(0, hears, x[heard] @ kernel[place].T)
        return answer
