"""Which file of networks/ knows how to build a case's network, and which lists of names it can be compared with."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

from torch import Tensor, nn

Sidecar = Mapping[str, Any]
Tensors = Mapping[str, Tensor]


@dataclass(frozen=True)
class Family:
    """Cases whose networks are built and asked alike.

    Attributes:
        forms: yields the forms of the network that compute the same, each with its name.
        outputs: returns what the vectors hold, by name, for a network, the inputs and the sidecar.
    """

    forms: Callable[[Sidecar], Iterator[tuple[str, nn.Module]]]
    outputs: Callable[[nn.Module, Tensors, Sidecar], dict[str, Tensor]]


@dataclass(frozen=True)
class Listed:
    """A network whose names are compared with a list that no case has; `known` puts the list's names into ours."""

    build: Callable[[], nn.Module]
    known: Callable[[Tensors], Tensors] = dict


def functions(_: Sidecar) -> Iterator[tuple[str, nn.Module]]:
    """Yield the one form of a case that compares functions without weights: an empty network."""
    yield "as it is", nn.Module()


def networks() -> list[str]:
    """Return the names of the networks that can be compared, sorted."""
    folder = Path(__file__).parent / "networks"
    return sorted(path.stem for path in folder.glob("*.py") if path.stem != "__init__")


def of_network(name: str) -> ModuleType:
    """Return the file that builds and asks a network: its FAMILIES by the beginning of their cases, and its LISTS."""
    return import_module(f"parity.networks.{name}")


def network_of(case: str) -> str:
    """Return the network that a case is about.

    Raises:
        LookupError: no file of networks/ knows it.
    """
    for name in networks():
        if any(case.startswith(beginning) for beginning in of_network(name).FAMILIES):
            return name
    raise LookupError(f"{case}: no file of notebooks/parity/networks/ has a family of that name; write one")


def family_of(case: str) -> Family:
    """Return how the network of a case is built and asked."""
    families = of_network(network_of(case)).FAMILIES
    return next(family for beginning, family in families.items() if case.startswith(beginning))
