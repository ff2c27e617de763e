"""The small classifiers: the sizes of a sidecar, and the siblings one by one."""

from __future__ import annotations

from dataclasses import replace

import torch
from models.small_classifier import Siblings, SmallClassifier, SmallClassifierConfig

from lab import weights
from lab.cost import gmacs
from lab.weights import Design, Loaded

DESIGN = Design(
    name="classifier",
    full=lambda: Siblings(SmallClassifierConfig(siblings=5)),
    sized=lambda config: Siblings(SmallClassifierConfig(**config)),
    files=(),  # nobody published it
)


def taught(lesson: str, place: torch.device) -> Loaded:
    """Return the siblings of a lesson; nobody published larger ones, so they are no smaller than others."""
    return replace(weights.load(DESIGN, f"classifier-{lesson}", place), smaller=False)


def macs(network: SmallClassifier, side: int) -> float:
    """Return the multiplications with additions for one picture of so many pixels square, by counting."""
    config = network.config
    return 1e9 * gmacs(lambda: SmallClassifier(config), 1, 1, side, side)
