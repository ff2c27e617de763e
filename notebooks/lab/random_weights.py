"""Stands for networks with random weights in figures that tell what they cost or compute, not how good they are.

The network in it holds nothing and cannot be asked.
"""

from __future__ import annotations

from torch import nn

from lab.weights import Loaded

AT_RANDOM = Loaded(nn.Module(), "untrained", smaller=False, file=None)
