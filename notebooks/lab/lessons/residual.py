"""The lesson of residual diffusion: what bicubic resizing leaves out of a painting that it enlarges twelve times."""

from __future__ import annotations

import numpy as np
import torch
from models.residual_diffusion import ResidualDiffusion, ResidualDiffusionConfig
from models.small_denoiser import STEPS, noised
from torch import Tensor, nn

from lab import painting
from lab.crops import Pictures, batches, crop
from lab.resize import resize, shrunk
from lab.teaching import Batch, Lesson
from lab.tensors import to_tensor

SCALE, SIDE, PICTURES = 12, 16, 80  # of the enlargement; of the tiny picture; paintings
BATCH, PATCH = 8, 48
CONFIG = ResidualDiffusionConfig(channels=(56, 56, 56), spread=(0.23, 0.07, 0.07))


def pairs(seed: int) -> Pictures:
    """Return paintings with their enlargements, six channels each: the painting, then what bicubic makes of it."""
    return [
        np.concatenate([truth, resize(shrunk(truth, SCALE)[1], *truth.shape[:2])], axis=-1)
        for truth in painting.pictures(PICTURES, seed, SIDE, SCALE)
    ]


def cropped(pictures: Pictures, rng: np.random.Generator) -> Batch:
    """Return a piece of a painting, its enlargement, steps of noise, and the noise: (3, p, p) twice, (), (3, p, p)."""
    truth, soft = (2 * to_tensor(crop(pictures, PATCH, rng)) - 1).split(3)
    noise = torch.from_numpy(rng.standard_normal(truth.shape, dtype=np.float32))
    return truth, soft, torch.tensor(int(rng.integers(STEPS))), noise


def error_of_noise(network: ResidualDiffusion, truth: Tensor, soft: Tensor, time: Tensor, noise: Tensor) -> Tensor:
    """Return the mean squared error of the noise that the network sees in residuals."""
    noisy = noised(network.residual(truth, soft), noise, time)
    return nn.functional.mse_loss(network(noisy, soft, time), noise)


LESSONS = {
    "residual-paintings": Lesson(
        "What bicubic resizing leaves out of painted scenes that were made twelve times smaller.",
        CONFIG,
        ResidualDiffusion,
        batches(pairs, cropped, BATCH),
        error_of_noise,
        steps=4000,
        average=0.998,
        recipe={"batch": BATCH, "patch": PATCH, "pictures": PICTURES, "scale": SCALE},
    )
}
