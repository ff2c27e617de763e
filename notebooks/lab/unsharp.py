"""Sharpening without learned weights, as any picture program does it."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageFilter

STRENGTH = 150  # percent: the usual one


def sharpened(picture: np.ndarray, radius: float) -> np.ndarray:
    """Return a uint8 picture (H, W, 3) with its differences from the picture blurred by `radius` pixels raised."""
    mask = ImageFilter.UnsharpMask(radius=radius, percent=STRENGTH, threshold=0)
    return np.array(Image.fromarray(picture).filter(mask))
