"""The lessons of encoders that know no shapes yet: which lines belong to which filled letters, digits and icons.

Recipe: three encoders learn side by side, each from a beginning and from glyphs of its own; the sum of the contrastive
losses of their last layers is lowered by Adam with a warm-up and a cosine.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from models.sketch_similarity import TEMPERATURE, EncoderConfig, Encoders, contrast, described
from torch import Tensor

from lab import glyphs
from lab.teaching import Batch, Lesson

PAIRS, BATCH, SEEDS = 800, 32, 3  # pairs of each encoder; pairs at a time; encoders


def mismatched(network: Encoders, lines: Tensor, filled: Tensor) -> Tensor:
    """Return the sum of the encoders' contrastive losses for (S, B, 1, H, W) of both, whose rows belong together."""
    losses = []
    for encoder, one, other in zip(network.each, lines, filled, strict=True):
        features = encoder.maps(torch.cat((one, other)).expand(-1, 3, -1, -1))[-1]
        losses.append(contrast(*described(features).split(len(one))))
    return torch.stack(losses).sum()


def drawn(_: int) -> Callable[[np.random.Generator], Batch]:
    """Return what draws one batch: lines and filled glyphs, (S, B, 1, H, W) each."""
    each = [[pair(100 + seed, i) for i in range(PAIRS)] for seed in range(SEEDS)]

    def draw(rng: np.random.Generator) -> Batch:
        chosen = [one[i] for one in each for i in rng.choice(PAIRS, BATCH, replace=False)]
        return tuple(torch.stack(column).unflatten(0, (SEEDS, BATCH)) for column in zip(*chosen, strict=True))

    return draw


def pair(seed: int, number: int) -> tuple[Tensor, ...]:
    """Return lines and filled glyphs, (1, H, W) each; the same arguments give the same ones."""
    return tuple(torch.from_numpy(each)[None] for each in glyphs.pair(np.random.default_rng([seed, number])))


LESSONS = {
    "glyphs-resnet": Lesson(
        f"Capitals, digits and icons of 48 x 48 pixels, {PAIRS:,} pairs for each of three ResNets.",
        EncoderConfig(SEEDS),
        Encoders,
        drawn,
        mismatched,
        steps=200,
        rate=3e-3,
        warm_up=50,
        recipe={"batch": BATCH, "pairs": PAIRS, "temperature": TEMPERATURE},
    )
}
