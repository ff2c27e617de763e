"""LIIF drawn in bands of rows, so that a picture of any height needs bounded memory.

Source: as models/liif.py, whose numbers these are; no paper describes the bands.
Differs from models/liif.py: only a whole grid can be asked for. There the row of a query decides one part of where it
lies and its column the other, so both are worked out once per row and column, and no coordinate is kept per query; the
small picture is encoded a band at a time, each band with the border that its convolutions see. A bias b is not added to
what each query gives: max(0, x + b) is max(-b, x) + b, and what the next layer makes of that b is worked out once.

Shapes: as in models/liif.py; n small rows in a band, R x C queries in a block.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import torch
import torch.nn.functional as F  # noqa: N812 (its usual name)
from torch import Tensor

from models.liif import LIIF, LIIFConfig, nearest, pixel_centres

OFFICIAL = LIIFConfig()
PIXELS = 2**17  # small pixels in a band: 256 numbers for each are 128 MB
ROWS = 32  # in a band at least: its border is encoded again for the next


@dataclass(frozen=True)
class Neighbours:
    """For each place along one side of the large picture: which small pixel answers, and how far off it is."""

    place: Tensor  # (n,)
    offset: Tensor  # (n,) in halves of small pixels


class Band(NamedTuple):
    """Large rows from `start` to before `stop`, which the small rows from `first` to before `last` answer."""

    start: int
    stop: int
    first: int
    last: int


def neighbours(small: int, large: int, shift: int | None, device: torch.device) -> Neighbours:
    """Return the neighbours towards one side (`shift` -1 or 1), or the nearest; the very numbers of models/liif.py."""
    coord = pixel_centres(large, device)[None, :, None].expand(1, large, 2)
    size = torch.tensor((small, small), dtype=coord.dtype, device=device)
    index, offset = nearest(coord, size, None if shift is None else (shift, shift))
    return Neighbours(index[0] // small, offset[0, :, 0])


class LIIFInBands(LIIF):
    """A LIIF that draws whole pictures band by band."""

    def __init__(self, config: LIIFConfig = OFFICIAL) -> None:
        """Build the layers in the order of the checkpoint."""
        super().__init__(config)
        self.border = 2 * config.n_resblocks + 2 + (1 if config.feat_unfold else 0)  # rows a feature sees around it

    def render(self, picture: Tensor, height: int, width: int, chunk: int = 1024) -> Tensor:
        """Return the raw answers for a whole grid, (B, height, width, 3), for pictures (B, 3, h, w) in [-1, 1].

        `chunk` queries are asked at a time.
        """
        h, w = picture.shape[-2:]
        rows, columns = self.sides(h, height, picture.device), self.sides(w, width, picture.device)
        by_cell = torch.tensor((2 / height * h, 2 / width * w), device=picture.device)
        answers = picture.new_empty(len(picture), height, width, 3)
        for one, drawn in zip(picture.split(1), answers, strict=True):
            for band in bands(rows, w):
                lines = slice(band.start, band.stop)
                here = [Neighbours(side.place[lines] - band.first, side.offset[lines]) for side in rows]
                self.draw(self.encode_band(one, band), here, columns, by_cell, drawn[lines], chunk)
        return answers

    def forward(self, picture: Tensor, height: int, width: int, chunk: int = 1024) -> Tensor:
        """Return pictures (B, 3, h, w) in [0, 1] drawn again with height x width pixels, clamped to [0, 1].

        The answers are changed where they lie: for a large picture each copy would be what takes most memory.
        """
        answers = self.render(picture * 2 - 1, height, width, chunk)  # (B, H, W, 3)
        return answers.div_(2).add_(0.5).clamp_(0, 1).permute(0, 3, 1, 2)  # (B, 3, H, W)

    def sides(self, small: int, large: int, device: torch.device) -> list[Neighbours]:
        """Return the neighbours of each of `large` places along a side of `small` pixels: on each hand, or nearest."""
        hands = (-1, 1) if self.config.local_ensemble else (None,)
        return [neighbours(small, large, hand, device) for hand in hands]

    def encode_band(self, picture: Tensor, band: Band) -> Tensor:
        """Return what `encode` says of the small rows of a band of a picture (1, 3, h, w), (n, w, D)."""
        around = self.around(band, picture.shape[-2])
        encoded = self.encode(picture[..., around, :])  # (1, D, n + border, w)
        return encoded[0, :, band.first - around.start : band.last - around.start].permute(1, 2, 0).contiguous()

    def around(self, band: Band, height: int) -> slice:
        """Return which of so many small rows are encoded for a band: its own, and those that their features see."""
        return slice(max(band.first - self.border, 0), min(band.last + self.border, height))

    def draw(
        self,
        table: Tensor,
        rows: list[Neighbours],
        columns: list[Neighbours],
        cell: Tensor,
        drawn: Tensor,
        chunk: int,
    ) -> None:
        """Write the answers of one band into `drawn`, (rows, W, 3), a block of at most `chunk` queries at a time."""
        by_row, by_column, *by_cell = self.imnet.layers[0].weight[:, self.config.seen :].float().T  # (D,) each
        of_cell = cell[0] * by_cell[0] + cell[1] * by_cell[1] if by_cell else torch.zeros_like(by_row)
        later = self.later_layers()
        height, width = drawn.shape[:2]
        C = min(width, chunk)
        R = max(chunk // C, 1)
        for left in range(0, width, C):
            across = [Neighbours(side.place[left : left + C], side.offset[left : left + C]) for side in columns]
            of_columns = [(side.offset[:, None] * by_column + of_cell).to(table.dtype) for side in across]  # (C, D)
            for top in range(0, height, R):
                down = [Neighbours(side.place[top : top + R], side.offset[top : top + R]) for side in rows]
                of_rows = [(side.offset[:, None, None] * by_row).to(table.dtype) for side in down]  # (R, 1, D)
                tables = [table[side.place] + of_row for side, of_row in zip(down, of_rows, strict=True)]  # (R, w, D)
                drawn[top : top + R, left : left + C] = block(tables, down, across, of_columns, later)

    def later_layers(self) -> list[tuple[Tensor, Tensor]]:
        """Return weights (E, D) and floors (E,) of the layers after the first, which `answer` asks.

        A floor is minus what is left out: the bias, and what the layer makes of that which was left out before it.
        """
        found: list[tuple[Tensor, Tensor]] = []
        for layer in self.imnet.layers[2::2]:
            before = layer.weight @ found[-1][1] if found else 0.0
            found.append((layer.weight, before - layer.bias))
        return found


def block(
    tables: list[Tensor],
    down: list[Neighbours],
    across: list[Neighbours],
    of_columns: list[Tensor],
    later: list[tuple[Tensor, Tensor]],
) -> Tensor:
    """Return the answers of a block of queries, (R, C, 3), from the small rows that answer it, (R, w, D) each."""
    answers, areas = [], []
    for table, row in zip(tables, down, strict=True):
        for column, of_column in zip(across, of_columns, strict=True):
            found = table.index_select(1, column.place).add_(of_column)  # (R, C, D)
            answers.append(answer(found, later))  # (R, C, 3)
            areas.append((row.offset[:, None] * column.offset).abs()[..., None] + 1e-9)  # (R, C, 1)
    total = sum(areas)
    return sum(one * (area / total) for one, area in zip(answers, reversed(areas), strict=True))


def answer(x: Tensor, later: list[tuple[Tensor, Tensor]]) -> Tensor:
    """Return what the MLP says after its first layer, (R, C, 3), of (R, C, D), which is overwritten."""
    (*hidden, (last, floor_of_last)), size = later, x.shape[:2]
    x = F.relu_(x.flatten(0, 1))  # (R C, D)
    for weight, floor in hidden:
        x = x @ weight.T
        x = torch.maximum(x, floor, out=x)
    return (last @ x.T).T.unflatten(0, size) - floor_of_last  # in this order a CPU is quicker with three colours


def bands(rows: list[Neighbours], width: int) -> Iterator[Band]:
    """Yield bands that read at most PIXELS small pixels, in rows of `width`, or ROWS rows where these are wide."""
    low, high, most = rows[0].place.tolist(), rows[-1].place.tolist(), max(ROWS, PIXELS // width)
    start = 0
    for stop in range(1, len(high) + 1):
        if stop == len(high) or high[stop] - low[start] >= most:
            yield Band(start, stop, low[start], high[stop - 1] + 1)
            start = stop
