"""Icons of 16 x 16 pixels to be told apart, from clear ones to such as drown in noise; how hard each is, is known."""

from __future__ import annotations

import numpy as np
from numpy.random import Generator

from lab.data import ICONS, OVERSIZE, IconPen, canvas, reduced
from lab.labelled import Labelled

SIDE = 16  # pixels
CLASSES = tuple(draw.__name__.strip("_") for draw in ICONS)
SIZES, TURNS, STROKES = (9, 15), 15, (0.9, 1.8)  # pixels; degrees to either side; pixels
NOISE = 0.25  # the highest standard deviation, of a scale from black 0 to white 1; the contrast is 0.3 or more


def icon(kind: int, rng: Generator) -> np.ndarray:
    """Draw an icon somewhere on a ground of one grey, lighter or darker than it, (16, 16) in [0, 1]."""
    dark, light = rng.uniform(0, 0.3), rng.uniform(0.6, 1)
    ground, ink = (light, dark) if rng.random() < 0.5 else (dark, light)
    sheet, pen = canvas((SIDE, SIDE), (round(255 * ground),) * 3)
    side = rng.uniform(*SIZES)
    corner = tuple(float(n) * OVERSIZE for n in rng.uniform(0, SIDE - side, 2))
    width = round(rng.uniform(*STROKES) * OVERSIZE)
    ICONS[kind](IconPen(pen, corner, side * OVERSIZE, width, (round(255 * ink),) * 3))
    turned = sheet.rotate(rng.uniform(-TURNS, TURNS), resample=2, fillcolor=(round(255 * ground),) * 3)
    return reduced(turned)[..., 0] / 255


def noisy_icons(count: int, seed: int) -> tuple[Labelled, np.ndarray]:
    """Return so many icons, each kind as likely, and the strength of the noise in each, (count,) in [0, NOISE]."""
    rng = np.random.default_rng([seed, 16])
    kinds = rng.integers(len(ICONS), size=count)
    noise = rng.uniform(0, NOISE, count)
    clean = np.stack([icon(kind, rng) for kind in kinds])[:, None]
    seen = clean + noise[:, None, None, None] * rng.standard_normal(clean.shape)
    return Labelled(seen.clip(0, 1).astype(np.float32), kinds.astype(np.int64)), noise
