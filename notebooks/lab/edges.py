"""How soft an edge is and whether two lines are still two, read from the greys across straight lines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from lab.sketch import distances

STEP = 0.25  # pixels: how finely a profile is divided


@dataclass(frozen=True)
class Profile:
    """The mean grey by signed distance from a line: `at` in pixels, rising; `grey` from 0 to 255."""

    at: np.ndarray
    grey: np.ndarray

    def between(self, low: float, high: float) -> np.ndarray:
        """Return the greys at distances from `low` to `high`."""
        return self.grey[(self.at >= low) & (self.at <= high)]


def across(picture: np.ndarray, angle: float, reach: float, border: int = 0, middle: float = 0.0) -> Profile:
    """Return the profile of a square uint8 picture (H, H, 3) across a straight line, out to `reach` pixels each way.

    `angle` in degrees turns the line from upright; it passes the middle of the picture at a distance of `middle`.
    Every pixel counts whose distance falls into a step, so slanted lines are seen finer than a pixel; steps without
    any pixel are filled in from their neighbours. The `border` is left out.

    Raises:
        ValueError: the picture is not square, or too small for `reach`.
    """
    size = len(picture)
    if picture.shape[1] != size or size / 2 - border - abs(middle) <= reach:
        raise ValueError(f"{picture.shape[0]} x {picture.shape[1]} pixels hold no square of {reach} pixels each way")
    cut = slice(border, size - border)
    away, grey = distances(size, angle)[cut, cut].ravel() - middle, picture[cut, cut].mean(axis=2).ravel()
    steps = np.rint(away / STEP).astype(int)
    wanted = np.arange(-round(reach / STEP), round(reach / STEP) + 1)
    count, total = (np.bincount(steps - steps.min(), weights) for weights in (None, grey))
    seen = np.flatnonzero(count)
    found = np.interp(wanted, seen + steps.min(), total[seen] / count[seen])
    return Profile(wanted * STEP, found)


def mean_profile(profiles: Sequence[Profile]) -> Profile:
    """Return the mean of profiles of one reach."""
    return Profile(profiles[0].at, np.mean([profile.grey for profile in profiles], axis=0))


def edge_width(at: np.ndarray, grey: np.ndarray) -> float:
    """Return over how many pixels an edge goes from 10 to 90 % of the way between its first and its last grey.

    Raises:
        ValueError: the first and the last grey are equal, so there is no edge.
    """
    step = grey[-1] - grey[0]
    if step == 0:
        raise ValueError("the greys end as they began; there is no edge to measure")
    share = (grey - grey[0]) / step
    high = int(np.argmax(share >= 0.9))
    low = int(np.flatnonzero(share[:high] <= 0.1)[-1])
    return float(abs(crossing(at, share, high - 1, 0.9) - crossing(at, share, low, 0.1)))


def crossing(at: np.ndarray, share: np.ndarray, before: int, level: float) -> float:
    """Return where a curve passes `level` on the straight way from one sample to the next."""
    part = (level - share[before]) / (share[before + 1] - share[before])
    return at[before] + part * (at[before + 1] - at[before])


def line_edges(profile: Profile) -> float:
    """Return the mean width (10-90 %) of the two edges of a dark line, from the ground to its own darkest grey."""
    darkest = int(np.argmin(profile.grey))
    left = edge_width(profile.at[: darkest + 1], profile.grey[: darkest + 1])
    right = edge_width(profile.at[darkest:][::-1], profile.grey[darkest:][::-1])
    return (left + right) / 2


def parted(profile: Profile, apart: float) -> float:
    """Return how bright the gap between two dark lines is, `apart` pixels from middle to middle.

    1 is as bright as the ground, 0 no brighter than the lines: then they are one band.
    """
    half, quarter = apart / 2, apart / 4
    dark = np.mean([profile.between(side - quarter, side + quarter).min() for side in (-half, half)])
    ground = (profile.grey[0] + profile.grey[-1]) / 2
    return float((profile.between(-quarter, quarter).max() - dark) / (ground - dark))


def stays_above(places: Sequence[float], values: Sequence[float], level: float = 0.5) -> float:
    """Return the place from which on a curve stays at or above `level`; between two places it is a straight line.

    Raises:
        ValueError: it ends below.
    """
    below = [i for i, value in enumerate(values) if value < level]
    if not below:
        return float(places[0])
    if below[-1] == len(values) - 1:
        raise ValueError(f"the curve ends at {values[-1]:.2f}, below {level}; try wider places")
    return float(crossing(np.asarray(places), np.asarray(values), below[-1], level))
