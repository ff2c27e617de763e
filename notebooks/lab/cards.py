"""A crop with its scores written below it, as pixels."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import numpy as np
from PIL import Image, ImageDraw

from lab import style
from lab.drawing import label_font

LINE, MARGIN = 24, 8  # pixels: of a line of writing, and around the writing


def carded(picture: np.ndarray, scores: Mapping[str, str], best: Collection[str] = ()) -> np.ndarray:
    """Return a uint8 picture (H, W, 3) with a line of writing below it for each score, its value on the right.

    The names in `best` get a dark ground, so that one sees them without colour.

    Raises:
        ValueError: a line is too long for the picture.
    """
    width = picture.shape[1]
    card = Image.new("RGB", (width, LINE * len(scores) + 2 * MARGIN), style.CARD)
    pen = ImageDraw.Draw(card)
    for row, (name, value) in enumerate(scores.items()):
        write(pen, MARGIN + row * LINE, width, name, value, name in best)
    return np.concatenate([picture, np.array(card)])


def write(pen: ImageDraw.ImageDraw, top: int, width: int, name: str, value: str, marked: bool) -> None:
    """Write one line of a card.

    Raises:
        ValueError: it is too long.
    """
    font = label_font(14)
    if font.getlength(f"{name}  {value}") > width - 2 * MARGIN:
        raise ValueError(f"the score {name!r} is too long for {width} pixels")
    if marked:
        pen.rectangle((2, top, width - 3, top + LINE - 2), style.INK)
    ink = style.CARD if marked else style.INK
    pen.text((MARGIN, top + LINE / 2), name, ink, font, anchor="lm")
    pen.text((width - MARGIN, top + LINE / 2), value, ink, font, anchor="rm")
