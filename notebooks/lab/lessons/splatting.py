"""Scenes of Gaussians, each of which learns a little world from pictures of it.

Recipe: Gaussians begin on the surfaces of the world; each step lowers what one picture lacks. None are added or taken
away while they learn.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from models.splatting import Gaussians
from torch import Tensor

from lab.splatted import RATE, VIEWS, Beginning, apart, begun, camera_at, image, views
from lab.teaching import Batch, Lesson

WORLDS = (1, 2, 3)
STEPS = 400


def pictures_of(world: int) -> Callable[[int], Callable[[np.random.Generator], Batch]]:
    """Return what prepares to draw one picture of a world at a time: the camera's matrix, (4, 4), and (3, H, W)."""

    def prepare(_: int) -> Callable[[np.random.Generator], Batch]:
        cameras, pictures = views(world)

        def draw(rng: np.random.Generator) -> Batch:
            chosen = int(rng.integers(VIEWS))
            return cameras[chosen].view, pictures[chosen]

        return draw

    return prepare


def loss(scene: Gaussians, view: Tensor, true: Tensor) -> Tensor:
    """Return how far the picture of a scene is from the true one."""
    return apart(image(scene, camera_at(view)), true)


def lesson(world: int) -> Lesson:
    """Return the lesson of one world."""
    return Lesson(
        "Pictures of a little world of shiny balls, traced ray by ray.",
        Beginning(world),
        begun,
        pictures_of(world),
        loss,
        steps=STEPS,
        rate=RATE,
        warm_up=10,
        recipe={"views": VIEWS},
    )


LESSONS = {f"splatting-world-{world}": lesson(world) for world in WORLDS}
