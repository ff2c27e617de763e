"""Capitals, digits and icons thrown on a sheet: filled with greys, and again as lines that stray a little."""

from __future__ import annotations

import math
import string
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from PIL import Image, ImageDraw

from lab.abstraction import INK, PENS, SIDE
from lab.data import FONTS, ICONS, OVERSIZE, IconPen, font

SIGNS = (*string.ascii_uppercase, *string.digits)
GLYPHS, SIZES = (1, 4), (16, 42)  # how many lie on a sheet; pixels
GREYS = (0.2, 0.85)  # of what is filled
TURN, ZOOM, SLIP = 8, 1.15, 1.5  # how far lines stray: degrees and pixels to either side, and a factor


@dataclass(frozen=True)
class Glyph:
    """A sign or an icon by its number, its font, where its middle lies in pixels, its size in pixels, and its grey."""

    kind: int
    font: str
    middle: tuple[float, float]
    size: float
    grey: float


def thrown(rng: Generator) -> list[Glyph]:
    """Return some glyphs that lie anywhere on a sheet."""
    found = []
    for _ in range(rng.integers(GLYPHS[0], GLYPHS[1] + 1)):
        size = rng.uniform(*SIZES)
        middle = tuple(SIDE / 2 + rng.uniform(-1, 1, 2) * (SIDE - 0.8 * size) / 2)
        kind = int(rng.integers(len(SIGNS) + len(ICONS)))
        found.append(Glyph(kind, str(rng.choice(FONTS)), middle, size, rng.uniform(*GREYS)))
    return found


def pair(rng: Generator) -> tuple[np.ndarray, np.ndarray]:
    """Return the lines of some glyphs, which stray, and the same glyphs filled, (SIDE, SIDE) each in [0, 1]."""
    glyphs, pen = thrown(rng), rng.uniform(*PENS)
    lines = on_a_sheet(glyphs, lambda sheet, glyph: outline(sheet, glyph, pen))
    return reduced(strayed(lines, rng)), reduced(on_a_sheet(glyphs, filled))


def on_a_sheet(glyphs: Sequence[Glyph], draw: Callable[[ImageDraw.ImageDraw, Glyph], None]) -> Image.Image:
    """Return a sheet, four times too large, with glyphs drawn one over the other."""
    sheet = Image.new("L", (SIDE * OVERSIZE,) * 2, 255)
    for glyph in glyphs:
        draw(ImageDraw.Draw(sheet), glyph)
    return sheet


def filled(pen: ImageDraw.ImageDraw, glyph: Glyph) -> None:
    """Draw a glyph in its grey; icons have broad lines."""
    write(pen, glyph, 0.1 * glyph.size, round(255 * glyph.grey), None)


def outline(pen: ImageDraw.ImageDraw, glyph: Glyph, width: float) -> None:
    """Draw the outline of a sign, or an icon with thin lines; what lies below a sign is hidden."""
    write(pen, glyph, width, 255, round(255 * INK))


def write(pen: ImageDraw.ImageDraw, glyph: Glyph, width: float, inside: int, line: int | None) -> None:
    """Draw a glyph with the greys of what it fills and of its line, of so many pixels."""
    x, y = (OVERSIZE * n for n in glyph.middle)
    size, broad = OVERSIZE * glyph.size, max(1, round(OVERSIZE * width))
    if glyph.kind >= len(SIGNS):
        square = IconPen(pen, (x - 0.4 * size, y - 0.4 * size), 0.8 * size, broad, inside if line is None else line)
        ICONS[glyph.kind - len(SIGNS)](square)
        return
    edge = {} if line is None else {"stroke_width": max(1, broad // 2), "stroke_fill": line}
    pen.text((x, y), SIGNS[glyph.kind], inside, font(glyph.font, round(size)), anchor="mm", **edge)


def strayed(sheet: Image.Image, rng: Generator) -> Image.Image:
    """Return a sheet that is turned, enlarged or shrunk, and shifted a little."""
    turn, zoom = math.radians(rng.uniform(-TURN, TURN)), ZOOM ** rng.uniform(-1, 1)
    c, s = math.cos(turn) / zoom, math.sin(turn) / zoom
    x, y = OVERSIZE * (SIDE / 2 + rng.uniform(-SLIP, SLIP, 2))
    middle = OVERSIZE * SIDE / 2
    back = (c, s, middle - c * x - s * y, -s, c, middle + s * x - c * y)
    return sheet.transform(sheet.size, Image.Transform.AFFINE, back, Image.Resampling.BILINEAR, fillcolor=255)


def reduced(sheet: Image.Image) -> np.ndarray:
    """Return a sheet at its true size, (SIDE, SIDE) in [0, 1]."""
    return np.asarray(sheet.reduce(OVERSIZE), np.float32) / 255
