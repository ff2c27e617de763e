"""Curves that visit every cell of a cube once: each cell's place on the curve, so that points can be put in a row.

Sources: Morton, "A computer oriented geodetic data base and a new technique in file sequencing", 1966, for the
z-order; Skilling, "Programming the Hilbert curve", AIP Conference Proceedings 707, 2004, for Hilbert's curve. The axes
are taken as in the repository Pointcept/PointTransformerV3: x is the most significant one.

Shapes: N cells of a cube whose side has 2^depth cells.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

DEEPEST = 16  # bits of a coordinate
SPREAD = (  # how far the bits of a number move apart, and which of them have then arrived
    (32, 0x001F00000000FFFF),
    (16, 0x001F0000FF0000FF),
    (8, 0x100F00F00F00F00F),
    (4, 0x10C30C30C30C30C3),
    (2, 0x1249249249249249),
)


def spread(bits: Tensor) -> Tensor:
    """Return numbers with two zeros before each of their bits: bit i becomes bit 3 i."""
    for shift, arrived in SPREAD:
        bits = (bits | bits << shift) & arrived
    return bits


def interleaved(x: Tensor, y: Tensor, z: Tensor) -> Tensor:
    """Return numbers made of the bits of three in turn: bit i of x, y and z becomes bit 3 i + 2, 3 i + 1 and 3 i."""
    return spread(x) << 2 | spread(y) << 1 | spread(z)


def z_order(grid: Tensor, _: int) -> Tensor:
    """Return where cells (N, 3) lie on the curve that halves the cube by x, then by y, then by z, and so on, (N,)."""
    return interleaved(*grid.unbind(-1))


def hilbert(grid: Tensor, depth: int) -> Tensor:
    """Return where cells (N, 3) lie on Hilbert's curve, whose next cell always shares a side, (N,).

    The z-order jumps because every block of cells is walked through in the same direction. Here each block is turned
    first so that it begins where the one before ended; the order in which blocks follow each other is a Gray code.
    """
    axes = list(grid.unbind(-1))
    for bit in reversed(range(depth)):
        low = (1 << bit) - 1  # all bits below
        for i in range(3):
            far = (axes[i] >> bit & 1).bool()
            differ = (axes[0] ^ axes[i]) & low
            axes[0] = axes[0] ^ torch.where(far, low, differ)  # mirrored in the far half, else exchanged with axis i
            axes[i] = axes[i] ^ torch.where(far, 0, differ)
    place = interleaved(*axes)
    for shift in (1, 2, 4, 8, 16, 32):  # from the Gray code to the number
        place = place ^ place >> shift
    return place


def with_x_and_y_exchanged(curve: Callable[[Tensor, int], Tensor]) -> Callable[[Tensor, int], Tensor]:
    """Return the same curve through the mirrored cube."""
    return lambda grid, depth: curve(grid[..., [1, 0, 2]], depth)


CURVES = {
    "z": z_order,
    "z-trans": with_x_and_y_exchanged(z_order),
    "hilbert": hilbert,
    "hilbert-trans": with_x_and_y_exchanged(hilbert),
}


def codes(grid: Tensor, batch: Tensor, depth: int, order: str) -> Tensor:
    """Return the place on a curve of each cell (N, 3) of the clouds that `batch` (N,) counts, cloud after cloud, (N,).

    Dropping the last 3 b bits of a code gives the code of the block of 2^b cells a side in which the cell lies.

    Raises:
        ValueError: a coordinate or the number of clouds does not fit into 63 bits, or the curve is unknown.
    """
    if order not in CURVES:
        raise ValueError(f"no curve is called {order!r}; there are {', '.join(CURVES)}")
    clouds = int(batch.max()) if len(batch) else 0
    if depth > DEEPEST or 3 * depth + clouds.bit_length() > 63:
        raise ValueError(f"{clouds + 1} clouds with coordinates of {depth} bits do not fit into a code of 63 bits")
    return batch << 3 * depth | CURVES[order](grid, depth)
