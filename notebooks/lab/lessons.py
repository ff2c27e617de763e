"""The lessons by which the small networks of notebooks/weights/ were taught."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from models.liif import LIIFConfig

from lab import data
from lab.training import Lesson

SMALL = LIIFConfig(n_resblocks=8, n_feats=32, hidden=(128, 128, 128, 128))


def drawn(seed: int) -> Sequence[np.ndarray]:
    """Return 800 procedural pictures: text, icons, thin lines, and icons beside words."""
    shares = {"text": 360, "icons": 160, "lines": 160, "mixed": 120}
    return [picture for kind, count in shares.items() for picture in data.pictures(kind, count, seed)]


def photographed(seed: int) -> Sequence[np.ndarray]:  # noqa: ARG001 (photographs need no seed)
    """Return the photographs that are kept for teaching."""
    return [data.photograph(name) for name in data.TAUGHT]


LESSONS = {
    "liif-text": Lesson("Procedural text, icons and thin lines.", drawn, SMALL, steps=7000),
    "liif-photographs": Lesson("Photographs shipped with scikit-image.", photographed, SMALL, steps=7000),
}
