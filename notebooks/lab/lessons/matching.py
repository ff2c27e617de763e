"""The lessons of encoders that match drawings to views: tuned on chairs, and on nothing else.

Recipe: three encoders go on from what they learned of glyphs, each with chairs of its own. A batch has drawings and
shaded views of as many chairs, at one scale; the contrastive loss of the last layer is lowered.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from models.sketch_similarity import TEMPERATURE, EncoderConfig, Encoders

from lab import earlier, household
from lab.abstraction import drawing, view
from lab.designs.matching import DESIGN
from lab.lessons.glyphs import mismatched
from lab.polyhedra import Sight
from lab.teaching import Batch, Lesson

CLASS = "chairs"
CHAIRS, BATCH, SEEDS = 80, 32, 3  # chairs of each encoder; pairs at a time; encoders
LEVEL = 0.8  # the highest abstraction of a drawing
FIRST = "glyphs-resnet"  # what they learned before


def pair(sights: tuple[Sight, ...], rng: np.random.Generator) -> Batch:
    """Return a drawing and a view of a shape from one side, (1, H, W) each."""
    sight = sights[rng.integers(len(sights))]
    made = drawing(sight, rng.uniform(0, LEVEL), rng), view(sight)
    return tuple(torch.from_numpy(each)[None] for each in made)


def pairs(_: int) -> Callable[[np.random.Generator], Batch]:
    """Return what draws one batch: drawings and views of different shapes for each encoder, (S, B, 1, H, W) each."""
    each = [household.stock(CLASS, CHAIRS, 10 + seed) for seed in range(SEEDS)]

    def draw(rng: np.random.Generator) -> Batch:
        chosen = [one[i] for one in each for i in rng.choice(CHAIRS, BATCH, replace=False)]
        columns = zip(*(pair(sights, rng) for sights in chosen), strict=True)
        return tuple(torch.stack(column).unflatten(0, (SEEDS, BATCH)) for column in columns)

    return draw


def goes_on(config: EncoderConfig) -> Encoders:
    """Return the encoders that know glyphs, which learn again."""
    network = Encoders(config)
    network.load_state_dict(earlier.network_of(DESIGN, FIRST).state_dict())
    return network


RECIPE = {"batch": BATCH, "chairs": CHAIRS, "level": LEVEL, "temperature": TEMPERATURE, earlier.FIRST: FIRST}
LESSONS = {
    "matching-resnet": Lesson(
        f"Drawings and views of chairs of 48 x 48 pixels, {CHAIRS} chairs for each of three ResNets.",
        EncoderConfig(SEEDS),
        goes_on,
        pairs,
        mismatched,
        steps=120,
        rate=1e-3,
        warm_up=30,
        recipe=RECIPE,
    )
}
