"""What several pictures have in common, and where they differ; on uint8 pictures (H, W, 3) of one shape.

A network that draws by chance gives another picture for each seed. What changes with the seed, it invented.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from lab.textures import RINGS, grey

Pictures = Sequence[np.ndarray]


def spread(pictures: Pictures) -> np.ndarray:
    """Return by how many greys the pictures differ at each pixel, (H, W): their standard deviation.

    Raises:
        ValueError: there are fewer than two.
    """
    if len(pictures) < 2:
        raise ValueError(f"two pictures or more can differ (got {len(pictures)})")
    return np.std([grey(picture).astype(float) for picture in pictures], axis=0, ddof=1)


def powers(pictures: Pictures) -> tuple[np.ndarray, np.ndarray]:
    """Return the power of waves that the pictures share, and their power on the whole, by fineness: (32,) each.

    Waves are shared if they are as strong and at the same place. Rings are those of `textures.spectrum`, also for
    pictures that are not square; the edges are faded out.

    Raises:
        ValueError: there are fewer than two pictures, or their shapes differ.
    """
    count = len(pictures)
    if count < 2 or len({picture.shape for picture in pictures}) > 1:
        raise ValueError(f"two pictures or more of one shape are compared (got {[p.shape for p in pictures]})")
    height, width = pictures[0].shape[:2]
    fade = np.hanning(height)[:, None] * np.hanning(width)
    greys = [grey(picture).astype(float) for picture in pictures]
    waves = [np.fft.fft2((values - values.mean()) * fade) for values in greys]
    whole = np.mean(np.abs(waves) ** 2, axis=0)
    shared = (count * np.abs(np.mean(waves, axis=0)) ** 2 - whole) / (count - 1)
    return in_rings(shared), in_rings(whole)


def in_rings(power: np.ndarray) -> np.ndarray:
    """Return the sum of a 2D spectrum's powers (H, W) in rings of like fineness, (32,), the finest of two pixels."""
    down, across = (np.fft.fftfreq(side) for side in power.shape)
    ring = (np.hypot(down[:, None], across) * 2 * RINGS).astype(int)
    return np.bincount(ring[ring < RINGS], power[ring < RINGS], RINGS)


def shared(pictures: Pictures) -> np.ndarray:
    """Return which share of their waves' power the pictures have in common, by fineness, (32,): 1 is all, 0 is none."""
    common, whole = powers(pictures)
    return common / np.maximum(whole, 1e-12)


def changed(pictures: Pictures, longest: float, shortest: float = 2.0) -> float:
    """Return which share of the power of waves from `longest` down to `shortest` pixels changes between the pictures.

    0: they are the same there; 1: they have nothing in common but chance.
    """
    common, whole = powers(pictures)
    length = 2 * RINGS / (np.arange(RINGS) + 0.5)
    chosen = (length <= longest) & (length >= shortest)
    return float(1 - common[chosen].sum() / whole[chosen].sum())
