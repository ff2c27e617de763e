"""One pass of a network at its published size: what it costs, and what a larger job would cost by operations."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch

from lab.cost import Cost, cost
from lab.record import result
from lab.weights import Design, Loaded


@dataclass(frozen=True)
class Job:
    """What a network is asked for: the end of its results' names, words for it, and the operations it takes."""

    name: str
    says: str
    gmacs: float


def at_full_size(design: Design, loaded: Loaded, place: torch.device) -> Loaded:
    """Return a network of the published size: `loaded` if it has the official weights, else one with random weights."""
    if loaded.origin == "official":
        return loaded
    return Loaded(design.full().to(place).eval(), "untrained", smaller=False, file=None)


def record_pass(about: str, call: Callable[[], Any], place: torch.device, run: Job, larger: Job) -> Cost:
    """Run `call`, which does the job `run`; record what it costs, and what `larger` would cost, scaled by operations.

    `about` names the network. Form and size decide the cost, so the weights may be any.
    """
    spent = cost(call, place)
    times = larger.gmacs / run.gmacs
    for job, share, how in ((run, 1.0, ""), (larger, times, f", scaled by operations from {run.says}, not run")):
        says = f"{about}, {job.says}"
        result(f"gmacs_{job.name}", job.gmacs, "gmacs", f"{says}, counted.")
        result(f"seconds_{job.name}", share * spent.seconds, "seconds", f"{says}{how}.", kind="measured")
        held = f"{says}{how}: tensors held at once."
        result(f"gigabytes_{job.name}", share * spent.bytes / 1e9, "gigabytes", held, kind="measured")
    return spent
