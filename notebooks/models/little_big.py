"""Little-Big: a little classifier answers everything, and only what it is unsure of goes on to a big one.

Source: "Speeding Up Image Classifiers with Little Companions", arXiv 2406.17117; no code was published.
Differs from the paper: the threshold can also be chosen by cross-validation.

Shapes: B pictures, n of them with known classes to choose the threshold from, K classes.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn

ALWAYS = 1.0  # the threshold at which the big classifier answers everything
CERTAIN = math.nextafter(ALWAYS, 0)  # the threshold that keeps only what the little one is certain of


@dataclass(frozen=True)
class Answers:
    """The class of each picture, how sure the little classifier was of its own, and whether the big one was asked."""

    classes: Tensor  # (B,), whole numbers
    confidence: Tensor  # (B,) in [1/K, 1]
    passed_on: Tensor  # (B,), true or false


class LittleBig(nn.Module):
    """Two classifiers that are used as they are: any two that take the same pictures and give logits (B, K).

    What each does to a picture beforehand (its own size, its own normalisation) is part of it.
    """

    def __init__(self, little: nn.Module, big: nn.Module, threshold: float) -> None:
        """Keep both classifiers and the confidence below which the big one is asked.

        Raises:
            ValueError: the threshold is not between 0 and 1.
        """
        super().__init__()
        if not 0 <= threshold <= 1:
            raise ValueError(f"a threshold of confidence lies between 0 and 1 (got {threshold})")
        self.little, self.big, self.threshold = little, big, threshold

    @torch.no_grad()
    def forward(self, pictures: Tensor) -> Answers:
        """Return the answers for pictures (B, ...); the big classifier sees only those that are passed on."""
        sure, classes = confidence(self.little(pictures))
        hard = passed_on(sure, self.threshold)
        if hard.any():
            classes[hard] = self.big(pictures[hard]).argmax(-1)
        return Answers(classes, sure, hard)


def confidence(logits: Tensor) -> tuple[Tensor, Tensor]:
    """Return the largest probability of each picture and its class, (B,) each, for logits (B, K)."""
    sure, classes = logits.softmax(-1).max(-1)
    return sure, classes


def passed_on(sure: Tensor, threshold: float) -> Tensor:
    """Return which pictures go on to the big classifier: those below the threshold, and for a threshold of 1 all.

    (Rounding can make a classifier as sure as 1; a strict comparison would then keep its answer.)
    """
    return torch.ones_like(sure, dtype=torch.bool) if threshold >= ALWAYS else sure < threshold


# --- what a threshold gives, and what it costs -----------------------------------------------------------------------


@dataclass(frozen=True)
class Trial:
    """What two classifiers answered to pictures whose classes are known: (n,) each."""

    sure: Tensor  # how sure the little one was
    little: Tensor  # whether it was right
    big: Tensor  # whether the big one was right

    def __len__(self) -> int:
        return len(self.sure)

    def part(self, chosen: Tensor) -> Trial:
        """Return the trial of some of the pictures."""
        return Trial(self.sure[chosen], self.little[chosen], self.big[chosen])

    def passed(self, threshold: float) -> float:
        """Return the share of the pictures that is passed on, f(T)."""
        return passed_on(self.sure, threshold).double().mean().item()

    def accuracy(self, threshold: float) -> float:
        """Return the share of the pictures that both together name rightly."""
        hard = passed_on(self.sure, threshold)
        return torch.where(hard, self.big, self.little).double().mean().item()

    def curve(self) -> Curve:
        """Return every threshold that makes a difference: 0, each confidence that occurs, and 1."""
        sure, order = self.sure.double().sort()
        first = torch.cat([sure.new_ones(1, dtype=torch.bool), sure.diff() > 0])  # equal ones go together
        below = first.nonzero().flatten()  # how many are less sure than each that occurs
        gained = (self.big.double() - self.little.double())[order].cumsum(0)
        gained = torch.cat([gained.new_zeros(1), gained])  # of the k least sure ones, for k = 0 to n
        passed = torch.cat([below, below.new_full((1,), len(self))])
        thresholds = torch.cat([sure.new_zeros(1), sure[below[1:]].clamp(max=CERTAIN), sure.new_full((1,), ALWAYS)])
        right = self.little.double().sum() + gained[passed]
        return Curve(thresholds, passed.double() / len(self), right / len(self))


@dataclass(frozen=True)
class Curve:
    """What each threshold gives, from the cheapest to the dearest: (t,) each."""

    thresholds: Tensor
    passed: Tensor  # share that is passed on
    accuracy: Tensor


def expected_macs(little: float, big: float, passed: float) -> float:
    """Return the multiply-accumulates for a picture on average: MACs(L) + f MACs(B)."""
    return little + passed * big


def saved(little: float, big: float, passed: float) -> float:
    """Return the share of the big classifier's multiply-accumulates that is saved; negative if more are needed."""
    return 1 - expected_macs(little, big, passed) / big


# --- how the threshold is chosen -------------------------------------------------------------------------------------


def threshold_by_rule(trial: Trial, may_lose: float = 0.0) -> float:
    """Return the threshold of the rule that reviews of the paper report: as good as the big classifier less `may_lose`.

    `may_lose` is a share of the pictures. A threshold of 1 gives the accuracy of the big classifier, so there is one.
    """
    curve = trial.curve()
    enough = curve.accuracy >= trial.big.double().mean() - may_lose - 1e-9
    return float(curve.thresholds[enough.nonzero()[0, 0]])


def threshold_by_folds(trial: Trial, folds: int = 5, may_lose: float = 0.0) -> float:
    """Return the highest threshold that the rule chooses when each fold of the pictures in turn is left out.

    It is the cheapest that does not hang on any one fold.
    """
    return max(threshold_by_rule(rest, may_lose) for rest, _ in cross_validation(trial, folds))


def loss_of_folds(trial: Trial, folds: int = 5, may_lose: float = 0.0) -> float:
    """Return how much the rule loses, as a share, on the fold that it did not see: mean over the folds."""
    lost = []
    for rest, unseen in cross_validation(trial, folds):
        threshold = threshold_by_rule(rest, may_lose)
        lost.append(unseen.accuracy(ALWAYS) - unseen.accuracy(threshold))
    return sum(lost) / folds


def cross_validation(trial: Trial, folds: int) -> list[tuple[Trial, Trial]]:
    """Return for each fold the trial without it, and of it alone; every picture is in one fold.

    Raises:
        ValueError: there are fewer than two folds, or fewer pictures than folds.
    """
    if not 2 <= folds <= len(trial):
        raise ValueError(f"{len(trial)} pictures cannot be split into {folds} folds")
    of = torch.arange(len(trial), device=trial.sure.device) % folds
    return [(trial.part(of != fold), trial.part(of == fold)) for fold in range(folds)]
