"""The small encoder's lesson: the classes of patches, in scenes of small shapes seen as a whole and in pieces.

Recipe: a batch mixes scenes made half as wide with pieces at full size, so that the encoder knows both; lowered is the
cross-entropy of the share of each class in each patch.
"""

from __future__ import annotations

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812 (its usual name)
from models.small_vit import SmallViT, SmallViTConfig
from torch import Tensor

from lab import small_shapes
from lab.crops import Draw
from lab.teaching import Batch, Lesson

SCENES, BATCH = 200, 8
SIDE, PATCH, FACTOR = 64, 4, 2  # pixels of what it sees and of its patches; how much wider a scene is
GROUND = 0.25  # how much the ground counts beside a shape


def looks(seed: int) -> Draw:
    """Return what draws a batch: scenes as a whole or pieces of them, with the share of each class in each patch."""
    drawn = small_shapes.scenes(SCENES, seed)
    pictures, classes = small_shapes.pictures_of(drawn), small_shapes.classes_of(drawn)

    def draw(rng: np.random.Generator) -> Batch:
        made = [look(pictures[i], classes[i], rng) for i in rng.integers(SCENES, size=BATCH)]
        return tuple(torch.stack(part) for part in zip(*made, strict=True))

    return draw


def look(picture: Tensor, classes: Tensor, rng: np.random.Generator) -> Batch:
    """Return the whole scene or a piece of it, (3, R, R), with the share of each class, (K, h, w); turned at random."""
    if rng.random() < 0.5:
        seen, shares = F.avg_pool2d(picture, FACTOR), small_shapes.shares(classes[None], FACTOR * PATCH)[0]
    else:
        y, x = rng.integers(0, small_shapes.SIDE - SIDE + 1, 2)
        seen = picture[:, y : y + SIDE, x : x + SIDE]
        shares = small_shapes.shares(classes[None, y : y + SIDE, x : x + SIDE], PATCH)[0]
    turns = int(rng.integers(4))
    seen, shares = (torch.rot90(each, turns, (1, 2)) for each in (seen, shares))
    return (seen.flip(-1), shares.flip(-1)) if rng.random() < 0.5 else (seen, shares)


def missed_classes(network: SmallViT, pictures: Tensor, shares: Tensor) -> Tensor:
    """Return the cross-entropy of the patches; shapes count more than the ground, of which there is so much more."""
    counts = torch.ones(shares.shape[1], device=shares.device)
    counts[0] = GROUND
    return -(network.named(pictures).log_softmax(1) * shares * counts[:, None, None]).sum(1).mean()


LESSONS = {
    "encoder-shapes": Lesson(
        "Small shapes on photographs, with their classes.",
        SmallViTConfig(classes=len(small_shapes.CLASSES)),
        SmallViT,
        looks,
        missed_classes,
        steps=500,
        rate=3e-3,
        recipe={"batch": BATCH, "scenes": SCENES, "ground": GROUND},
    ),
}
