"""Points moved to a surface without a network: a curved sheet is fitted to the nearest measured points of each."""

from __future__ import annotations

import torch
from models.point_clouds import nearest, taken
from torch import Tensor

NEIGHBOURS = 8  # measured points that a sheet is fitted to; it has six coefficients


def projected(sparse: Tensor, queries: Tensor, neighbours: int = NEIGHBOURS) -> Tensor:
    """Return queries (B, q, 3) moved straight onto a sheet through points near them of sparse clouds (B, n, 3).

    The sheet is a height over the plane in which the neighbours lie most nearly: a quadratic, fitted by least squares
    in which near points count more.
    """
    near = taken(sparse, nearest(queries, sparse, neighbours))  # (B, q, k, 3)
    apart = near - queries[:, :, None]
    weight = torch.exp(-0.5 * apart.square().sum(-1) / apart.square().sum(-1).median(-1, keepdim=True).values)
    middle = (weight[..., None] * near).sum(-2) / weight.sum(-1)[..., None]  # (B, q, 3)
    _, _, axes = torch.linalg.svd(weight[..., None] * (near - middle[:, :, None]), full_matrices=False)
    flat = (near - queries[:, :, None]) @ axes.mT  # (B, q, k, 3): along the plane twice, then its height
    terms = quadratic(flat[..., :2])  # (B, q, k, 6)
    fitted = torch.linalg.lstsq(weight[..., None] * terms, (weight * flat[..., 2])[..., None]).solution
    return queries + fitted[..., :1, 0] * axes[..., 2, :]  # at the query itself only the constant is left


def quadratic(plane: Tensor) -> Tensor:
    """Return 1, x, y, x x, x y and y y of places (..., 2), (..., 6)."""
    x, y = plane.unbind(-1)
    return torch.stack((torch.ones_like(x), x, y, x * x, x * y, y * y), dim=-1)
