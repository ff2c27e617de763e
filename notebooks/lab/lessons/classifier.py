"""The small classifiers' lessons: a light, a middling and a heavy one, on digits and again on noisy icons.

Recipe: five siblings learn side by side, each from a beginning and from pictures of its own; the sum of their
cross-entropies is lowered by Adam with a warm-up and a cosine. Light, middling and heavy ones see the same pictures.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import torch
from models.small_classifier import Siblings, SmallClassifierConfig
from torch import Tensor, nn

from lab import digits, noisy_icons
from lab.labelled import Labelled
from lab.teaching import Batch, Lesson

SIBLINGS, BATCH = 5, 64
ICONS = 6000  # icons for each sibling
DIGITS = {"little": 8, "middle": 16, "big": 32}  # channels of the first convolution
NOISY = {"little": 4, "middle": 8, "big": 16}


def digits_of(sibling: int) -> Labelled:
    """Return the digits that a sibling is taught; the rest of its split is for setting a threshold and for testing."""
    return digits.split(sibling)["taught"]


def icons_of(sibling: int) -> Labelled:
    """Return the icons that a sibling is taught."""
    return noisy_icons.noisy_icons(ICONS, 100 + sibling)[0]


def batches(taught: Callable[[int], Labelled]) -> Callable[[int], Callable[[np.random.Generator], Batch]]:
    """Return what prepares a lesson: a batch has as many pictures for each sibling, (S, B, 1, H, W) and (S, B)."""

    def prepare(_: int) -> Callable[[np.random.Generator], Batch]:
        each = [taught(sibling) for sibling in range(SIBLINGS)]
        return lambda rng: stacked([one.part(rng.integers(len(one), size=BATCH)) for one in each])

    return prepare


def stacked(parts: Sequence[Labelled]) -> Batch:
    """Return the pictures and classes of all siblings as tensors."""
    pictures, classes = (np.stack([getattr(one, name) for one in parts]) for name in ("pictures", "classes"))
    return torch.from_numpy(pictures), torch.from_numpy(classes)


def cross_entropies(network: Siblings, pictures: Tensor, classes: Tensor) -> Tensor:
    """Return the sum of the siblings' cross-entropies."""
    logits = network(pictures)  # (S, B, K)
    return nn.functional.cross_entropy(logits.flatten(0, 1), classes.flatten()) * len(logits)


def sizes(names: Sequence[str], channels: int) -> SmallClassifierConfig:
    """Return the sizes of siblings that tell so many classes apart."""
    return SmallClassifierConfig(channels, len(names), SIBLINGS)


def lesson(says: str, config: SmallClassifierConfig, taught: Callable[[int], Labelled], steps: int) -> Lesson:
    """Return a lesson of five siblings."""
    recipe = {"batch": BATCH, "siblings": SIBLINGS}
    return Lesson(says, config, Siblings, batches(taught), cross_entropies, steps, rate=3e-3, warm_up=50, recipe=recipe)


SAYS_DIGITS = "Digits of 8 x 8 pixels that scikit-learn ships, 45 % of them for each of five"
SAYS_NOISY = f"Drawn icons of 16 x 16 pixels under noise, {ICONS:,} for each of five"
LESSONS = {
    f"classifier-digits-{size}": lesson(f"{SAYS_DIGITS} ({size}).", sizes(digits.CLASSES, channels), digits_of, 250)
    for size, channels in DIGITS.items()
} | {
    f"classifier-icons-{size}": lesson(f"{SAYS_NOISY} ({size}).", sizes(noisy_icons.CLASSES, channels), icons_of, 700)
    for size, channels in NOISY.items()
}
