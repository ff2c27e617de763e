"""LIIF: a picture as a function of position, so that one network draws it at any size.

Source: Chen, Liu and Wang, "Learning Continuous Image Representation with Local Implicit Image Function", CVPR 2021;
the graph is that of models/liif.py and models/mlp.py in the repository yinboc/liif.
Differs from the repository: the MLP's first layer reads 3 x 3 features, so it is computed once per small pixel, as a
convolution, instead of four times per query; the answers go into one array; it runs on any device.

Shapes: B pictures, F features, D width of the MLP, h x w pixels of the small picture, H x W of the large one,
Q queries, positions as (row, column) in [-1, 1].
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
import torch.nn.functional as F  # noqa: N812 (its usual name)
from einops import rearrange
from torch import Tensor, nn

from models.edsr import EDSR, EDSRConfig

CORNERS = ((-1, -1), (-1, 1), (1, -1), (1, 1))
NUDGE = 1e-6  # decides which neighbour is read where a query lies on the border of two


@dataclass(frozen=True)
class LIIFConfig:
    """Sizes and switches; the defaults are those of the official EDSR-baseline checkpoint."""

    n_resblocks: int = 16
    n_feats: int = 64
    hidden: tuple[int, ...] = (256, 256, 256, 256)
    feat_unfold: bool = True  # a query sees the 3 x 3 features around it
    cell_decode: bool = True  # a query knows the size of the pixel it is asked for
    local_ensemble: bool = True  # four neighbours answer, weighted by area

    @property
    def seen(self) -> int:
        """How many numbers of features a query sees of the small pixel that answers."""
        return self.n_feats * (9 if self.feat_unfold else 1)


def pixel_centres(n: int, device: torch.device | None = None) -> Tensor:
    """Return the centres of n pixels on [-1, 1], (n,) in float32.

    The form matters to the last bit: at odd scales some queries lie on a border, and rounding decides for a neighbour.
    """
    return -1 + 1 / n + (2 / n) * torch.arange(n, device=device).float()


def grid_queries(height: int, width: int, device: torch.device | None = None) -> tuple[Tensor, Tensor]:
    """Return coordinates and cells of all pixels of a picture in reading order, both (1, height * width, 2)."""
    rows, columns = pixel_centres(height, device), pixel_centres(width, device)
    coord = torch.stack(torch.meshgrid(rows, columns, indexing="ij"), dim=-1).reshape(1, -1, 2)
    cell = torch.tensor([2 / height, 2 / width], device=device).expand_as(coord)
    return coord, cell


class MLP(nn.Module):
    """Linear layers with ReLU between them."""

    def __init__(self, inputs: int, outputs: int, hidden: tuple[int, ...]) -> None:
        """Build the layers; `hidden` holds the widths between input and output."""
        super().__init__()
        layers: list[nn.Module] = []
        for width in hidden:
            layers += [nn.Linear(inputs, width), nn.ReLU()]
            inputs = width
        self.layers = nn.Sequential(*layers, nn.Linear(inputs, outputs))

    def forward(self, x: Tensor) -> Tensor:
        """Map the last dimension."""
        return self.layers(x)


class LIIF(nn.Module):
    """An encoder that describes each small pixel, and an MLP that is asked for the colour at a position."""

    def __init__(self, config: LIIFConfig = LIIFConfig()) -> None:
        """Build the layers in the order of the checkpoint."""
        super().__init__()
        self.config = config
        self.encoder = EDSR(EDSRConfig(config.n_resblocks, config.n_feats))
        inputs = config.seen + 2 + (2 if config.cell_decode else 0)
        self.imnet = MLP(inputs, 3, config.hidden)

    def encode(self, picture: Tensor) -> Tensor:
        """Return the MLP's first layer before its ReLU, (B, D, h, w), of pictures (B, 3, h, w) in [-1, 1].

        Only the part that the features decide: `query` adds what the position and the cell do.
        """
        features = self.encoder.features(picture)  # (B, F, h, w)
        first, side = self.imnet.layers[0], 3 if self.config.feat_unfold else 1
        kernel = first.weight[:, : self.config.seen].unflatten(1, (-1, side, side))  # (D, F, 3, 3)
        return F.conv2d(features, kernel, first.bias, padding=side // 2)  # (B, D, h, w)

    def query(self, encoded: Tensor, coord: Tensor, cell: Tensor) -> Tensor:
        """Return the colours in [-1, 1], (B, Q, 3), at `coord` (B, Q, 2) for pixels of size `cell` (B, Q, 2)."""
        size = torch.tensor(encoded.shape[-2:], dtype=coord.dtype, device=coord.device)  # (h, w)
        rows = rearrange(encoded, "b d h w -> (b h w) d")
        places = self.imnet.layers[0].weight[:, self.config.seen :].float().T
        by_offset, by_cell = places[:2], places[2:]  # (2, D), (2, D) or (0, D) without cells
        of_cell = (cell * size @ by_cell).to(rows.dtype) if self.config.cell_decode else 0.0  # (B, Q, D)
        answers, areas = [], []
        for corner in CORNERS if self.config.local_ensemble else (None,):
            index, offset = nearest(coord, size, corner)  # (B, Q), (B, Q, 2)
            found = rows.index_select(0, index.flatten()).unflatten(0, index.shape)  # (B, Q, D)
            of_place = (offset @ by_offset).to(rows.dtype)  # (B, Q, D)
            answers.append(self.imnet.layers[1:](found + of_place + of_cell))  # (B, Q, 3)
            areas.append(offset.prod(-1, keepdim=True).abs() + 1e-9)  # (B, Q, 1)
        # A neighbour counts by the area of the rectangle on the other side of the query: order reversed.
        total = sum(areas)
        return sum(answer * (area / total) for answer, area in zip(answers, reversed(areas), strict=True))

    def render(self, picture: Tensor, height: int, width: int, chunk: int = 1024) -> Tensor:
        """Return the raw answers for a whole grid, (B, height, width, 3), for pictures (B, 3, h, w) in [-1, 1].

        `chunk` queries are asked at a time: 256 to 1,024 fit the cache of a CPU; a GPU likes 100,000.
        """
        encoded = self.encode(picture)  # (B, D, h, w)
        coord, cell = (
            q.expand(len(picture), -1, -1) for q in grid_queries(height, width, picture.device)
        )  # (B, HW, 2)
        answers = picture.new_empty(len(picture), height * width, 3)
        for start in range(0, height * width, chunk):
            part = slice(start, start + chunk)
            answers[:, part] = self.query(encoded, coord[:, part], cell[:, part])
        return rearrange(answers, "b (h w) c -> b h w c", h=height)

    def forward(self, picture: Tensor, height: int, width: int, chunk: int = 1024) -> Tensor:
        """Return pictures (B, 3, h, w) in [0, 1] drawn again with height x width pixels, clamped to [0, 1]."""
        answers = self.render(picture * 2 - 1, height, width, chunk)  # (B, H, W, 3)
        return rearrange(answers / 2 + 0.5, "b h w c -> b c h w").clamp(0, 1)


def nearest(coord: Tensor, size: Tensor, corner: tuple[int, int] | None) -> tuple[Tensor, Tensor]:
    """Return the neighbour of each query towards a corner: its row in the table of pixels, and how far it lies.

    `coord` is (B, Q, 2), `size` is (h, w) as floats. The row is (B, Q), counted over all B pictures; the offset of the
    query from the neighbour's centre is (B, Q, 2) in halves of small pixels. Without a corner the nearest answers.
    """
    h, w = (int(n) for n in size)
    shift = torch.tensor(corner, device=coord.device) / size + NUDGE if corner else 0.0
    moved = (coord + shift).clamp(-1 + NUDGE, 1 - NUDGE)
    place = (((moved + 1) * size - 1) / 2).round().long()  # (B, Q, 2): row and column of the nearest small pixel
    place = torch.minimum(place.clamp(min=0), size.long() - 1)
    row, column = place.unbind(-1)
    centre = torch.stack((pixel_centres(h, coord.device)[row], pixel_centres(w, coord.device)[column]), dim=-1)
    first = torch.arange(len(coord), device=coord.device)[:, None] * (h * w)
    return first + row * w + column, (coord - centre) * size
