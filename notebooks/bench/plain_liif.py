"""LIIF in the order of the official code: the peer that the fast forms are measured against.

All features are unfolded again for each chunk, four samplings fetch them, and the answers are joined at the end.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F  # noqa: N812 (its usual name)
from models.liif import CORNERS, LIIF, NUDGE, grid_queries, pixel_centres
from torch import Tensor

CHUNK = 30_000  # queries at a time, as the official demonstration asks them


class PlainLIIF(LIIF):
    """A LIIF with the official switches that computes each answer from the beginning."""

    def render(self, picture: Tensor, height: int, width: int, chunk: int = CHUNK) -> Tensor:
        """Return the raw answers for a whole grid, (B, height, width, 3), for pictures (B, 3, h, w) in [-1, 1]."""
        features = self.encoder.features(picture)  # (B, F, h, w)
        coord, cell = (q.expand(len(picture), -1, -1) for q in grid_queries(height, width, picture.device))
        parts = [
            self.ask(features, coord[:, start : start + chunk], cell[:, start : start + chunk])
            for start in range(0, height * width, chunk)
        ]
        return torch.cat(parts, dim=1).unflatten(1, (height, width))

    def forward(self, picture: Tensor, height: int, width: int, chunk: int = CHUNK) -> Tensor:
        """Return pictures (B, 3, h, w) in [0, 1] drawn again with height x width pixels, clamped to [0, 1]."""
        return super().forward(picture, height, width, chunk)

    def ask(self, features: Tensor, coord: Tensor, cell: Tensor) -> Tensor:
        """Return the colours in [-1, 1], (B, Q, 3), for features (B, F, h, w) at `coord` and `cell` (B, Q, 2)."""
        h, w = features.shape[-2:]
        unfolded = F.unfold(features, 3, padding=1).unflatten(2, (h, w))  # (B, 9 F, h, w)
        rows, columns = (pixel_centres(n, coord.device) for n in (h, w))
        centres = torch.stack(torch.meshgrid(rows, columns, indexing="ij")).expand(len(coord), 2, h, w)
        size = torch.tensor((h, w), device=coord.device)
        answers, areas = [], []
        for corner in CORNERS:
            moved = coord + torch.tensor(corner, device=coord.device) / size + NUDGE
            place = moved.clamp(-1 + NUDGE, 1 - NUDGE).flip(-1)[:, None]  # (B, 1, Q, 2) as (x, y)
            offset = (coord - sampled(centres, place)) * size  # (B, Q, 2)
            answers.append(self.imnet(torch.cat((sampled(unfolded, place), offset, cell * size), dim=-1)))
            areas.append(offset.prod(-1, keepdim=True).abs() + 1e-9)
        total = sum(areas)
        return sum(answer * (area / total) for answer, area in zip(answers, reversed(areas), strict=True))


def sampled(grid: Tensor, place: Tensor) -> Tensor:
    """Return the nearest of the values (B, C, h, w) at (B, 1, Q, 2), as (B, Q, C)."""
    return F.grid_sample(grid, place, mode="nearest", align_corners=False)[:, :, 0].mT
