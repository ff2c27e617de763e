"""Small plots drawn as pixels, to stand below a crop on a sheet."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PIL import Image, ImageDraw

from lab import style
from lab.data import OVERSIZE
from lab.drawing import label_font

HEIGHT, FOOT = 110, 22  # pixels: of a panel, and of the strip with its numbers


def panel(at: Sequence[float], values: Sequence[float], width: int, ticks: Sequence[float] = (), top: float = 255):
    """Return a curve as a uint8 picture (110, width, 3): `at` from the left edge to the right, values from 0 to `top`.

    Each of `ticks` is a place of `at`; it gets an upright line with its number below.
    """
    size = (width * OVERSIZE, (HEIGHT - FOOT) * OVERSIZE)
    sheet = Image.new("RGB", size, style.CARD)
    pen = ImageDraw.Draw(sheet)
    columns = np.interp(ticks, (at[0], at[-1]), (0, size[0] - 1))
    for x in columns:
        pen.line([(x, 0), (x, size[1])], style.GRID, OVERSIZE)
    x = np.interp(at, (at[0], at[-1]), (0, size[0] - 1))
    y = (1 - np.asarray(values) / top) * (size[1] - 1)
    pen.line(list(zip(x, y, strict=True)), style.BLUE, 3 * OVERSIZE, joint="curve")
    whole = Image.new("RGB", (width, HEIGHT), style.CARD)
    whole.paste(sheet.reduce(OVERSIZE), (0, 0))
    for tick, x in zip(ticks, columns, strict=True):
        place = (x / OVERSIZE, HEIGHT - FOOT / 2)
        ImageDraw.Draw(whole).text(place, f"{tick:g}", style.INK, label_font(13), anchor="mm")
    return np.array(whole)
