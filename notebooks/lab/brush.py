"""Brushwork drawn by rule: overlapping strokes of ragged bristles in a few colours, all running much the same way."""

from __future__ import annotations

import math

import numpy as np
from numpy.random import Generator
from PIL import ImageDraw

from lab.data import OVERSIZE, Picture, canvas, reduced

PALETTE, SPREAD = 4, 0.35  # colours of a picture; how far strokes turn from its main direction, radians


def brushwork(rng: Generator, size: int = 192) -> Picture:
    """Draw strokes 30 to 90 pixels long and 5 to 14 wide until they would cover the sheet five times."""
    colours = np.clip(rng.uniform(60, 196, 3) + rng.normal(0, 40, (PALETTE, 3)), 0, 255)
    sheet, pen = canvas((size, size), tuple(map(int, colours[0])))
    main = rng.uniform(0, math.pi)
    for _ in range(round(5 * size**2 / (60 * 9.5))):
        start = rng.uniform(-0.2, 1.1, 2) * size
        tone = colours[rng.integers(PALETTE)] + rng.integers(-15, 16, 3)
        stroke(pen, start, main + SPREAD * rng.standard_normal(), rng.uniform(30, 90), rng.uniform(5, 14), tone, rng)
    return reduced(sheet)


def stroke(
    pen: ImageDraw.ImageDraw,
    start: np.ndarray,
    angle: float,
    length: float,
    width: float,
    tone: np.ndarray,
    rng: Generator,
) -> None:
    """Draw one stroke as bristles a pixel apart, each with its own shade and ragged ends; lengths in pixels."""
    along, across = np.array([math.cos(angle), math.sin(angle)]), np.array([-math.sin(angle), math.cos(angle)])
    for offset in np.arange(-width / 2, width / 2, 1.0):
        first, last = rng.uniform(0, 0.15) * length, rng.uniform(0.8, 1) * length
        ends = [tuple((start + reach * along + offset * across) * OVERSIZE) for reach in (first, last)]
        shade = np.clip(tone + rng.normal(0, 18), 0, 255).astype(int)
        pen.line(ends, tuple(map(int, shade)), OVERSIZE)


def pictures(count: int, seed: int, size: int = 192) -> list[Picture]:
    """Return `count` pictures of brushwork; the same arguments give the same pictures."""
    return [brushwork(np.random.default_rng([seed, i]), size) for i in range(count)]
