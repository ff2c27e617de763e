"""Small plots drawn as pixels, to stand below a crop on a sheet."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PIL import Image, ImageDraw

from lab import style
from lab.data import OVERSIZE
from lab.drawing import label_font

HEIGHT, FOOT = 110, 22  # pixels: of a panel, and of the strip with its numbers


def panel(
    at: Sequence[float],
    values: Sequence[float],
    width: int,
    ticks: Sequence[float] = (),
    top: float = 255,
    unit: str = "",
    ends: tuple[str, str] = ("", ""),
):
    """Return a curve as a uint8 picture (110, width, 3): `at` from the left edge to the right, values from 0 to `top`.

    Each of `ticks` is a place of `at`; it gets an upright line with its number and the `unit` below. `ends` says what 0
    and `top` are, at the lower and the upper end of the left edge.
    """
    columns = np.interp(ticks, (at[0], at[-1]), (0, width * OVERSIZE - 1))
    whole = Image.new("RGB", (width, HEIGHT), style.CARD)
    whole.paste(curve(at, np.asarray(values) / top, width, columns), (0, 0))
    pen = ImageDraw.Draw(whole)
    for tick, x in zip(ticks, columns, strict=True):
        number = f"{tick:g}{unit}".replace("-", "\N{MINUS SIGN}")
        pen.text((x / OVERSIZE, HEIGHT - FOOT / 2), number, style.INK, label_font(13), anchor="mm")
    for word, y, anchor in zip(ends, (HEIGHT - FOOT - 2, 7), ("lb", "lt"), strict=True):
        pen.text((4, y), word, style.INK, label_font(13), anchor=anchor)
    return np.array(whole)


def curve(at: Sequence[float], shares: np.ndarray, width: int, columns: np.ndarray) -> Image.Image:
    """Return a curve alone, shares from 0 at the bottom to 1 at the top, over upright lines at finer columns."""
    size = (width * OVERSIZE, (HEIGHT - FOOT) * OVERSIZE)
    sheet = Image.new("RGB", size, style.CARD)
    pen = ImageDraw.Draw(sheet)
    for x in columns:
        pen.line([(x, 0), (x, size[1])], style.GRID, OVERSIZE)
    x = np.interp(at, (at[0], at[-1]), (0, size[0] - 1))
    pen.line(list(zip(x, (1 - shares) * (size[1] - 1), strict=True)), style.BLUE, 3 * OVERSIZE, joint="curve")
    return sheet.reduce(OVERSIZE)
