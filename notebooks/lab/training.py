"""Teach a LIIF from pairs of small and large pictures, by the recipe of its authors with fewer steps.

Recipe: crops of 24 s pixels for a scale s between 1 and 4, made 24 x 24 by bicubic; some pixels of the crop are asked
for; the mean absolute error is lowered by Adam with a warm-up and a cosine.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from models.liif import LIIF, LIIFConfig, pixel_centres
from torch import Tensor, nn

from lab.resize import resize


@dataclass(frozen=True)
class Lesson:
    """What a network is taught: on which pictures, how long, and with which sizes."""

    says: str
    pictures: Callable[[int], Sequence[np.ndarray]]  # seed -> uint8 (H, W, 3)
    config: LIIFConfig
    steps: int
    seed: int = 1
    batch: int = 8
    patch: int = 24  # pixels of the small crop
    queries: int = 256  # pixels asked for per crop
    rate: float = 1e-3
    warm_up: int = 100


def crop(pictures: Sequence[np.ndarray], lesson: Lesson, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Return a random crop, flipped and turned, with its small version, both uint8."""
    side = round(lesson.patch * rng.uniform(1, 4))
    picture = pictures[rng.integers(len(pictures))]
    y, x = (rng.integers(0, n - side + 1) for n in picture.shape[:2])
    large = picture[y : y + side, x : x + side]
    large = np.rot90(large, rng.integers(4))
    large = np.ascontiguousarray(large[:, ::-1] if rng.random() < 0.5 else large)
    return resize(large, lesson.patch, lesson.patch), large


def pair(pictures: Sequence[np.ndarray], lesson: Lesson, rng: np.random.Generator) -> tuple[Tensor, ...]:
    """Return one small picture (3, p, p) with `queries` coordinates, cells and colours, (Q, 2), (Q, 2), (Q, 3)."""
    small, large = crop(pictures, lesson, rng)
    side = len(large)
    asked = torch.from_numpy(rng.choice(side * side, lesson.queries, replace=False))
    centres = pixel_centres(side)
    coord = torch.stack((centres[asked // side], centres[asked % side]), dim=-1)
    colours = torch.from_numpy(large.reshape(-1, 3))[asked].float() / 127.5 - 1
    return (
        torch.from_numpy(small).permute(2, 0, 1).float() / 127.5 - 1,
        coord,
        torch.full_like(coord, 2 / side),
        colours,
    )


def rate(step: int, lesson: Lesson, steps: int) -> float:
    """Return the learning rate as a share of the highest: up in a line, down in a cosine."""
    if step < lesson.warm_up:
        return (step + 1) / lesson.warm_up
    return 0.5 * (1 + math.cos(math.pi * (step - lesson.warm_up) / max(1, steps - lesson.warm_up)))


def teach(
    lesson: Lesson,
    steps: int,
    device: torch.device,
    tell: Callable[[int, float], None],
) -> tuple[LIIF, list[float], float]:
    """Teach a fresh network for `steps` steps; return it with the loss of each hundredth step and the seconds taken.

    `tell` is called after each step with its number and the loss (mean of the last ones), for a progress bar.
    """
    torch.manual_seed(lesson.seed)
    rng = np.random.default_rng(lesson.seed)
    pictures = lesson.pictures(lesson.seed)
    network = LIIF(lesson.config).to(device).train()
    optimiser = torch.optim.Adam(network.parameters(), lr=lesson.rate)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimiser, lambda step: rate(step, lesson, steps))
    curve, recent, started = [], 0.0, time.perf_counter()
    for step in range(steps):
        columns = zip(*(pair(pictures, lesson, rng) for _ in range(lesson.batch)), strict=True)
        small, coord, cell, colours = (torch.stack(column).to(device) for column in columns)
        loss = nn.functional.l1_loss(network.query(network.encode(small), coord, cell), colours)
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimiser.step()
        schedule.step()
        recent = loss.item() if step == 0 else 0.98 * recent + 0.02 * loss.item()
        if (step + 1) % 100 == 0 or step + 1 == steps:
            curve.append(round(recent, 5))
        tell(step + 1, recent)
    return network.eval(), curve, time.perf_counter() - started
