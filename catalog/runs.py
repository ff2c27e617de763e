"""What one execution of a notebook leaves behind, as typed values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

GIVEN = "given by the user (digest not known)"  # under the name of an official file, for which no record has a SHA-256
ORIGINS = ("official", "trained here", GIVEN, "untrained", "none")  # "none": no network drew this figure
UNTRAINED = "untrained:"  # how the part of a key begins that names a lesson whose weights were not there
LOADED = {  # how the parts of a key begin that name loaded files
    "official": "official:",
    GIVEN: "official:",
    "trained here": "weights/",
}


def is_cpu(device: str) -> bool:
    """Tell whether a device, as runs write it down, is no GPU."""
    return device.partition(",")[0] == "cpu"


class Result(NamedTuple):
    """A measured number: `metric` is a word of the vocabulary, `kind` is exact or measured (time, memory)."""

    value: float
    metric: str
    unit: str
    kind: str
    says: str


@dataclass(frozen=True)
class Figure:
    """A picture or plot: `file` lies in the run's folder; `width` and `height` are pixels.

    `partner` names the figure it is compared with; `placeholder` is a tiny blurred data address; `weights` is one of
    ORIGINS; `kind` is exact, or measured where it draws times or memory, which no rerun repeats to the byte; `sha256`
    is that of the file; `stamp` says in words which network drew it, empty where that needs no word.
    """

    file: str
    width: int
    height: int
    alt: str
    caption: str
    partner: str | None
    weights: str
    placeholder: str | None
    kind: str = "exact"
    sha256: str = ""
    stamp: str = ""

    @property
    def stamped(self) -> str:
        """The caption behind the words on the network that drew it."""
        return f"{self.stamp}: {self.caption}" if self.stamp else self.caption


@dataclass(frozen=True)
class TraceStep:
    """What one step of a workflow really did.

    Shapes by port (empty for text), seconds, bytes, device, origin of the weights (one of ORIGINS), and whether the
    network was a smaller one of the same design. The bytes are those by which the process grew at the most (on a GPU:
    its tensors), so nothing that was held before counts: no weights, and no memory that was used again.
    """

    step: str
    run: str
    inputs: Mapping[str, tuple[int, ...]]
    outputs: Mapping[str, tuple[int, ...]]
    seconds: float
    peak_bytes: int | None
    device: str
    weights: str
    smaller: bool = False

    @property
    def on_cpu(self) -> bool:
        """Whether it took no GPU."""
        return is_cpu(self.device)


class ExecutedCell(NamedTuple):
    """A cell of the executed notebook: its Markdown or its code.

    `not_shown` are the kinds of its output that no page shows; `private` says what in it nobody means to publish.
    """

    markdown: bool
    text: str
    not_shown: tuple[str, ...] = ()
    private: str = ""


@dataclass(frozen=True)
class Run:
    """One execution of a notebook; `file` and `folder` are paths from the repository's root with forward slashes.

    `cells` are those that were executed; None where nobody read the executed notebook. `sealed` tells whether its
    record is as the run wrote it, and the executed notebook too if anybody read that; `notebook` is the SHA-256 that
    the record tells of the latter.
    """

    id: str
    mode: str
    key: Mapping[str, str]
    results: Mapping[str, Result]
    figures: Mapping[str, Figure]
    trace: tuple[TraceStep, ...]
    provenance: Mapping[str, Any]
    file: str = ""
    cells: tuple[ExecutedCell, ...] | None = None
    sealed: bool = True
    notebook: str = ""

    @property
    def on_cpu(self) -> bool:
        """Whether it was made without a GPU."""
        device = self.provenance.get("device")
        return isinstance(device, str) and is_cpu(device)

    @property
    def folder(self) -> str:
        """The folder that holds run.json, the figures and notebook.ipynb."""
        return self.file.rpartition("/")[0]

    @property
    def origins(self) -> tuple[str, ...]:
        """Who trained the networks that the run used, sorted words of ORIGINS; empty where it used none."""
        figures = {figure.weights for figure in self.figures.values()}
        return tuple(sorted((figures | {step.weights for step in self.trace}) - {"none"}))

    @cached_property
    def rests_on_untrained(self) -> bool:
        """Whether weights lacked, or a step was untrained, or, where none was traced, all networks' figures."""
        if any(part.startswith(UNTRAINED) for part in self.key):
            return True
        if self.trace:
            return any(step.weights == "untrained" for step in self.trace)
        return self.origins == ("untrained",)
