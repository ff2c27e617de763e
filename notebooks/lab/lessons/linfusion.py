"""LinFusion's lessons: a small UNet learns to remove noise, and another to do so with linear attention in its place.

Recipe: the second lesson is LinFusion's. All but the new attention stays as it is, so that the attention alone is
kept; lowered are the error of the noise, half the difference from the first network's answer, and half that of the
answers of their attentions.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import torch
from models.linfusion import self_attentions
from models.small_denoiser import STEPS, SmallDenoiser, SmallDenoiserConfig, noised
from torch import Tensor, nn

from lab import brush, earlier
from lab.crops import Pictures, batches, crop
from lab.designs.linfusion import DESIGN, FIRST, SECOND, attentions_of, linear, with_attentions
from lab.teaching import Batch, Lesson
from lab.tensors import to_tensor

BATCH, PATCH, PICTURES = 8, 48, 160
SOFTMAX, LINEAR = SmallDenoiserConfig(), SmallDenoiserConfig(linear=True)


def brushwork(seed: int) -> Pictures:
    """Return the pictures of both lessons."""
    return brush.pictures(PICTURES, seed)


def noisy(pictures: Pictures, rng: np.random.Generator) -> Batch:
    """Return a noisy crop, its steps of noise and the noise: (3, p, p), (), (3, p, p)."""
    clean = 2 * to_tensor(crop(pictures, PATCH, rng)) - 1
    noise = torch.from_numpy(rng.standard_normal(clean.shape, dtype=np.float32))
    time = torch.tensor(int(rng.integers(STEPS)))
    return noised(clean[None], noise[None], time[None])[0], time, noise


def error_of_noise(network: nn.Module, noisy: Tensor, time: Tensor, noise: Tensor) -> Tensor:
    """Return the mean squared error of the predicted noise."""
    return nn.functional.mse_loss(network(noisy, time), noise)


@lru_cache(maxsize=1)
def first() -> SmallDenoiser:
    """Return the network of the first lesson, as it was shipped; nothing of it learns any more."""
    with torch.random.fork_rng():  # the start of the second lesson is that of its seed
        return earlier.network_of(DESIGN, FIRST)


def linear_attentions(_: SmallDenoiserConfig) -> nn.ModuleList:
    """Return linear attention of the first network's sizes that starts from the projections of its softmax.

    (The released training started it at random; the paper's abstract says as is done here.)
    """
    return attentions_of(linear(first()))


def answers(network: nn.Module, noisy: Tensor, time: Tensor) -> list[Tensor]:
    """Return the predicted noise, then what each self-attention answered."""
    heard: list[Tensor] = []
    hooks = [
        attention.register_forward_hook(lambda _, __, answer: heard.append(answer))
        for attention in self_attentions(network).values()
    ]
    noise = network(noisy, time)
    for hook in hooks:
        hook.remove()
    return [noise, *heard]


def three_errors(attentions: nn.ModuleList, noisy: Tensor, time: Tensor, noise: Tensor) -> Tensor:
    """Return LinFusion's loss of the first network with these attentions: of the noise, and half of the differences."""
    old = first().to(noisy.device)
    with torch.no_grad():
        wanted, *attended = answers(old, noisy, time)
    made, *attending = answers(with_attentions(old, attentions), noisy, time)
    mse = nn.functional.mse_loss
    apart = sum(mse(ours, theirs) for ours, theirs in zip(attending, attended, strict=True)) / len(attended)
    return mse(made, noise) + 0.5 * mse(made, wanted) + 0.5 * apart


RECIPE = {"batch": BATCH, "patch": PATCH, "pictures": PICTURES}
NOISY = batches(brushwork, noisy, BATCH)
SAYS = "Drawn brushwork under noise"
LESSONS = {
    FIRST: Lesson(
        f"{SAYS}, with softmax attention.",
        SOFTMAX,
        SmallDenoiser,
        NOISY,
        error_of_noise,
        steps=1200,
        average=0.99,
        recipe=RECIPE,
    ),
    SECOND: Lesson(
        f"{SAYS}, to do with linear attention what the network with softmax attention does.",
        LINEAR,
        linear_attentions,
        NOISY,
        three_errors,
        steps=800,
        recipe=RECIPE | {earlier.FIRST: FIRST},
    ),
}
