"""Pictures whose truth is known: procedural text, icons and thin lines, with the photographs that scikit-image ships.

A picture is a uint8 array (H, W, 3). Procedural ones are drawn four times too large by Pillow, in the DejaVu fonts
that matplotlib ships, and every 4 x 4 block is averaged, so that edges fall anywhere between pixels. The same generator
gives the same picture.
"""

from __future__ import annotations

import math
import string
from collections.abc import Callable, Sequence
from functools import lru_cache
from pathlib import Path

import matplotlib
import numpy as np
from numpy.random import Generator
from PIL import Image, ImageDraw, ImageFont
from skimage import data as shipped

Picture = np.ndarray
OVERSIZE = 4
FONTS = ("DejaVuSans", "DejaVuSans-Bold", "DejaVuSans-Oblique", "DejaVuSerif", "DejaVuSansMono")

# Photographs that lessons are taught on, and others that are only tested on.
TAUGHT = ("astronaut", "brick", "camera", "grass", "gravel", "hubble_deep_field", "rocket", "stereo_motorcycle")
TESTED = ("chelsea", "coffee")


# --- drawing larger and averaging ------------------------------------------------------------------------------------


@lru_cache(maxsize=256)
def font(name: str, size: int) -> ImageFont.FreeTypeFont:
    """Return a DejaVu font at `size` oversized pixels."""
    folder = Path(matplotlib.get_data_path()) / "fonts" / "ttf"
    return ImageFont.truetype(str(folder / f"{name}.ttf"), size, layout_engine=ImageFont.Layout.BASIC)


def canvas(size: tuple[int, int], colour: tuple[int, ...]) -> tuple[Image.Image, ImageDraw.ImageDraw]:
    """Return an oversized sheet for a picture of (height, width) pixels, with the pen for it."""
    sheet = Image.new("RGB", (size[1] * OVERSIZE, size[0] * OVERSIZE), colour)
    return sheet, ImageDraw.Draw(sheet)


def reduced(sheet: Image.Image) -> Picture:
    """Return the sheet at its true size, each pixel the mean of its 4 x 4 block."""
    return np.asarray(sheet.reduce(OVERSIZE))


