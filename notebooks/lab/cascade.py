"""What a little and a big classifier answer to pictures of known classes, and how well a threshold carries over."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import torch
from models.little_big import Curve, Trial, confidence
from torch import Tensor, nn

from lab.labelled import Labelled

AT_ONCE = 500  # pictures
Rule = Callable[[Trial], float]  # chooses a threshold


@torch.no_grad()
def logits_of(network: nn.Module, given: Labelled, place: torch.device) -> Tensor:
    """Return the logits (n, K) of all pictures, on the CPU."""
    pictures = torch.from_numpy(given.pictures)
    return torch.cat([network(some.to(place)).cpu() for some in pictures.split(AT_ONCE)])


def right(network: nn.Module, given: Labelled, place: torch.device) -> Tensor:
    """Return which pictures a classifier names rightly, (n,)."""
    return logits_of(network, given, place).argmax(-1) == torch.from_numpy(given.classes)


def trial(little: nn.Module, big: nn.Module, given: Labelled, place: torch.device) -> Trial:
    """Return what both classifiers answer to all pictures."""
    sure, classes = confidence(logits_of(little, given, place))
    return Trial(sure, classes == torch.from_numpy(given.classes), right(big, given, place))


def gain(tested: Trial) -> float:
    """Return the accuracy of the big classifier minus that of the little one, as a share of the pictures."""
    return float((tested.big.double() - tested.little.double()).mean())


# --- what the curve is compared with ---------------------------------------------------------------------------------


def at_random(tested: Trial, shares: Tensor) -> Tensor:
    """Return the accuracy to be expected if shares of the pictures (t,), taken blindly, go to the big classifier."""
    little, big = (answers.double().mean() for answers in (tested.little, tested.big))
    return little + shares * (big - little)


def truth_known(tested: Trial) -> Curve:
    """Return the curve of one who knows which pictures gain by the big classifier: they go first, losers go last."""
    gains = tested.big.double() - tested.little.double()
    return Trial(-gains, tested.little, tested.big).curve()


def accuracies_at(curve: Curve, shares: Tensor) -> Tensor:
    """Return the accuracy of a curve where shares of the pictures (t,) are passed on, along straight lines."""
    return torch.from_numpy(np.interp(shares, curve.passed, curve.accuracy))


def corrected_among_least_sure(tested: Trial, share: float) -> float:
    """Return which share of what the big classifier corrects lies among a share of the pictures, the least sure."""
    least = torch.zeros(len(tested), dtype=torch.bool)
    least[tested.sure.argsort(stable=True)[: round(share * len(tested))]] = True
    corrected = tested.big & ~tested.little
    return (corrected & least).sum().item() / max(1, corrected.sum().item())


def chance_of_order(tested: Trial) -> float:
    """Return how probable it is that the little classifier is less sure of a corrected picture than of another.

    A corrected one is a mistake of the little classifier that the big one does not make; the other is any picture that
    is none. Equal sureness counts half: 0.5 is no better than blind, 1 parts them wholly (the area under the ROC).
    Unlike a share among the least sure, it does not depend on how many are corrected.

    Raises:
        ValueError: all pictures or none are corrected.
    """
    corrected = tested.big & ~tested.little
    among, others = tested.sure[corrected].double(), tested.sure[~corrected].double()
    if not len(among) or not len(others):
        raise ValueError(f"{len(among)} of {len(tested)} pictures are corrected; some must be, and some not")
    others = others.sort().values
    above = len(others) - torch.searchsorted(others, among, right=True)
    equal = torch.searchsorted(others, among, right=True) - torch.searchsorted(others, among)
    return float((above + equal / 2).mean() / len(others))


def guidance(tested: Trial, share: float) -> float:
    """Return how much of what the truth gains over blind choice the little classifier's doubt gains, at one share.

    1 where the least sure first is as good as the truth known, 0 where it is as good as blind choice.
    """
    at = torch.tensor([share], dtype=torch.float64)
    blindly, known = at_random(tested, at), accuracies_at(truth_known(tested), at)
    return float((accuracies_at(tested.curve(), at) - blindly) / (known - blindly))


# --- a threshold meets other pictures --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Met:
    """What a threshold gives on pictures that it was not chosen from: shares of them.

    Attributes:
        passed: what is passed on.
        lost: accuracy of the big classifier alone minus that of both.
    """

    threshold: float
    passed: float
    lost: float


def met(tested: Trial, threshold: float) -> Met:
    """Return what a threshold gives."""
    lost = tested.big.double().mean().item() - tested.accuracy(threshold)
    return Met(threshold, tested.passed(threshold), lost)


def redrawn(pool: Trial, tested: Trial, count: int, times: int, rule: Rule, seed: int) -> Iterator[Met]:
    """Yield, many times, what a threshold gives that a rule chose from `count` pictures drawn from a pool.

    Raises:
        ValueError: the pool is smaller.
    """
    if count > len(pool):
        raise ValueError(f"{count} pictures cannot be drawn from {len(pool)}")
    rng = np.random.default_rng([seed, count])
    for _ in range(times):
        drawn = torch.from_numpy(rng.choice(len(pool), count, replace=False))
        yield met(tested, rule(pool.part(drawn)))
