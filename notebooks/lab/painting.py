"""Paintings by rule: shapes filled with curved strokes of ragged bristles, so that true brushwork is known at any size.

Lengths are counted in pixels of a tiny drawing; `scale` says how many pixels of the large picture one of them becomes.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from PIL import Image, ImageDraw

from lab.data import OVERSIZE, Picture, canvas, reduced

HEIGHT, WIDTH = 40, 32  # of the tiny figure
STEP, BRISTLE = 0.4, 1 / 12  # of a stroke's way; from one bristle to the next
COVER, GRAIN = 4.5, 4  # how often strokes would cover a shape; places per pixel at which a shape is known
SPREAD, RELIEF, SHADE, TONE = 0.2, 16, 15, 11  # radians; greys: across a stroke, of a bristle, of a stroke
Points = Sequence[tuple[float, float]]
Colour = tuple[int, int, int]


@dataclass(frozen=True)
class Shape:
    """An outline, its colours in the light and in the shade, and the strokes that fill it.

    `run` is the angle of the strokes in radians, or a place that they run around; `stroke` their length and width.
    """

    outline: Points
    light: Colour
    shade: Colour
    run: float | tuple[float, float]
    stroke: tuple[float, float] = (4.5, 0.8)

    def direction(self, place: np.ndarray) -> np.ndarray:
        """Return which way strokes run at a place, as a step of length 1."""
        if isinstance(self.run, tuple):
            x, y = place - np.array(self.run)
            return np.array([-y, x]) / max(math.hypot(x, y), 1e-6)
        return np.array([math.cos(self.run), math.sin(self.run)])

    def colour(self, place: np.ndarray) -> np.ndarray:
        """Return the colour at a place: light at the upper left end of the shape, shade at the lower right one."""
        towards = np.array(self.outline) @ (0.6, 0.8)
        share = np.clip((place @ (0.6, 0.8) - towards.min()) / max(np.ptp(towards), 1e-6), 0, 1)
        return (1 - share) * np.array(self.light) + share * np.array(self.shade)


def painted(shapes: Sequence[Shape], height: int, width: int, scale: float, rng: Generator) -> Picture:
    """Paint shapes one over the other on a sheet of height x width pixels, `scale` times as large."""
    sheet, pen = canvas((round(height * scale), round(width * scale)), shapes[0].shade)
    for shape in shapes:
        inside = covered(shape, height, width)
        places = np.argwhere(inside)[:, ::-1] + rng.uniform(0, 1, (inside.sum(), 2))
        length, breadth = shape.stroke
        count = max(3, round(COVER * inside.sum() / GRAIN**2 / (length * breadth)))
        for start in rng.permutation(places)[np.arange(count) % len(places)] / GRAIN:
            way = path(shape, start, length * rng.uniform(0.6, 1.4), inside, rng)
            stroke(pen, way, breadth * rng.uniform(0.6, 1.4), shape.colour(start), scale, rng)
    return reduced(sheet)


def covered(shape: Shape, height: int, width: int) -> np.ndarray:
    """Return where a shape is, (4 * height, 4 * width), true inside; there is always at least one such place."""
    mask = Image.new("1", (width * GRAIN, height * GRAIN))
    ImageDraw.Draw(mask).polygon([(x * GRAIN, y * GRAIN) for x, y in shape.outline], fill=1, outline=1)
    return np.array(mask)


def path(shape: Shape, start: np.ndarray, length: float, inside: np.ndarray, rng: Generator) -> np.ndarray:
    """Return the way of a stroke through `start`, (N, 2): along the shape's direction, up to where the shape ends.

    It may run over the edge of the sheet.
    """
    turn = SPREAD * rng.standard_normal()
    turned = np.array([[math.cos(turn), -math.sin(turn)], [math.sin(turn), math.cos(turn)]])
    halves = []
    for sign in (-1, 1):
        way = [start]
        for _ in range(round(length / 2 / STEP)):
            place = way[-1] + sign * STEP * turned @ shape.direction(way[-1])
            x, y = (place * GRAIN).astype(int)
            if 0 <= y < inside.shape[0] and 0 <= x < inside.shape[1] and not inside[y, x]:
                break
            way.append(place)
        halves.append(way)
    return np.array([*reversed(halves[0]), *halves[1][1:], halves[1][-1] + 1e-3])


def stroke(
    pen: ImageDraw.ImageDraw, way: np.ndarray, breadth: float, colour: np.ndarray, scale: float, rng: Generator
) -> None:
    """Draw a stroke as bristles, each with its own shade and ragged ends; one side of the stroke catches the light."""
    along = np.gradient(way, axis=0)
    across = np.stack([-along[:, 1], along[:, 0]], axis=1)
    across /= np.maximum(np.linalg.norm(across, axis=1, keepdims=True), 1e-6)
    side = 1 if across[0] @ (0.6, 0.8) < 0 else -1  # which side faces the light
    tone = colour + rng.normal(0, TONE, 3)
    for offset in np.arange(-breadth / 2, breadth / 2, BRISTLE):
        first, last = (round(rng.uniform(0, 0.2) * len(way)) for _ in range(2))
        points = (way + offset * across)[first : len(way) - last]
        shade = tone + rng.normal(0, SHADE) + side * RELIEF * 2 * offset / breadth
        if len(points) > 1:
            places = [tuple(point * scale * OVERSIZE) for point in points]
            pen.line(places, tuple(map(int, np.clip(shade, 0, 255))), max(1, round(scale * OVERSIZE * BRISTLE)))


# --- what is painted -------------------------------------------------------------------------------------------------


def ellipse(x: float, y: float, across: float, down: float, turn: float = 0.0) -> list[tuple[float, float]]:
    """Return 40 points of an ellipse by its middle and its two radii, turned by an angle in radians."""
    around = np.linspace(0, 2 * math.pi, 40, endpoint=False)
    dx, dy = across * np.cos(around), down * np.sin(around)
    c, s = math.cos(turn), math.sin(turn)
    return [(x + c * a - s * b, y + s * a + c * b) for a, b in zip(dx, dy, strict=True)]


def sheet_of(height: float, width: float) -> list[tuple[float, float]]:
    """Return the corners of a whole sheet."""
    return [(0, 0), (width, 0), (width, height), (0, height)]


def figure() -> list[Shape]:
    """Return a girl in a red coat and a yellow scarf, 40 x 32 pixels, in front of a wall and a window."""
    skin, blush, hair, dark = (244, 205, 172), (196, 128, 104), (112, 66, 42), (52, 30, 30)
    red, deep = (206, 58, 48), (112, 24, 40)
    head = (15.5, 15.0)
    return [
        Shape(sheet_of(HEIGHT, WIDTH), (120, 160, 158), (54, 92, 112), 0.9, (7.0, 1.2)),
        Shape([(22, 2), (31, 3), (31, 16), (22, 15)], (246, 228, 172), (214, 176, 120), 1.5, (5.0, 1.0)),
        Shape([(26, 2), (27, 2), (27, 16), (26, 16)], (108, 92, 84), (84, 70, 70), 1.55, (5.0, 0.6)),
        Shape(ellipse(15.5, 15.5, 8.2, 9.6), hair, dark, head, (5.5, 0.7)),
        Shape([(3, 40), (5, 31), (11, 26), (21, 26), (27, 31), (29.5, 40)], red, deep, (16.0, 46.0), (6.0, 1.0)),
        Shape([(4, 40), (6.5, 32), (9, 32), (9.5, 40)], deep, (84, 16, 36), 1.35, (5.0, 0.8)),
        Shape([(22.5, 32), (25.5, 31), (29.5, 40), (24, 40)], deep, (70, 14, 32), 1.8, (5.0, 0.8)),
        Shape([(13, 20), (18.5, 20), (19, 26), (12.5, 26)], (206, 146, 116), (168, 100, 84), 1.5, (2.5, 0.7)),
        Shape(ellipse(15.5, 15.4, 5.6, 7.2), skin, blush, (15.5, 9.0), (3.2, 0.7)),
        Shape(ellipse(12.2, 17.6, 1.5, 1.2), (240, 160, 138), (226, 140, 120), 0.4, (1.6, 0.5)),
        Shape(ellipse(18.8, 17.6, 1.4, 1.2), (220, 138, 116), (204, 118, 100), 2.6, (1.6, 0.5)),
        Shape(ellipse(13.0, 14.8, 1.2, 0.7), (250, 244, 236), (222, 208, 200), 0.0, (1.4, 0.4)),
        Shape(ellipse(18.2, 14.8, 1.2, 0.7), (250, 244, 236), (222, 208, 200), 0.0, (1.4, 0.4)),
        Shape(ellipse(13.2, 14.8, 0.6, 0.75), (48, 56, 64), (24, 26, 32), 1.5, (1.0, 0.3)),
        Shape(ellipse(18.2, 14.8, 0.6, 0.75), (48, 56, 64), (24, 26, 32), 1.5, (1.0, 0.3)),
        Shape([(11.6, 13.0), (14.4, 12.5), (14.4, 13.0), (11.6, 13.5)], dark, dark, -0.15, (2.2, 0.4)),
        Shape([(16.8, 12.5), (19.6, 13.0), (19.6, 13.5), (16.8, 13.0)], dark, dark, 0.15, (2.2, 0.4)),
        Shape([(15.4, 14.5), (16.4, 18), (14.8, 18)], (214, 150, 122), (186, 112, 94), 1.4, (2.0, 0.5)),
        Shape(ellipse(15.6, 20.0, 1.7, 0.6), (198, 74, 74), (150, 44, 52), 0.0, (1.8, 0.4)),
        Shape([(9.5, 14.5), (9.2, 10), (12, 7), (16, 6), (20, 7.5), (21.6, 11), (21.4, 14.5), (19.2, 10.2),
               (15, 9.6), (11.2, 11)], (150, 92, 56), dark, (16.0, 15.5), (4.0, 0.6)),
        Shape([(9.8, 24.2), (13, 22.6), (18.5, 22.6), (22.2, 24.2), (21.6, 27.2), (16, 28.4), (10.2, 27.2)],
              (250, 206, 84), (196, 128, 36), (16.0, 14.0), (4.5, 0.8)),
        Shape([(18.0, 26.0), (20.6, 26.6), (20.2, 35), (17.2, 34.4)], (238, 184, 66), (170, 104, 32), 1.5, (4.0, 0.7)),
    ]  # fmt: skip


def scene(rng: Generator, side: int = 16) -> list[Shape]:
    """Return a ground with 4 to 9 shapes in colours of their own, large ones first, on a sheet of `side` pixels."""
    shapes = [random_shape(sheet_of(side, side), rng)]
    sizes = sorted(np.exp(rng.uniform(math.log(0.5), math.log(0.4 * side), rng.integers(4, 10))), reverse=True)
    for radius in sizes:
        x, y, squeeze = *rng.uniform(0, side, 2), rng.uniform(0.3, 1)
        outline = np.array(ellipse(x, y, radius, radius * squeeze, rng.uniform(0, math.pi)))
        corners = rng.random() < 0.5
        shapes.append(random_shape(outline[:: 8 if corners else 1].tolist(), rng))
    return shapes


def random_shape(outline: Points, rng: Generator) -> Shape:
    """Return a shape with colours and strokes by chance; strokes are no longer than the shape."""
    light = rng.uniform(60, 240) + rng.normal(0, 36, 3)
    shade = light * rng.uniform(0.35, 0.9) + rng.normal(0, 12, 3)
    places = np.array(outline)
    size = float(np.ptp(places, axis=0).max())
    centre = tuple(map(float, places.mean(axis=0) + rng.normal(0, size / 2 + 0.1, 2)))
    run = float(rng.uniform(0, math.pi)) if rng.random() < 0.5 else centre
    length = min(float(rng.uniform(2.5, 7)), max(1.0, size))
    both = (tuple(int(n) for n in np.clip(colour, 0, 255)) for colour in (light, shade))
    return Shape(outline, *both, run, (length, float(rng.uniform(0.4, 1.2))))


def pictures(count: int, seed: int, side: int = 16, scale: float = 12) -> list[Picture]:
    """Return `count` paintings of random scenes, side * scale pixels wide; the same arguments give the same ones."""
    made = []
    for i in range(count):
        rng = np.random.default_rng([seed, i])
        made.append(painted(scene(rng, side), side, side, scale, rng))
    return made


def portrait(scale: float = 12, seed: int = 12) -> Picture:
    """Return the painted figure, `scale` times as large as the tiny drawing; another seed lays other strokes."""
    return painted(figure(), HEIGHT, WIDTH, scale, np.random.default_rng(seed))