def colours(rng: Generator) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Return a ground and an ink that differ clearly; two grounds of three are light."""
    light = rng.integers(205, 256, 3)
    dark = rng.integers(0, 110, 3)
    if rng.random() < 0.4:  # plain black, white or grey
        light[:], dark[:] = rng.integers(225, 256), rng.integers(0, 60)
    ground, ink = (light, dark) if rng.random() < 2 / 3 else (dark, light)
    return tuple(map(int, ground)), tuple(map(int, ink))


# --- text ------------------------------------------------------------------------------------------------------------


def invented_words(rng: Generator, letters: int) -> str:
    """Return about `letters` characters of words that do not exist, with some capitals, digits and signs."""
    words: list[str] = []
    while sum(map(len, words)) + len(words) < letters:
        alphabet = string.digits if rng.random() < 0.15 else string.ascii_lowercase
        word = "".join(rng.choice(list(alphabet), rng.integers(1, 10)))
        word = word.capitalize() if rng.random() < 0.25 else word
        words.append(word + (str(rng.choice(list(".,:;!?%/-+()"))) if rng.random() < 0.15 else ""))
    return " ".join(words)


def text(rng: Generator, size: int = 192) -> Picture:
    """Draw lines of invented words, 7 to 18 pixels high, on a ground of one colour."""
    ground, ink = colours(rng)
    sheet, pen = canvas((size, size), ground)
    write(pen, (int(rng.integers(0, 12 * OVERSIZE)), int(rng.integers(-8, 4)) * OVERSIZE), size, ink, rng)
    return reduced(sheet)


def write(pen: ImageDraw.ImageDraw, start: tuple[int, int], size: int, ink: tuple[int, ...], rng: Generator) -> None:
    """Fill the sheet below and right of `start` with lines of invented words; a third of them change their size."""
    left, y = start
    name, height = str(rng.choice(FONTS)), rng.uniform(7, 18)
    while y < size * OVERSIZE:
        if rng.random() < 0.3:
            name, height = str(rng.choice(FONTS)), rng.uniform(7, 18)
        letters = int(size / (0.45 * height)) + 4
        pen.text((left, y), invented_words(rng, letters), ink, font(name, round(height * OVERSIZE)))
        y += round(height * OVERSIZE * rng.uniform(1.15, 1.5))


# --- icons: drawn in the unit square, y down -------------------------------------------------------------------------


class IconPen:
    """Draws in a unit square that lies somewhere on the sheet; `width` is the stroke in oversized pixels."""

    def __init__(
        self, pen: ImageDraw.ImageDraw, corner: tuple[float, float], side: float, width: int, ink: tuple
    ) -> None:
        """Keep where the square lies, in oversized pixels."""
        self.pen, self.corner, self.side, self.width, self.ink = pen, corner, side, width, ink

    def place(self, points: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
        """Map points of the unit square to the sheet."""
        return [(self.corner[0] + x * self.side, self.corner[1] + y * self.side) for x, y in points]

    def line(self, *points: tuple[float, float]) -> None:
        """Draw joined strokes."""
        self.pen.line(self.place(points), self.ink, self.width, joint="curve")

    def area(self, *points: tuple[float, float]) -> None:
        """Fill a polygon."""
        self.pen.polygon(self.place(points), self.ink)

    def ring(self, x: float, y: float, r: float, start: float = 0, end: float = 360) -> None:
        """Draw a circle or an arc; angles in degrees, clockwise from the right."""
        (x0, y0), (x1, y1) = self.place([(x - r, y - r), (x + r, y + r)])
        self.pen.arc((x0, y0, x1, y1), start, end, self.ink, self.width)

    def disc(self, x: float, y: float, r: float) -> None:
        """Fill a circle."""
        (x0, y0), (x1, y1) = self.place([(x - r, y - r), (x + r, y + r)])
        self.pen.ellipse((x0, y0, x1, y1), self.ink)

    def box(self, x0: float, y0: float, x1: float, y1: float, filled: bool = False) -> None:
        """Draw a box with rounded corners."""
        (a, b), (c, d) = self.place([(x0, y0), (x1, y1)])
        self.pen.rounded_rectangle((a, b, c, d), 0.1 * self.side, self.ink if filled else None, self.ink, self.width)


def star(p: IconPen) -> None:
    """Fill a five-pointed star."""
    turns = [(math.pi * (i / 5 - 0.5), 0.5 if i % 2 == 0 else 0.2) for i in range(10)]
    p.area(*((0.5 + r * math.cos(a), 0.52 + r * math.sin(a)) for a, r in turns))


def gear(p: IconPen) -> None:
    """Draw a wheel with eight teeth."""
    p.ring(0.5, 0.5, 0.32)
    for i in range(8):
        c, s = math.cos(i * math.pi / 4), math.sin(i * math.pi / 4)
        p.line((0.5 + 0.32 * c, 0.5 + 0.32 * s), (0.5 + 0.48 * c, 0.5 + 0.48 * s))


def search(p: IconPen) -> None:
    """Draw a magnifying glass."""
    p.ring(0.4, 0.4, 0.32)
    p.line((0.63, 0.63), (0.95, 0.95))


def letter(p: IconPen) -> None:
    """Draw an envelope."""
    p.box(0.05, 0.2, 0.95, 0.8)
    p.line((0.07, 0.25), (0.5, 0.58), (0.93, 0.25))


def signal(p: IconPen) -> None:
    """Draw the waves of a wireless network."""
    for r in (0.25, 0.5, 0.75):
        p.ring(0.5, 0.85, r, 225, 315)
    p.disc(0.5, 0.85, 0.07)


def house(p: IconPen) -> None:
    """Draw a house."""
    p.line((0.05, 0.5), (0.5, 0.1), (0.95, 0.5))
    p.line((0.2, 0.42), (0.2, 0.92), (0.8, 0.92), (0.8, 0.42))
    p.box(0.42, 0.6, 0.58, 0.92, filled=True)


def chart(p: IconPen) -> None:
    """Draw three bars on a line."""
    for x, top in ((0.15, 0.55), (0.43, 0.15), (0.71, 0.35)):
        p.area((x, top), (x + 0.15, top), (x + 0.15, 0.88), (x, 0.88))
    p.line((0.02, 0.95), (0.98, 0.95))


def clock(p: IconPen) -> None:
    """Draw a clock at four."""
    p.ring(0.5, 0.5, 0.45)
    p.line((0.5, 0.2), (0.5, 0.5), (0.75, 0.64))


def bin_(p: IconPen) -> None:
    """Draw a bin."""
    p.line((0.08, 0.22), (0.92, 0.22))
    p.line((0.2, 0.22), (0.26, 0.95), (0.74, 0.95), (0.8, 0.22))
    p.line((0.36, 0.08), (0.64, 0.08))
    for x in (0.4, 0.6):
        p.line((x, 0.36), (x, 0.82))


def lock(p: IconPen) -> None:
    """Draw a padlock."""
    p.ring(0.5, 0.38, 0.24, 180, 360)
    p.box(0.15, 0.42, 0.85, 0.95, filled=True)


def battery(p: IconPen) -> None:
    """Draw a battery that is two thirds full."""
    p.box(0.02, 0.28, 0.88, 0.72)
    p.area((0.1, 0.36), (0.58, 0.36), (0.58, 0.64), (0.1, 0.64))
    p.area((0.91, 0.42), (0.99, 0.42), (0.99, 0.58), (0.91, 0.58))


def tick(p: IconPen) -> None:
    """Draw a tick in a ring."""
    p.ring(0.5, 0.5, 0.46)
    p.line((0.28, 0.52), (0.44, 0.68), (0.74, 0.34))


def menu(p: IconPen) -> None:
    """Draw the three lines of a menu."""
    for y in (0.2, 0.5, 0.8):
        p.line((0.08, y), (0.92, y))


def play(p: IconPen) -> None:
    """Draw the sign for playing."""
    p.ring(0.5, 0.5, 0.46)
    p.area((0.4, 0.3), (0.4, 0.7), (0.74, 0.5))


def arrow(p: IconPen) -> None:
    """Draw an arrow into a tray."""
    p.line((0.5, 0.05), (0.5, 0.65))
    p.line((0.25, 0.42), (0.5, 0.66), (0.75, 0.42))
    p.line((0.05, 0.7), (0.05, 0.93), (0.95, 0.93), (0.95, 0.7))


def sliders(p: IconPen) -> None:
    """Draw three sliders."""
    for y, x in ((0.2, 0.3), (0.5, 0.7), (0.8, 0.45)):
        p.line((0.05, y), (0.95, y))
        p.disc(x, y, 0.11)


ICONS = (star, gear, search, letter, signal, house, chart, clock, bin_, lock, battery, tick, menu, play, arrow, sliders)


def icons(rng: Generator, size: int = 192) -> Picture:
    """Draw rows of icons, 10 to 30 pixels wide, with strokes of 0.8 to 2.5 pixels."""
    ground, ink = colours(rng)
    sheet, pen = canvas((size, size), ground)
    y = rng.uniform(-6, 4)
    while y < size:
        side, width = rng.uniform(10, 30), rng.uniform(0.8, 2.5)
        x = rng.uniform(-8, 8)
        while x < size:
            draw = ICONS[rng.integers(len(ICONS))]
            draw(IconPen(pen, (x * OVERSIZE, y * OVERSIZE), side * OVERSIZE, round(width * OVERSIZE), ink))
            x += side * rng.uniform(1.2, 1.7)
        y += side * rng.uniform(1.2, 1.6)
    return reduced(sheet)


# --- thin lines ------------------------------------------------------------------------------------------------------


def lines(rng: Generator, size: int = 192) -> Picture:
    """Draw straight lines, arcs and hatching, 0.7 to 2.5 pixels wide, at any angle."""
    ground, ink = colours(rng)
    sheet, pen = canvas((size, size), ground)
    full = size * OVERSIZE
    for _ in range(int(rng.integers(8, 16))):
        width = round(rng.uniform(0.7, 2.5) * OVERSIZE)
        x, y, angle, reach = rng.uniform(0, full), rng.uniform(0, full), rng.uniform(0, 360), rng.uniform(60, 500)
        kind = rng.random()
        if kind < 0.45:
            stroke(pen, (x, y), angle, reach, width, ink)
        elif kind < 0.75:
            pen.arc((x - reach, y - reach, x + reach, y + reach), angle, angle + rng.uniform(40, 300), ink, width)
        else:
            gap = width * rng.uniform(2, 4)
            for i in range(int(rng.integers(4, 10))):
                slip = (i * gap * math.cos(math.radians(angle + 90)), i * gap * math.sin(math.radians(angle + 90)))
                stroke(pen, (x + slip[0], y + slip[1]), angle, reach, width, ink)
    return reduced(sheet)


def stroke(pen: ImageDraw.ImageDraw, start: tuple, angle: float, length: float, width: float, ink: tuple) -> None:
    """Draw a straight line as a polygon, so that its width is right at every angle; angle in degrees."""
    c, s = math.cos(math.radians(angle)), math.sin(math.radians(angle))
    (x, y), (a, b) = start, (-s * width / 2, c * width / 2)
    end = (x + length * c, y + length * s)
    pen.polygon([(x + a, y + b), (end[0] + a, end[1] + b), (end[0] - a, end[1] - b), (x - a, y - b)], ink)


def mixed(rng: Generator, size: int = 192) -> Picture:
    """Draw rows of icons, each followed by a few words, as a settings page has them."""
    ground, ink = colours(rng)
    sheet, pen = canvas((size, size), ground)
    y = rng.uniform(-4, 4)
    while y < size:
        side, x = rng.uniform(9, 22), rng.uniform(2, 10)
        draw, width = ICONS[rng.integers(len(ICONS))], round(rng.uniform(0.8, 2.0) * OVERSIZE)
        draw(IconPen(pen, (x * OVERSIZE, y * OVERSIZE), side * OVERSIZE, width, ink))
        place = (round((x + side * 1.4) * OVERSIZE), round(y * OVERSIZE))
        words = invented_words(rng, int(size / (0.4 * side)))
        pen.text(place, words, ink, font(str(rng.choice(FONTS)), round(side * 0.8 * OVERSIZE)))
        y += side * rng.uniform(1.2, 1.6)
    return reduced(sheet)


# --- photographs and pages shipped by scikit-image -------------------------------------------------------------------


def photograph(name: str) -> Picture:
    """Return a photograph that scikit-image ships; those stored as JPEG are halved, which hides its blocks."""
    found = getattr(shipped, name)()
    picture = coloured(found[0] if isinstance(found, tuple) else found)
    if name in ("rocket", "hubble_deep_field"):
        return np.asarray(Image.fromarray(picture).reduce(2))
    return picture


def pages() -> dict[str, Picture]:
    """Return the two pictures of text that scikit-image ships: a printed page and a page of writing."""
    return {"page": coloured(shipped.page()), "text": coloured(shipped.text())}


def coloured(picture: np.ndarray) -> Picture:
    """Return (H, W, 3) whatever the number of channels."""
    return np.repeat(picture[..., None], 3, axis=-1) if picture.ndim == 2 else np.ascontiguousarray(picture[..., :3])


KINDS: dict[str, Callable[[Generator, int], Picture]] = {"text": text, "icons": icons, "lines": lines, "mixed": mixed}


def pictures(kind: str, count: int, seed: int, size: int = 192) -> list[Picture]:
    """Return `count` procedural pictures of one kind; the same arguments give the same pictures."""
    return [KINDS[kind](np.random.default_rng([seed, list(KINDS).index(kind), i]), size) for i in range(count)]
