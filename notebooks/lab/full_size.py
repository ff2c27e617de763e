"""One pass of a network at its published size: what it costs, with what a larger job would cost by two laws."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from lab.cost import Cost, cost, gmacs
from lab.record import result
from lab.weights import Design, Loaded

NUMBER = 4  # bytes of one in single precision
LAWS = ("operations", "the pixels worked on at once")  # by which time grows, and memory besides what comes out


@dataclass(frozen=True)
class Job:
    """What a network is asked for: the end of its results' names, words for it, and what its cost hangs on.

    `gmacs` are the operations it takes. `at_once` are the pixels that are worked on at a time: all of them, or those of
    the largest band where a picture is worked on in bands. `gives` is the shape of what comes out.
    """

    name: str
    says: str
    gmacs: float
    at_once: int
    gives: tuple[int, ...]

    @property
    def held(self) -> int:
        """The bytes of what comes out."""
        return NUMBER * math.prod(self.gives)


def of_one_size(name: str, design: Design, height: int, width: int) -> Job:
    """Return what a published network takes that works on a whole picture, and gives one of the same size."""
    work = gmacs(design.full, 1, 3, height, width)
    return Job(name, f"{width}x{height} pixels", work, height * width, (3, height, width))


def at_full_size(design: Design, loaded: Loaded, place: torch.device) -> Loaded:
    """Return a network of the published size: `loaded` if it has the official weights, else one with random weights."""
    if loaded.origin == "official":
        return loaded
    return Loaded(design.full().to(place).eval(), "untrained", smaller=False, file=None)


def record_pass(about: str, call: Callable[[], Tensor], place: torch.device, run: Job, larger: Job) -> Cost:
    """Run `call`, which does the job `run`; record what it costs, and what `larger` would cost.

    Time is scaled by operations. Memory is what comes out, and besides it what grows with the pixels that are worked on
    at once; the weights are not counted. `about` names the network. Form and size decide the cost, so the weights may
    be any.

    Raises:
        ValueError: what came out has not the shape that `run` tells.
    """
    shapes: list[tuple[int, ...]] = []
    spent = cost(lambda: shapes.append(tuple(call().shape)), place)
    if shapes != [run.gives]:
        raise ValueError(f"{run.name}: an output of shape {run.gives} was told (got {shapes})")
    record(about, run, spent.seconds, spent.bytes)
    seconds, held = larger.gmacs / run.gmacs * spent.seconds, scaled_memory(spent.bytes, run, larger)
    record(about, larger, seconds, held, f"from {run.says}, not run")
    return spent


def record(about: str, job: Job, seconds: float, held: float, scaled: str = "") -> None:
    """Record what a job costs; `scaled` says from what its time and its memory were, if it was not run."""
    says = f"{about}, {job.says}"
    by_work, by_size = (f", scaled by {law} {scaled}" if scaled else "" for law in LAWS)
    shape = "x".join(map(str, job.gives))
    result(f"gmacs_{job.name}", job.gmacs, "gmacs", f"{says}, {shape} out, counted.")
    result(f"seconds_{job.name}", seconds, "seconds", f"{says}{by_work}.", kind="measured")
    what = "tensors held at once, besides the weights"
    result(f"gigabytes_{job.name}", held / 1e9, "gigabytes", f"{says}{by_size}: {what}.", kind="measured")


def scaled_memory(held: int, run: Job, larger: Job) -> float:
    """Return the bytes that the larger job would hold at once, from those that `run` did."""
    return (held - run.held) * larger.at_once / run.at_once + larger.held
