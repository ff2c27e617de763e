"""MSSNet's lessons: shaken or enlarged pictures beside sharp ones, by the recipe of its authors with fewer steps.

Recipe: the mean absolute error of all six outputs, and a tenth of that of their Fourier transforms, lowered by Adam
with a warm-up and a cosine on random crops, flipped and turned.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from models.mssnet import MSSNet, MSSNetConfig, half_by_corners
from torch import Tensor, nn

from lab import blur
from lab.crops import Maker, Pictures, batches, crop, drawings, photographs
from lab.resize import resize
from lab.teaching import Batch, Lesson
from lab.tensors import to_tensor

NARROW, SMALL = MSSNetConfig(8, 5, 5), MSSNetConfig(12, 8, 8)
BATCH, PATCH, MARGIN = 8, 48, 8  # crops, their side, what is cut off around them after blurring
DRAWN = drawings({"lines": 180, "text": 60, "icons": 60})
Spoil = Callable[[np.ndarray, np.random.Generator], np.ndarray]  # a sharp crop -> what the network is given


def shake(sharp: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Move the camera 3 to 9 pixels in any direction."""
    return blur.shaken(sharp, rng.uniform(3, 9), rng.uniform(0, 180), rng)


def shake_mostly(sharp: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Leave one crop in four as it is, shake the others."""
    return sharp if rng.random() < 0.25 else shake(sharp, rng)


def enlarge(sharp: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Make the crop 2 to 8 times smaller, then as large as before, both by bicubic."""
    side = len(sharp)
    small = max(4, round(side / rng.uniform(2, 8)))
    return resize(resize(sharp, small, small), side, side)


def pairs(spoil: Spoil) -> Callable[[Pictures, np.random.Generator], Batch]:
    """Return what draws a spoilt crop and the sharp one, both (3, p, p) in [0, 1]."""

    def pair(pictures: Pictures, rng: np.random.Generator) -> Batch:
        sharp = crop(pictures, PATCH + 2 * MARGIN, rng)
        inner = slice(MARGIN, -MARGIN)
        return to_tensor(spoil(sharp, rng)[inner, inner]), to_tensor(sharp[inner, inner])

    return pair


def error_of_all_outputs(network: MSSNet, spoilt: Tensor, sharp: Tensor) -> Tensor:
    """Return the sum over the six outputs of the error of pixels, and a tenth of that of frequencies."""
    outputs = network.outputs(spoilt)
    truths = [half_by_corners(sharp), *[sharp] * (len(outputs) - 1)]
    return sum(error(output, truth) for output, truth in zip(outputs, truths, strict=True))


def error(output: Tensor, truth: Tensor) -> Tensor:
    """Return the mean absolute error of pixels, and a tenth of that of frequencies, real and imaginary."""
    frequencies = [torch.view_as_real(torch.fft.fft2(picture)) for picture in (output, truth)]
    return nn.functional.l1_loss(output, truth) + 0.1 * nn.functional.l1_loss(*frequencies)


def lesson(says: str, pictures: Maker, spoil: Spoil, steps: int, config: MSSNetConfig = SMALL) -> Lesson:
    """Return a lesson on `pictures`, spoilt by `spoil`."""
    recipe = {"batch": BATCH, "patch": PATCH}
    prepare = batches(pictures, pairs(spoil), BATCH)
    return Lesson(says, config, MSSNet, prepare, error_of_all_outputs, steps, rate=5e-4, warm_up=50, recipe=recipe)


SHAKEN_PHOTOGRAPHS = "Photographs shipped with scikit-image, shaken along a line of 3 to 9 pixels."
LESSONS = {
    "mssnet-shaken-drawings": lesson(
        "Drawn lines, words and icons, shaken along a line of 3 to 9 pixels.", DRAWN, shake, steps=1000
    ),
    "mssnet-shaken-and-sharp-drawings": lesson(
        "The same drawings, three quarters of them shaken and one quarter as they are.",
        DRAWN,
        shake_mostly,
        steps=1000,
    ),
    "mssnet-enlarged-drawings": lesson(
        "The same drawings, reduced 2 to 8 times and enlarged again by bicubic.", DRAWN, enlarge, steps=1000
    ),
    "mssnet-shaken-photographs": lesson(SHAKEN_PHOTOGRAPHS, photographs, shake, steps=1400),
    "mssnet-shaken-photographs-narrow": lesson(SHAKEN_PHOTOGRAPHS, photographs, shake, steps=1400, config=NARROW),
}
