"""Pictures with the class of each, to teach and to test classifiers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Labelled:
    """Pictures (n, 1, H, W) as float32 in [0, 1], and their classes (n,) as whole numbers from 0."""

    pictures: np.ndarray
    classes: np.ndarray

    def __len__(self) -> int:
        return len(self.classes)

    def part(self, chosen: np.ndarray | slice) -> Labelled:
        """Return some of them, by number or by a mask."""
        return Labelled(self.pictures[chosen], self.classes[chosen])
