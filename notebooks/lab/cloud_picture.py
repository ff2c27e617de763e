"""Draw a cloud of points as a picture, seen from a corner, what is near over what is far."""

from __future__ import annotations

import numpy as np

from lab import style

NEAR, RIGHT = np.array([1, -1, 0.8]) / np.sqrt(2.64), np.array([1, 1, 0]) / np.sqrt(2)  # two of the viewer's axes
UP = np.cross(NEAR, RIGHT)
WHEEL = (style.BLUE, style.ORANGE, style.GREEN, style.PURPLE, style.GREY, style.INK)
GROUND = 255  # white
HAZE = 0.6  # how much of its colour the farthest point loses
MARGIN = 6  # pixels


def colours(labels: np.ndarray) -> np.ndarray:
    """Return a colour for each whole number (N,), the same for the same, (N, 3) uint8."""
    wheel = np.array([[int(code[i : i + 2], 16) for i in (1, 3, 5)] for code in WHEEL], np.uint8)
    return wheel[labels % len(wheel)]


def seen(points: np.ndarray, paint: np.ndarray, side: int = 260, dot: int = 3) -> np.ndarray:
    """Return points (N, 3) in colours (N, 3) as squares of `dot` pixels on a picture (side, side, 3), as large as fits.

    The third coordinate points up; what is far is paler.
    """
    flat, depth = points @ np.stack((RIGHT, -UP), axis=1), points @ NEAR
    low, high = flat.min(0), flat.max(0)
    room = side - 2 * MARGIN - dot
    corners = (MARGIN + room / 2 + (flat - (low + high) / 2) * room / max((high - low).max(), 1e-9)).astype(int)
    pale = HAZE * (depth.max() - depth) / max(np.ptp(depth), 1e-9)  # (N,)
    paint = (paint + pale[:, None] * (GROUND - paint.astype(float))).astype(np.uint8)
    picture = np.full((side, side, 3), GROUND, np.uint8)
    far_to_near = depth.argsort()
    for down in range(dot):
        for across in range(dot):
            x, y = (corners[far_to_near] + (across, down)).T
            picture[y, x] = paint[far_to_near]
    return picture
