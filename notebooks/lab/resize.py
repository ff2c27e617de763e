"""Resizing without learned weights, all of it Pillow's, on 8-bit pictures.

Making a picture smaller, Pillow's bicubic widens its kernel so that nothing aliases; this is how LIIF's own training
pictures were made.
"""

from __future__ import annotations

import numpy as np
from PIL import Image

METHODS = {"nearest": Image.Resampling.NEAREST, "bicubic": Image.Resampling.BICUBIC, "box": Image.Resampling.BOX}


def resize(picture: np.ndarray, height: int, width: int, method: str = "bicubic") -> np.ndarray:
    """Return a uint8 picture (H, W, 3) with `height` x `width` pixels; `method` is a key of METHODS.

    Raises:
        ValueError: the method is unknown.
    """
    if method not in METHODS:
        raise ValueError(f"the method is one of {', '.join(METHODS)} (got {method!r})")
    return np.array(Image.fromarray(picture).resize((width, height), METHODS[method]))


def shrunk(truth: np.ndarray, scale: float) -> tuple[np.ndarray, np.ndarray]:
    """Return the truth, cut so that `scale` divides it, with the small picture that bicubic makes of it."""
    h, w = (int(side / scale) for side in truth.shape[:2])
    truth = truth[: round(h * scale), : round(w * scale)]
    return truth, resize(truth, h, w)
