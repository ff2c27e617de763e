"""FeatSharp's lessons: four upsamplers of one encoder's features learn from views, without any labels.

Recipe: the encoder is never changed. A fine map is warped and made coarse; lowered is its squared difference from what
the encoder says of the picture warped alike.
"""

from __future__ import annotations

from functools import lru_cache

import torch
import torch.nn.functional as F  # noqa: N812 (its usual name)
from torch import Tensor, nn

from lab import earlier, small_shapes, views
from lab.crops import Draw
from lab.designs.featsharp import ENCODER, normal
from lab.teaching import Lesson
from lab.upsamplers import KINDS, Consistent, UpsamplerConfig

FIRST = "encoder-shapes"
SCENES = 80  # others than the encoder was taught with
MAPS, VIEWS = 1, 4  # pictures at once, and views of each
STARTS = (1, 2, 3)  # seeds
SIDE, FACTOR = 64, 2  # pixels of what the encoder sees; how much finer a map becomes


@lru_cache(maxsize=1)
def encoder() -> nn.Module:
    """Return the encoder as it was shipped; nothing of it learns any more."""
    return earlier.network_of(ENCODER, FIRST)


@lru_cache(maxsize=1)
def unlabelled(seed: int) -> Tensor:
    """Return the pictures of the lessons, (B, 3, S, S); their classes are not used."""
    return small_shapes.pictures_of(small_shapes.scenes(SCENES, 1000 + seed))


def student(config: UpsamplerConfig) -> Consistent:
    """Return an upsampler whose normalisation is measured, weights at random."""
    network, pictures = Consistent(config), unlabelled(1)
    seen = [normal(network, encoder(), part) for part in (F.avg_pool2d(pictures, FACTOR), pieces(pictures))]
    network.normalizer.set_by(torch.cat(seen).transpose(0, 1).flatten(1).T)
    return network


def pieces(pictures: Tensor) -> Tensor:
    """Return the middle piece of each picture, as large as the encoder sees, (B, 3, R, R)."""
    start = (small_shapes.SIDE - SIDE) // 2
    return pictures[..., start : start + SIDE, start : start + SIDE]


def batches(seed: int) -> Draw:
    """Return what draws a batch: pictures with some views of each, (B, 3, S, S) and (B, J, 3, 3)."""
    pictures = unlabelled(seed)
    return lambda rng: (pictures[torch.from_numpy(rng.integers(SCENES, size=MAPS))], views.drawn(MAPS, VIEWS, rng))


def inconsistency(network: Consistent, pictures: Tensor, through: Tensor) -> Tensor:
    """Return how far what the fine map says of a view is from what the encoder says of it, squared: mean."""
    return F.mse_loss(*views.compared(network, encoder().to(pictures.device), pictures, through))


def name(kind: str, start: int) -> str:
    """Return what the lesson of one upsampler is called."""
    return f"featsharp-{kind}-{start}"


def lesson(kind: str, start: int) -> Lesson:
    """Return the lesson of a kind of upsampler, from a start."""
    recipe = {"batch": MAPS, "views": VIEWS, "scenes": SCENES, earlier.FIRST: FIRST}
    recipe |= {"zoom": views.ZOOM, "bend": views.BEND}
    config = UpsamplerConfig(kind=kind)
    says = f"Scenes of small shapes and views of them, without their classes: {kind}."
    learning = {"steps": 240, "rate": 5e-3, "warm_up": 30, "seed": start}
    return Lesson(says, config, student, batches, inconsistency, **learning, recipe=recipe)


LESSONS = {name(kind, start): lesson(kind, start) for kind in KINDS for start in STARTS}
