"""Drawings of thin lines whose truth is known at any size: a bicycle as if by hand, and straight lines across a sheet.

Sizes are counted in pixels of the small sketch; `scale` says how many pixels of the large picture one of them becomes.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from PIL import ImageDraw

from lab.data import OVERSIZE, Picture, canvas, reduced

HEIGHT, WIDTH = 80, 128  # of the sketch
GROUND, INK = (250, 249, 245), (38, 40, 52)
LINE = 0.55  # the width of a line, half a pixel of the sketch
FINE = 8  # samples per pixel along each side, for straight lines
Points = Sequence[tuple[float, float]]

REAR, FRONT, CRANK, SEAT, HEAD = (34.0, 46.0), (94.0, 46.0), (58.0, 48.0), (50.0, 18.0), (84.0, 18.0)
TUBES: tuple[Points, ...] = (
    (REAR, CRANK, HEAD, SEAT, REAR),
    (SEAT, CRANK),
    ((83.0, 14.0), FRONT),
    ((49.0, 14.0), SEAT),
    ((43.0, 14.0), (56.0, 14.0)),
    ((83.0, 14.0), (81.5, 8.0), (88.0, 6.0), (92.0, 9.0)),
    ((CRANK[0] - 6, CRANK[1] + 5), (CRANK[0] + 6, CRANK[1] - 5)),
)
WHEEL, RIM, SPOKES = 23.0, 21.4, 20
SHADOW = (4.0, 121.0, 72.0)  # from, to, at height


def bicycle(scale: float) -> Picture:
    """Draw a bicycle, 80 x 128 pixels of the sketch, `scale` times as large; all its lines are LINE wide.

    Spokes run together at the hubs, and the hatching below grows denser to the right, so that somewhere neighbouring
    lines must melt.
    """
    sheet, pen = canvas((round(HEIGHT * scale), round(WIDTH * scale)), GROUND)
    rng = np.random.default_rng(4)
    for points in (*TUBES, *spokes(REAR), *spokes(FRONT), *hatching()):
        by_hand(pen, points, scale, rng)
    for centre in (REAR, FRONT):
        for radius in (WHEEL, RIM, 1.6):
            by_hand(pen, circle(centre, radius), scale, rng)
    by_hand(pen, circle(CRANK, 3.2), scale, rng)
    return reduced(sheet)


def circle(centre: tuple[float, float], radius: float) -> list[tuple[float, float]]:
    """Return 73 points of a closed circle."""
    turns = np.linspace(0, 2 * math.pi, 73)
    return [(centre[0] + radius * math.cos(t), centre[1] + radius * math.sin(t)) for t in turns]


def spokes(hub: tuple[float, float]) -> list[Points]:
    """Return the spokes of a wheel, each from the hub to the rim."""
    turns = [0.1 + 2 * math.pi * i / SPOKES for i in range(SPOKES)]
    return [[(hub[0] + r * math.cos(t), hub[1] + r * math.sin(t)) for r in (1.6, RIM)] for t in turns]


def hatching() -> list[Points]:
    """Return slanted strokes on the ground, from 4 pixels apart on the left to 1 on the right."""
    left, right, y = SHADOW
    strokes, x = [], left
    while x < right:
        strokes.append([(x, y + 5), (x + 4, y)])
        x += 4 - 3 * (x - left) / (right - left)
    return strokes


def by_hand(pen: ImageDraw.ImageDraw, points: Points, scale: float, rng: np.random.Generator) -> None:
    """Draw joined strokes that stray from their way by up to a third of a pixel, as a hand does."""
    way = along(points, 1.5)
    phases = rng.uniform(0, 2 * math.pi, (2, 2))
    drift = np.arange(len(way))[:, None] * np.array([0.31, 0.17])
    way = way + 0.15 * np.stack([np.sin(drift + phase).sum(axis=1) for phase in phases], axis=1)
    if points[0] == points[-1]:
        way[-1] = way[0]
    places = [tuple(point * scale * OVERSIZE) for point in way]
    pen.line(places, INK, max(1, round(LINE * scale * OVERSIZE)), joint="curve")


def along(points: Points, step: float) -> np.ndarray:
    """Return points about `step` apart on the way from each point to the next, (N, 2), both ends included."""
    parts = []
    for start, end in pairwise(points):
        count = max(1, round(math.dist(start, end) / step))
        parts.append(np.linspace(start, end, count, endpoint=False))
    return np.concatenate([*parts, [points[-1]]])


def straight_lines(size: int, width: float, places: Sequence[float], angle: float) -> Picture:
    """Draw dark lines across a square sheet of `size` pixels, each `width` pixels wide.

    `places` are the distances of their middles from the middle of the sheet; `angle` in degrees turns them from
    upright. Greys tell the share of ink to an eighth of a pixel.
    """
    away = distances(size * FINE, angle) / FINE
    inked = np.any([np.abs(away - place) < width / 2 for place in places], axis=0)
    share = inked.reshape(size, FINE, size, FINE).mean(axis=(1, 3))[..., None]
    return np.round(np.array(GROUND) * (1 - share) + np.array(INK) * share).astype(np.uint8)


def distances(size: int, angle: float) -> np.ndarray:
    """Return how far each pixel's middle lies from a line through the middle of a square sheet, (size, size), signed.

    `angle` in degrees turns the line from upright; the right side counts as positive.
    """
    places = np.arange(size) + 0.5 - size / 2
    turn = math.radians(angle)
    return places[None, :] * math.cos(turn) + places[:, None] * math.sin(turn)
