"""How many small pixels LIIF encodes for each band in which it draws, on which its time hangs, as does its memory."""

from __future__ import annotations

import torch
from models.liif_bands import PIXELS, ROWS, LIIFInBands, bands, neighbours


def encoded(network: LIIFInBands, h: int, w: int, height: int) -> list[int]:
    """Return the small pixels that each band encodes, its border included, when h x w become `height` rows."""
    sides = (-1, 1) if network.config.local_ensemble else (None,)
    rows = [neighbours(h, height, side, torch.device("cpu")) for side in sides]
    found = []
    for start, stop in bands(rows, max(ROWS, PIXELS // w)):
        first, last = int(rows[0].place[start]), int(rows[-1].place[stop - 1]) + 1
        found.append(w * (min(last + network.border, h) - max(first - network.border, 0)))
    return found
