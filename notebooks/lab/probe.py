"""How much a linear layer can read from features, whatever they were made for: classes, or the picture itself."""

from __future__ import annotations

import torch
from torch import Tensor

STEPS = 40  # of a method that looks at all places in each
RIDGE = 1e-4  # keeps weights small, for each place


def places(maps: Tensor) -> Tensor:
    """Return the places of maps (B, C, H, W) as rows with a one behind them, (B H W, C + 1)."""
    rows = maps.transpose(0, 1).flatten(1).T
    return torch.cat([rows, torch.ones_like(rows[:, :1])], dim=1)


def classifier(maps: Tensor, shares: Tensor) -> Tensor:
    """Return the weights (C + 1, K) that tell the share of each class (B, K, H, W) best by the cross-entropy."""
    rows, wanted = places(maps), shares.transpose(0, 1).flatten(1).T
    weights = torch.zeros(rows.shape[1], wanted.shape[1], requires_grad=True)
    optimiser = torch.optim.LBFGS([weights], max_iter=STEPS, line_search_fn="strong_wolfe")

    def loss() -> Tensor:
        optimiser.zero_grad()
        entropy = -((rows @ weights).log_softmax(1) * wanted).sum(1).mean() + RIDGE * weights.square().sum()
        entropy.backward()
        return entropy

    optimiser.step(loss)
    return weights.detach()


def named(maps: Tensor, weights: Tensor) -> Tensor:
    """Return the class that is told at each place of maps (B, C, H, W), (B, H, W)."""
    return (places(maps) @ weights).argmax(1).view(len(maps), *maps.shape[-2:])


def regression(maps: Tensor, wanted: Tensor) -> Tensor:
    """Return the weights (C + 1, D) that tell values (B, D, H, W) best by the squared error."""
    rows, values = places(maps).double(), wanted.transpose(0, 1).flatten(1).T.double()
    square = rows.T @ rows + RIDGE * len(rows) * torch.eye(rows.shape[1], dtype=rows.dtype)
    return torch.linalg.solve(square, rows.T @ values).float()


def read(maps: Tensor, weights: Tensor) -> Tensor:
    """Return the values that are told at each place of maps (B, C, H, W), (B, D, H, W)."""
    return (places(maps) @ weights).T.view(-1, len(maps), *maps.shape[-2:]).transpose(0, 1)
