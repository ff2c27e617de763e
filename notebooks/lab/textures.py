"""How alike two textures are, and stand-ins that share some of a texture's properties; on uint8 pictures (H, W, 3).

All is computed on the mean of the three channels. The measures are standard ones, and scikit-image's where it has them:
T. Ojala et al., "Multiresolution gray-scale and rotation invariant texture classification with local binary patterns",
2002; R. Haralick et al., "Textural features for image classification", 1973.
"""

from __future__ import annotations

import numpy as np
from skimage.feature import graycomatrix, graycoprops, local_binary_pattern
from skimage.filters import gaussian

RINGS = 32  # bands of fineness, from the coarsest waves to those of two pixels
AROUND = (0, np.pi / 4, np.pi / 2, 3 * np.pi / 4)  # directions of neighbours
PATTERNS = 10  # kinds of neighbourhood: nine even ones by how many neighbours are brighter, one for all others


def grey(picture: np.ndarray) -> np.ndarray:
    """Return the mean of the channels, rounded, (H, W) uint8."""
    return np.round(picture.mean(-1)).astype(np.uint8)


def as_picture(values: np.ndarray) -> np.ndarray:
    """Return greys (H, W) of any range as a picture (H, W, 3), rounded; what lies outside 0 to 255 is cut off."""
    return np.repeat(np.clip(np.round(values), 0, 255).astype(np.uint8)[..., None], 3, axis=-1)


# --- measures --------------------------------------------------------------------------------------------------------


def spectrum(picture: np.ndarray) -> np.ndarray:
    """Return the power of a square texture's waves by their fineness, (32,): the mean in rings of the 2D spectrum.

    The last ring ends at waves of two pixels. The edges are faded out, or they would count as fine detail.
    """
    side = picture.shape[0]
    fade = np.hanning(side)
    values = grey(picture).astype(float)
    power = np.abs(np.fft.fft2((values - values.mean()) * fade[:, None] * fade)) ** 2
    frequency = np.fft.fftfreq(side)
    ring = (np.hypot(frequency[:, None], frequency) * 2 * RINGS).astype(int)
    inside = (ring < RINGS) & (ring >= 0)
    return np.bincount(ring[inside], power[inside], RINGS) / np.bincount(ring[inside], minlength=RINGS)


def spectrum_distance(estimate: np.ndarray, truth: np.ndarray) -> float:
    """Return by how many dB the power of waves differs, averaged over 32 bands of fineness.

    Power below that of rounding to whole greys counts as that of rounding.

    Raises:
        ValueError: the pictures are not square and of one shape.
    """
    if estimate.shape != truth.shape or truth.shape[0] != truth.shape[1]:
        raise ValueError(f"square pictures of one shape are compared (got {estimate.shape} and {truth.shape})")
    floor = np.sum(np.hanning(truth.shape[0]) ** 2) ** 2 / 12
    a, b = (np.log10(np.maximum(spectrum(picture), floor)) for picture in (estimate, truth))
    return float(10 * np.mean(np.abs(a - b)))


def patterns(picture: np.ndarray) -> np.ndarray:
    """Return how often each kind of neighbourhood occurs, (10,), adding up to 1: a histogram of local binary patterns.

    Each pixel is compared with eight neighbours at a distance of 1; only which of them are brighter counts.
    """
    found = local_binary_pattern(grey(picture), 8, 1, "uniform").astype(int)
    return np.bincount(found.ravel(), minlength=PATTERNS) / found.size


def pattern_distance(estimate: np.ndarray, truth: np.ndarray) -> float:
    """Return how far two histograms of local binary patterns are apart: half their chi-square, from 0 to 1."""
    a, b = patterns(estimate), patterns(truth)
    both = np.maximum(a + b, 1e-12)
    return float(np.sum((a - b) ** 2 / both) / 2)


def contrast(picture: np.ndarray) -> float:
    """Return the contrast of the co-occurrence matrix of next neighbours: their mean squared difference, four ways."""
    matrix = graycomatrix(grey(picture), [1], AROUND, levels=256, symmetric=True, normed=True)
    return float(graycoprops(matrix, "contrast").mean())


def contrast_ratio(estimate: np.ndarray, truth: np.ndarray) -> float:
    """Return the contrast of next neighbours as a share of the truth's: 1 is as sharp.

    Raises:
        ValueError: the truth is all one grey.
    """
    whole = contrast(truth)
    if whole == 0:
        raise ValueError("the true texture is all one grey, so it has no contrast to compare with")
    return contrast(estimate) / whole


# --- stand-ins -------------------------------------------------------------------------------------------------------


def same_waves(truth: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return noise with the waves of a texture, each as strong as there, but in random places.

    The phases of the 2D spectrum are those of white noise; a cut to 0 to 255 changes the strengths a little.
    """
    values = grey(truth).astype(float)
    waves = np.fft.fft2(rng.standard_normal(values.shape))
    waves *= np.abs(np.fft.fft2(values)) / np.maximum(np.abs(waves), 1e-12)
    waves[0, 0] = values.sum()
    return as_picture(np.fft.ifft2(waves).real)


def sharpened(soft: np.ndarray, truth: np.ndarray, radius: float = 2.0) -> np.ndarray:
    """Return a soft picture whose fine differences are raised until neighbours differ as much as in the truth.

    What is raised is the difference from the picture blurred by `radius` pixels (unsharp masking).
    """
    values, wanted = grey(soft).astype(float), contrast(truth)
    fine = values - gaussian(values, radius)
    low, high = 0.0, 1000.0
    for _ in range(30):
        middle = (low + high) / 2
        low, high = (middle, high) if contrast(as_picture(values + middle * fine)) < wanted else (low, middle)
    return as_picture(values + high * fine)
