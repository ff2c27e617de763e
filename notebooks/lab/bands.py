"""How many small pixels LIIF encodes for each band in which it draws, on which its time hangs, as does its memory."""

from __future__ import annotations

import torch
from models.liif_bands import LIIFInBands, bands


def encoded(network: LIIFInBands, h: int, w: int, height: int) -> list[int]:
    """Return the small pixels that each band encodes, its border included, when h x w become `height` rows."""
    around = (network.around(band, h) for band in bands(network.sides(h, height, torch.device("cpu")), w))
    return [w * (rows.stop - rows.start) for rows in around]
