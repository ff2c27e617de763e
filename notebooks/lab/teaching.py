"""Teach a network its lesson: one loop for all of them, which repeats itself on one machine."""

from __future__ import annotations

import copy
import math
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

Batch = tuple[Tensor, ...]


@dataclass(frozen=True)
class Lesson:
    """What a network is taught, and for how long."""

    says: str  # what the pictures are, in a sentence
    config: Any  # the sizes of the network, a dataclass
    build: Callable[[Any], nn.Module]  # config -> a fresh network
    prepare: Callable[[int], Callable[[np.random.Generator], Batch]]  # seed -> what draws one batch
    loss: Callable[..., Tensor]  # (network, *batch) -> the number to lower
    steps: int
    rate: float = 1e-3  # the highest learning rate of Adam
    warm_up: int = 100  # steps
    seed: int = 1
    average: float | None = None  # decay of a running mean of the weights, which is then what is kept
    recipe: Mapping[str, Any] = field(default_factory=dict)  # more for the provenance; `first` is what it builds on


@dataclass(frozen=True)
class Taught:
    """A network after its lesson, the smoothed loss of each hundredth step, and the seconds it took."""

    network: nn.Module
    curve: list[float]
    seconds: float


def share_of_rate(step: int, warm_up: int, steps: int) -> float:
    """Return the learning rate as a share of the highest: up in a line, down in a cosine."""
    if step < warm_up:
        return (step + 1) / warm_up
    return 0.5 * (1 + math.cos(math.pi * (step - warm_up) / max(1, steps - warm_up)))


def teach(
    lesson: Lesson,
    steps: int,
    device: torch.device,
    tell: Callable[[int, float], None],
    until: int | None = None,
) -> Taught:
    """Teach a fresh network for `steps` steps, or only the first `until` of them.

    `tell` is called after each step with its number and the loss (mean of the last ones), for a progress bar.

    Raises:
        FloatingPointError: the loss is no longer finite.
    """
    torch.manual_seed(lesson.seed)
    rng = np.random.default_rng(lesson.seed)
    draw = lesson.prepare(lesson.seed)
    network = lesson.build(lesson.config).to(device).train()
    kept = copy.deepcopy(network) if lesson.average else network
    optimiser = torch.optim.Adam(network.parameters(), lr=lesson.rate)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimiser, lambda step: share_of_rate(step, lesson.warm_up, steps))
    curve, recent, started = [], 0.0, time.perf_counter()
    for step in range(steps if until is None else until):
        loss = lesson.loss(network, *(part.to(device) for part in draw(rng)))
        descend(network, loss, optimiser)
        schedule.step()
        if lesson.average:
            follow(kept, network, min(lesson.average, (1 + step) / (10 + step)))
        recent = loss.item() if step == 0 else 0.98 * recent + 0.02 * loss.item()
        if not math.isfinite(recent):
            raise FloatingPointError(f"the loss is {recent} after step {step + 1}; lower the rate of the lesson")
        if (step + 1) % 100 == 0 or step + 1 == steps:
            curve.append(round(recent, 5))
        tell(step + 1, recent)
    return Taught(kept.eval(), curve, time.perf_counter() - started)


def descend(network: nn.Module, loss: Tensor, optimiser: torch.optim.Optimizer) -> None:
    """Go one step down, no further than a gradient of length 1 takes it."""
    optimiser.zero_grad(set_to_none=True)
    loss.backward()
    nn.utils.clip_grad_norm_(network.parameters(), 1.0)
    optimiser.step()


@torch.no_grad()
def follow(kept: nn.Module, network: nn.Module, decay: float) -> None:
    """Move the running mean of the weights towards the network, by 1 - decay."""
    for mean, now in zip(kept.parameters(), network.parameters(), strict=True):
        mean.lerp_(now, 1 - decay)
