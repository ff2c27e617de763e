"""Pictures made to be looked at: a settings page with words that can be read, and patterns of strokes."""

from __future__ import annotations

import numpy as np

from lab.data import ICONS, OVERSIZE, IconPen, Picture, canvas, font, reduced

ROWS = (  # icon (place in ICONS), words, font, height in pixels
    (1, "Settings", "DejaVuSans-Bold", 18),
    (4, "Network   Garden 5 GHz", "DejaVuSans", 14),
    (10, "Battery   87 %   about 6 h 20 min", "DejaVuSans", 12),
    (8, "Empty the bin   (41.6 MB in 238 files)", "DejaVuSans", 11),
    (3, "Letters   3 new, last one today at 09:42", "DejaVuSans", 10),
    (14, "Update ready: fixes the clock and quick search", "DejaVuSerif", 10),
)
GROUND, INK, QUIET = (250, 250, 252), (32, 36, 48), (222, 226, 236)


def settings_page(height: int = 168, width: int = 312) -> Picture:
    """Draw a page of settings: icons with lines of words from 18 down to 10 pixels high."""
    sheet, pen = canvas((height, width), GROUND)
    y = 8.0
    for place, words, name, size in ROWS:
        side = size * 1.15
        square = IconPen(pen, (10 * OVERSIZE, y * OVERSIZE), side * OVERSIZE, round(1.1 * OVERSIZE), INK)
        ICONS[place](square)
        pen.text((38 * OVERSIZE, round((y - 0.05 * size) * OVERSIZE)), words, INK, font(name, size * OVERSIZE))
        y += size * 1.25 + 9
        pen.line((0, (y - 5) * OVERSIZE, width * OVERSIZE, (y - 5) * OVERSIZE), QUIET, OVERSIZE)
    return reduced(sheet)


def strokes(size: int, width: float, angle: float, phase: float) -> Picture:
    """Draw parallel dark strokes on white, `width` pixels wide with gaps as wide, `size` pixels square.

    `angle` in degrees turns them from upright; `phase` between 0 and 1 moves them across.
    """
    fine = 8  # samples per pixel along each side
    places = (np.arange(size * fine) + 0.5) / fine
    across = places[None, :] * np.cos(np.radians(angle)) + places[:, None] * np.sin(np.radians(angle))
    dark = ((across / (2 * width) + phase) % 1) < 0.5
    share = dark.reshape(size, fine, size, fine).mean(axis=(1, 3))
    return np.repeat(np.round(245 - 215 * share).astype(np.uint8)[..., None], 3, axis=-1)


def fan(height: int = 120, width: int = 300, widths: tuple[float, ...] = (6, 5, 4, 3, 2.5, 2, 1.5, 1)) -> Picture:
    """Draw panels of slanted strokes side by side, each finer than the one before; widths in pixels."""
    panel = width // len(widths)
    panels = [strokes(max(height, panel), w, 20, 0.1)[:height, : panel - 3] for w in widths]
    margin = np.full((height, 3, 3), 245, np.uint8)
    return np.concatenate([part for p in panels for part in (p, margin)], axis=1)
