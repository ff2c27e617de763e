"""How far a network is from what another implementation of it gave, beside what its case allows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from parity.families import Listed, family_of
from parity.vectors import Case

SLACK = {"cpu": 1, "cuda": 10}  # how many times the tolerance: a GPU adds in another order


@dataclass(frozen=True)
class Compared:
    """One output of one form of a network on one device: how far it is from the stored one, and how far it may be.

    Attributes:
        largest: the largest deviation of a number; `atol` is allowed.
        rms: the root of the mean squared deviation; `rms_tol` is allowed.
    """

    case: str
    output: str
    form: str
    place: str
    largest: float
    rms: float
    atol: float
    rms_tol: float

    @property
    def is_equal(self) -> bool:
        """Tell whether it lies within the tolerance; a number that is none does not."""
        slack = SLACK[self.place]
        return self.largest <= slack * self.atol and self.rms <= slack * self.rms_tol

    def __str__(self) -> str:
        found = f"{self.largest:.2e}, rms {self.rms:.2e}"
        allowed = f"{SLACK[self.place]} x {self.atol:.0e} and {self.rms_tol:.0e} are allowed"
        return f"{self.case}: {self.output}, {self.form} on {self.place}: {found}; {allowed}"


def places() -> list[str]:
    """Return the devices of this machine that networks must agree on; a GPU then rounds as little as it can."""
    torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = False
    return ["cpu", "cuda"] if torch.cuda.is_available() else ["cpu"]


def comparisons(case: Case, place: str) -> Iterator[Compared]:
    """Yield how far each form of a case's network is from each stored output.

    Raises:
        ValueError: the recipe draws other weights, or the outputs are others.
    """
    torch.set_num_threads(1)
    weights, family = case.weights(), family_of(case.name)
    for form, network in family.forms(case.sidecar):
        network.load_state_dict(weights, strict=True)
        with torch.no_grad():
            outputs = family.outputs(network.to(place).eval(), case.inputs(place), case.sidecar)
        if set(outputs) != set(case.sidecar["outputs"]):
            raise ValueError(f"{case.name}: {form} gives {', '.join(outputs)}, other outputs than were stored")
        for name, ours in outputs.items():
            found = deviation(ours.cpu(), case.vectors[f"out.{name}"])
            yield Compared(case.name, name, form, place, *found, *allowed(case.sidecar["outputs"][name]))


def allowed(told: Mapping[str, Any]) -> tuple[float, float]:
    """Return the largest deviation and the rms that a sidecar allows an output: none where it says `exact`."""
    return (0.0, 0.0) if told.get("exact") else (told["atol"], told["rms_tol"])


def deviation(ours: Tensor, theirs: Tensor) -> tuple[float, float]:
    """Return the largest deviation and the root of the mean squared one; without end where the shapes differ."""
    if ours.shape != theirs.shape:
        return float("inf"), float("inf")
    apart = ours.double() - theirs.double()
    return apart.abs().max().item(), apart.square().mean().sqrt().item()


@dataclass(frozen=True)
class Names:
    """How many names and shapes of a published checkpoint a network has, and how many learned numbers."""

    names: int
    parameters: int


def names(network: Listed, wanted: dict[str, tuple[int, ...]], about: str) -> Names:
    """Return what a network without memory has in common with a list of names and shapes: all of it.

    Raises:
        ValueError: they differ; the message names `about` and what differs first.
    """
    with torch.device("meta"):
        held, given = network.build(), {name: torch.empty(shape) for name, shape in wanted.items()}
        known = shapes(network.known(given))
    ours = shapes(held.state_dict())
    apart = sorted(name for name in known.keys() | ours.keys() if known.get(name) != ours.get(name))
    if apart:
        raise ValueError(f"{about}: {len(apart)} names or shapes differ, such as {apart[0]}")
    return Names(len(wanted), sum(value.numel() for value in held.parameters()))


def shapes(tensors: dict[str, Tensor]) -> dict[str, tuple[int, ...]]:
    """Return the shape of each tensor."""
    return {name: tuple(value.shape) for name, value in tensors.items()}


def of_case(case: Case) -> Listed:
    """Return the network of a case in its first form, whose names are those of the case's weights."""

    def build() -> nn.Module:
        return next(family_of(case.name).forms(case.sidecar))[1]

    return Listed(build)
