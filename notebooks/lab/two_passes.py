"""Enlarge all of a picture by a cheap network, then its hard tiles by a dear one: what that gives, and what it costs.

Tiles are squares of the large picture; which of them go on to the dear network is a boolean array (rows, columns).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from models.small_upscaler import SmallUpscaler

from lab.cost import counted
from lab.metrics import psnr


@dataclass(frozen=True)
class TwoPasses:
    """One picture as bicubic, a little and a big network enlarge it, with the truth: uint8 (H, W, 3) each.

    `side` is that of a tile; it divides H and W.
    """

    soft: np.ndarray
    little: np.ndarray
    big: np.ndarray
    truth: np.ndarray
    side: int

    def hardness(self) -> np.ndarray:
        """Return how far the little network moved each tile from bicubic, in grey levels: known before a second pass.

        Where a picture is easy there is nothing to correct.
        """
        return by_tile(np.abs(self.little.astype(float) - self.soft), self.side)

    def gain(self) -> np.ndarray:
        """Return by how much the big network lowers the mean squared error of each tile: known only with the truth."""
        left = [by_tile((made.astype(float) - self.truth) ** 2, self.side) for made in (self.little, self.big)]
        return left[0] - left[1]

    def mixed(self, chosen: np.ndarray) -> np.ndarray:
        """Return the picture with the chosen tiles from the big network."""
        return np.where(spread(chosen, self.side), self.big, self.little)

    def quality(self, chosen: np.ndarray) -> float:
        """Return the PSNR of that picture in dB."""
        return psnr(self.mixed(chosen), self.truth)

    def curve(self, scores: np.ndarray) -> list[float]:
        """Return the PSNR with no tile from the big network, with the one of the highest score, with two, up to all."""
        return [self.quality(highest(scores, count)) for count in range(scores.size + 1)]

    def at_random(self, share: float) -> float:
        """Return the PSNR to be expected if a share of the tiles, taken blindly, goes to the big network."""
        errors = [np.mean((made.astype(float) - self.truth) ** 2) for made in (self.little, self.big)]
        return float(10 * np.log10(255**2 / ((1 - share) * errors[0] + share * errors[1])))

    def fewest(self, scores: np.ndarray, kept: float) -> int:
        """Return how many tiles of the highest scores keep a share of the big network's lead in dB."""
        none, everything = (self.quality(np.full(scores.shape, passed)) for passed in (False, True))
        enough = none + kept * (everything - none)
        return next(count for count, reached in enumerate(self.curve(scores)) if reached >= enough)

    def threshold(self, kept: float) -> float:
        """Return the highest threshold of hardness that keeps a share of the big network's lead in dB."""
        hardness = self.hardness()
        count = self.fewest(hardness, kept)
        return float(np.sort(hardness, axis=None)[::-1][count - 1]) if count else float("inf")


def by_tile(values: np.ndarray, side: int) -> np.ndarray:
    """Return the mean of each tile of (H, W, 3), (H / side, W / side)."""
    rows, columns = (n // side for n in values.shape[:2])
    return values.reshape(rows, side, columns, side, -1).mean(axis=(1, 3, 4))


def spread(chosen: np.ndarray, side: int) -> np.ndarray:
    """Return for each pixel whether its tile is chosen, (H, W, 1)."""
    return chosen.repeat(side, axis=0).repeat(side, axis=1)[..., None]


def highest(scores: np.ndarray, count: int) -> np.ndarray:
    """Return which `count` tiles have the highest scores; of equal ones the first."""
    order = np.argsort(-scores, axis=None, kind="stable")
    chosen = np.zeros(scores.size, bool)
    chosen[order[:count]] = True
    return chosen.reshape(scores.shape)


def overlap(network: SmallUpscaler, side: int) -> float:
    """Return how often the network's work is done when tiles of `side` small pixels are computed one by one.

    Each needs a margin of pixels that its neighbours compute as well; 1 would be without.
    """
    window = torch.zeros(1, 3, *[side + 2 * network.margin] * 2)
    place = next(network.parameters()).device
    return counted(lambda: network.correction(window.to(place))) * 1e9 / (network.work * side**2)


def faded(picture: np.ndarray, chosen: np.ndarray, side: int) -> np.ndarray:
    """Return a uint8 picture (H, W, 3) whose tiles are pale where they are not chosen."""
    pale = (picture.astype(float) * 0.3 + 255 * 0.7).astype(np.uint8)
    return np.where(spread(chosen, side), picture, pale)
