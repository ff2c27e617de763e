"""Convolution over the occupied cells of a 3-D grid alone: empty cells neither give nor get an answer.

Source: Graham, Engelcke and van der Maaten, "3D Semantic Segmentation with Submanifold Sparse Convolutional Networks",
CVPR 2018; the weight is laid out as in the library spconv 2: (out, kx, ky, kz, in), kx along x.
Differs from the library: neighbours are looked up by a sorted key of their cell and gathered in plain tensor
operations, so that it runs wherever tensors do.

Shapes: N occupied cells, C channels, a kernel of k x k x k cells.
"""

from __future__ import annotations

from itertools import product

import torch
from torch import Tensor, nn

ROWS = 2**14  # cells whose neighbours are gathered at a time


def neighbours(grid: Tensor, batch: Tensor, side: int) -> Tensor:
    """Return the row of the cell at each place of a kernel around each cell (N, 3) of the clouds `batch` (N,).

    Each row of the answer (N, side^3) runs through the places, z fastest; N stands for an empty cell.
    """
    reach, width = side // 2, int(grid.max()) + side  # a margin, so that no key means a cell of the next row
    x, y, z = (grid + reach).unbind(-1)
    known, row = (((batch * width + x) * width + y) * width + z).sort()  # (N,)
    found = []
    for dx, dy, dz in product(range(-reach, reach + 1), repeat=3):
        wanted = known + (dx * width + dy) * width + dz
        place = torch.searchsorted(known, wanted).clamp(max=len(known) - 1)
        found.append(torch.where(known[place] == wanted, row[place], len(known)))
    return torch.stack(found, dim=1)[row.argsort()]


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

    def forward(self, x: Tensor, near: Tensor) -> Tensor:
        """Map (N, inputs) to (N, outputs), given what `neighbours` found for cells and this side."""
        kernel, known = self.weight.flatten(1), torch.cat([x, x.new_zeros(1, x.shape[1])])  # an empty cell is zero
        answers = []
        for part in near.split(ROWS):
            heard = known.index_select(0, part.flatten()).view(len(part), -1)  # (rows, side^3 inputs)
            answers.append(nn.functional.linear(heard, kernel, self.bias))
        return torch.cat(answers)
