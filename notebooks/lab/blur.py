"""Blur a picture as a moving camera does: along a line, in linear light, with a little noise."""

from __future__ import annotations

import math

import numpy as np
from scipy.ndimage import convolve

GAMMA = 2.2  # of the pixel values; light adds up in linear values only
FINE = 8  # steps per pixel along the path


def path_kernel(length: float, angle: float) -> np.ndarray:
    """Return what a straight movement of `length` pixels at `angle` degrees does to a point, (K, K), sum 1, K odd.

    A length of 1 or less leaves the point where it is.
    """
    reach = math.ceil(max(length - 1, 0) / 2)
    kernel = np.zeros((2 * reach + 1, 2 * reach + 1))
    c, s = math.cos(math.radians(angle)), math.sin(math.radians(angle))
    half = max(length - 1, 0) / 2
    for t in np.linspace(-half, half, max(1, round(2 * half * FINE)) + 1):
        spread(kernel, reach + s * t, reach + c * t)
    return kernel / kernel.sum()


def spread(kernel: np.ndarray, y: float, x: float) -> None:
    """Add a point of light between pixels to the four around it."""
    top, left = math.floor(y), math.floor(x)
    for row, down in ((top, 1 - (y - top)), (top + 1, y - top)):
        for column, across in ((left, 1 - (x - left)), (left + 1, x - left)):
            if down * across > 0:
                kernel[row, column] += down * across


def moved(picture: np.ndarray, length: float, angle: float) -> np.ndarray:
    """Return a uint8 picture (H, W, 3) as a camera sees it that moves `length` pixels at `angle` degrees, unrounded.

    The values are floats in [0, 1], of the same shape; beyond its border the picture is mirrored.
    """
    light = (picture.astype(np.float64) / 255) ** GAMMA
    blurred = convolve(light, path_kernel(length, angle)[..., None], mode="mirror")
    return blurred.clip(0, 1) ** (1 / GAMMA)


def shaken(
    picture: np.ndarray, length: float, angle: float, rng: np.random.Generator, noise: float = 2 / 255
) -> np.ndarray:
    """Return a uint8 picture (H, W, 3) moved, with normal noise of standard deviation `noise`, rounded."""
    values = moved(picture, length, angle)
    return np.rint((values + rng.normal(0, noise, values.shape)).clip(0, 1) * 255).astype(np.uint8)
