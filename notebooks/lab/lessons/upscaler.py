"""The small upscaler's lessons: the same photographs for one that works on the small picture, or on the large one.

Recipe: crops of 72 x 72 pixels, made 24 x 24 by bicubic; the mean absolute error is lowered by Adam with a warm-up and
a cosine, and a running mean of the weights is kept.
"""

from __future__ import annotations

import numpy as np
from models.small_upscaler import SmallUpscaler, SmallUpscalerConfig
from torch import Tensor, nn

from lab.crops import Pictures, batches, crop, photographs
from lab.resize import resize
from lab.teaching import Batch, Lesson
from lab.tensors import to_tensor

BATCH, PATCH, SCALE = 8, 24, 3  # crops, pixels of the small crop, enlargement
ON_SMALL = SmallUpscalerConfig(SCALE, channels=24, layers=6)
ON_LARGE = SmallUpscalerConfig(SCALE, channels=24, layers=7, enlarges_first=True)  # one more: as many parameters
WIDE = SmallUpscalerConfig(SCALE, channels=78, layers=6)  # nearly the multiplications of ON_LARGE


def pair(pictures: Pictures, rng: np.random.Generator) -> Batch:
    """Return a small crop and the true one, (3, p, p) and (3, 3p, 3p) in [0, 1]."""
    large = crop(pictures, SCALE * PATCH, rng)
    return to_tensor(resize(large, PATCH, PATCH)), to_tensor(large)


def mean_absolute_error(network: SmallUpscaler, small: Tensor, large: Tensor) -> Tensor:
    """Return how far the enlarged crops are from the true ones."""
    return nn.functional.l1_loss(network(small), large)


def lesson(where: str, config: SmallUpscalerConfig) -> Lesson:
    """Return a lesson as long as the others."""
    return Lesson(
        f"Photographs shipped with scikit-image, enlarged 3 times by work {where}.",
        config,
        SmallUpscaler,
        batches(photographs, pair, BATCH),
        mean_absolute_error,
        steps=800,
        rate=2e-3,
        warm_up=50,
        average=0.99,
        recipe={"batch": BATCH, "patch": PATCH},
    )


LESSONS = {
    "upscaler-small-picture": lesson("on the small picture", ON_SMALL),
    "upscaler-large-picture": lesson("on the large picture", ON_LARGE),
    "upscaler-small-picture-wide": lesson("on the small picture, with more channels", WIDE),
}
