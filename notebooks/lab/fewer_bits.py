"""Store the weights of a network in fewer bits: it takes less space, for the same work."""

from __future__ import annotations

import copy
from dataclasses import replace

import torch
from torch import Tensor, nn

from lab.weights import Loaded


@torch.no_grad()
def rounded(values: Tensor, bits: int) -> Tensor:
    """Return values, of which each row (its first axis) keeps at most 2^bits - 1 evenly spaced levels around zero.

    Raises:
        ValueError: fewer than two bits, which leave no level beside zero.
    """
    if bits < 2:
        raise ValueError(f"two bits or more (got {bits})")
    rows = values.reshape(len(values), -1)
    step = rows.abs().amax(dim=1, keepdim=True).clamp_min(torch.finfo(values.dtype).tiny) / (2 ** (bits - 1) - 1)
    return ((rows / step).round() * step).reshape(values.shape)


@torch.no_grad()
def in_bits(loaded: Loaded, bits: int) -> Loaded:
    """Return a network whose convolutions keep their weights in so many bits; everything else is as it was."""
    network = copy.deepcopy(loaded.network)
    for part in network.modules():
        if isinstance(part, nn.Conv2d):
            part.weight.copy_(rounded(part.weight, bits))
    return replace(loaded, network=network)


def megabytes(network: nn.Module, bits: int) -> float:
    """Return millions of bytes of a network's convolutions in so many bits, with one 16-bit step for each row."""
    weights = [part.weight for part in network.modules() if isinstance(part, nn.Conv2d)]
    return sum(weight.numel() * bits + len(weight) * 16 for weight in weights) / 8 / 1e6
