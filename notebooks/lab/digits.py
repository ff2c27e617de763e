"""Handwritten digits of 8 x 8 pixels, as scikit-learn ships them, split anew for each seed."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from sklearn.datasets import load_digits

from lab.labelled import Labelled

CLASSES = tuple("0123456789")
SHARES = {"taught": 0.45, "calibration": 0.20, "tested": 0.35}


@lru_cache(maxsize=1)
def everything() -> Labelled:
    """Return all 1,797 pictures, (n, 1, 8, 8) in [0, 1], with their classes."""
    found = load_digits()
    return Labelled((found.images[:, None] / 16).astype(np.float32), found.target.astype(np.int64))


def split(seed: int) -> dict[str, Labelled]:
    """Return the pictures in three parts, named as in SHARES, dealt out at random; the same seed deals the same."""
    whole = everything()
    order = np.random.default_rng([seed, 8]).permutation(len(whole))
    ends = np.round(np.cumsum([0, *SHARES.values()]) * len(whole)).astype(int)
    return {name: whole.part(order[start:end]) for name, start, end in zip(SHARES, ends[:-1], ends[1:], strict=True)}
