"""Shapes on sheets of 48 x 48 pixels: as shaded views, and as line drawings that are more or less abstract.

A drawing at abstraction 0 has all visible lines where they are. Towards 1 it leaves out more of them, and those that
stay are shifted, bent and out of proportion. The same hand draws the same shape alike at each level, only further off.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.random import Generator
from PIL import Image, ImageDraw

from lab.data import OVERSIZE
from lab.polyhedra import GROUND, Sight

SIDE, FILLED = 48, 42  # pixels of a sheet, and how many of them a shape of scale 1 fills
LEFT_OUT = 0.75  # share of lines that a drawing at abstraction 1 lacks
SHIFT, BEND, LEAN = 0.15, 0.1, 0.15  # at abstraction 1: standard deviations, as shares of a line, and of the shape
PENS = (0.9, 1.7)  # pixels: the width of lines differs by hand
INK = 0.15  # grey of a line
POINTS = 7  # of a bent line


def view(sight: Sight, scale: float = 1.0) -> np.ndarray:
    """Return a shaded view, (SIDE, SIDE) in [0, 1], whose longer side fills `scale` of what it may."""
    side = round(scale * FILLED)
    small = Image.fromarray(sight.greys[::-1].astype(np.float32)).resize((side, side), Image.Resampling.BOX)
    sheet, start = np.full((SIDE, SIDE), GROUND, np.float32), (SIDE - side) // 2
    sheet[start : start + side, start : start + side] = small
    return sheet


def strokes(lines: np.ndarray, level: float, rng: Generator) -> np.ndarray:
    """Return what a hand makes of lines (n, 2, 2) at an abstraction from 0 to 1: strokes (m, POINTS, 2), m <= n.

    What is kept at a higher level is kept at all lower ones, and strays in proportion to the level. The longest line
    is always kept.
    """
    length = np.linalg.norm(lines[:, 1] - lines[:, 0], axis=1)
    luck = rng.random(len(lines))
    luck[length.argmax()] = 1
    shift, bend, lean = (rng.standard_normal(shape) for shape in ((len(lines), 2, 2), len(lines), (2, 2)))
    along = np.linspace(0, 1, POINTS)[None, :, None]
    way, shift = between(lines, along), between(shift * length[:, None, None], along)
    across = (lines[:, 1] - lines[:, 0])[:, ::-1] * (-1, 1)
    bow = 4 * along * (1 - along) * (bend[:, None] * across)[:, None]
    way = way + level * (SHIFT * shift + BEND * bow + LEAN * (way @ lean))
    return way[luck >= LEFT_OUT * level]


def between(ends: np.ndarray, along: np.ndarray) -> np.ndarray:
    """Return points (n, k, 2) at shares `along` (1, k, 1) of the way between two ends (n, 2, 2)."""
    return ends[:, :1] * (1 - along) + ends[:, 1:] * along


def drawing(sight: Sight, level: float, rng: Generator, scale: float = 1.0) -> np.ndarray:
    """Return a line drawing, (SIDE, SIDE) in [0, 1], whose hand and pen the generator chooses."""
    pen = rng.uniform(*PENS)
    return drawn(strokes(sight.lines, level, rng), pen, scale)


def drawn(ways: Sequence[np.ndarray], pen: float, scale: float = 1.0) -> np.ndarray:
    """Return strokes on a sheet, (SIDE, SIDE) in [0, 1]; `pen` is their width in pixels at any scale."""
    sheet = Image.new("L", (SIDE * OVERSIZE,) * 2, 255)
    ink, width = ImageDraw.Draw(sheet), max(1, round(pen * OVERSIZE))
    middle, half = SIDE * OVERSIZE / 2, scale * FILLED * OVERSIZE / 2
    for way in ways:
        ink.line([(middle + half * x, middle - half * y) for x, y in way], round(255 * INK), width, joint="curve")
    return np.asarray(sheet.reduce(OVERSIZE), np.float32) / 255
