"""What came out when our networks were compared with other code of the same networks, as typed values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Deviation:
    """How far numbers are apart: the largest deviation, and the root of the mean squared one."""

    largest: float
    rms: float


@dataclass(frozen=True)
class ComparedOutput:
    """One stored output: its shape, what its case allows, and what was measured, by device, in the worst form."""

    shape: tuple[int, ...]
    atol: float
    rms_tol: float
    measured: Mapping[str, Deviation]


@dataclass(frozen=True)
class ComparedCase:
    """One test input: shapes by name, the code that made the outputs, and the list of names of its weights, if any."""

    inputs: Mapping[str, tuple[int, ...]]
    repository: str  # owner/name
    commit: str
    files: str
    weights: str
    outputs: Mapping[str, ComparedOutput]


@dataclass(frozen=True)
class ComparedNames:
    """How many names and shapes of a published checkpoint ours has, and how many learned numbers."""

    names: int
    parameters: int


@dataclass(frozen=True)
class ComparedNetwork:
    """A network of models/: what it was compared by, and the SHA-256 of each part that this was made from."""

    key: Mapping[str, str]
    forms: tuple[str, ...]
    cases: Mapping[str, ComparedCase]
    lists: Mapping[str, ComparedNames]


@dataclass(frozen=True)
class Device:
    """A device that was compared on, and how many times the tolerance it is allowed."""

    name: str
    times: float


@dataclass(frozen=True)
class Parity:
    """All comparisons, by network; `file` is the path from the repository's root."""

    networks: Mapping[str, ComparedNetwork]
    devices: Mapping[str, Device]
    provenance: Mapping[str, Any] = field(default_factory=dict)
    file: str = ""
