"""How close an enlarged picture is to the truth, with how crisp it is; all on uint8 pictures (H, W, 3)."""

from __future__ import annotations

import math

import numpy as np
from scipy.ndimage import uniform_filter

WINDOW = 7  # pixels: the side of the windows within which SSIM compares
SETTLE = ((0.01 * 255) ** 2, (0.03 * 255) ** 2)  # what keeps its two quotients calm where a window is dark or flat


def psnr(estimate: np.ndarray, truth: np.ndarray, border: int = 0) -> float:
    """Return the peak signal-to-noise ratio in dB over all three channels, without `border` pixels at each side.

    Equal pictures give infinity.

    Raises:
        ValueError: the shapes differ, or the border leaves nothing.
    """
    a, b = inner(estimate, truth, border)
    error = np.mean((a - b) ** 2)
    return math.inf if error == 0 else float(10 * np.log10(255**2 / error))


def ssim(estimate: np.ndarray, truth: np.ndarray, border: int = 0) -> float:
    """Return the likeness of local structure, at most 1: the mean over all even windows inside, and all three channels.

    Z. Wang et al., "Image quality assessment: from error visibility to structural similarity", 2004. Scenes of
    Gaussians learn by another form of it, in round windows and with gradients: `splatted.ssim_learned_by`.

    Raises:
        ValueError: the shapes differ, or the border leaves less than a window.
    """
    a, b = inner(estimate, truth, border)
    if min(a.shape[:2]) < WINDOW:
        raise ValueError(f"windows of {WINDOW} x {WINDOW} pixels do not fit into {a.shape[0]} x {a.shape[1]}")
    mean_a, mean_b = in_windows(a), in_windows(b)
    unbiased = WINDOW**2 / (WINDOW**2 - 1)
    variances = unbiased * (in_windows(a * a) - mean_a**2 + in_windows(b * b) - mean_b**2)
    covariance = unbiased * (in_windows(a * b) - mean_a * mean_b)
    brightness = (2 * mean_a * mean_b + SETTLE[0]) / (mean_a**2 + mean_b**2 + SETTLE[0])
    return float(np.mean(brightness * (2 * covariance + SETTLE[1]) / (variances + SETTLE[1])))


def in_windows(values: np.ndarray) -> np.ndarray:
    """Return the mean of each window that lies inside, by channels: (H, W, 3) -> (H - 6, W - 6, 3)."""
    half = WINDOW // 2
    return uniform_filter(values, (WINDOW, WINDOW, 1))[half:-half, half:-half]


def gradient_energy(estimate: np.ndarray, truth: np.ndarray, border: int = 0) -> float:
    """Return the sum of squared differences between neighbouring pixels, as a share of the truth's.

    1 is as crisp as the truth, less is softer, more is sharpened beyond it.

    Raises:
        ValueError: the shapes differ, the border leaves nothing, or the truth is all one colour.
    """
    a, b = (energy(picture) for picture in inner(estimate, truth, border))
    if b == 0:
        raise ValueError("the true picture is all one colour, so it has no edges to compare with")
    return a / b


def energy(picture: np.ndarray) -> float:
    """Return the sum of squared differences between neighbours, down and across."""
    return float(np.sum(np.diff(picture, axis=0) ** 2) + np.sum(np.diff(picture, axis=1) ** 2))


def contrast_kept(estimate: np.ndarray, truth: np.ndarray, border: int = 0) -> float:
    """Return how much of a pattern's contrast is left: the part of the estimate that follows the truth.

    It is the slope of the best line through (truth, estimate): 1 keeps all, 0 shows none, below 0 shows it reversed.

    Raises:
        ValueError: the shapes differ, the border leaves nothing, or the truth is all one colour.
    """
    a, b = inner(estimate, truth, border)
    a, b = a - a.mean(), b - b.mean()
    if not b.any():
        raise ValueError("the true picture is all one colour, so it has no contrast to keep")
    return float(np.sum(a * b) / np.sum(b * b))


def inner(estimate: np.ndarray, truth: np.ndarray, border: int) -> tuple[np.ndarray, np.ndarray]:
    """Return both pictures as float64 without their border."""
    if estimate.shape != truth.shape:
        raise ValueError(f"pictures of one shape are compared (got {estimate.shape} and {truth.shape})")
    if min(truth.shape[:2]) <= 2 * border:
        raise ValueError(f"a border of {border} pixels leaves nothing of {truth.shape[0]} x {truth.shape[1]}")
    cut = slice(border, -border or None)
    return tuple(picture[cut, cut].astype(np.float64) for picture in (estimate, truth))
