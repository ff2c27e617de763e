"""What a computation costs: seconds, bytes held at once, operations, with the power of the size by which they grow."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.profiler import ProfilerActivity, profile
from torch.utils.flop_counter import FlopCounterMode

from lab.moment import Moment


@dataclass(frozen=True)
class Cost:
    """Seconds of computing, and the most bytes of tensors held at once beyond those that were given."""

    seconds: float
    bytes: int


def cost(call: Callable[[], Any], place: torch.device, times: int = 1) -> Cost:
    """Return what a call costs on a device: the fastest of `times`, and the memory of its tensors at the peak."""
    found = [once(call, place) for _ in range(times)]
    return Cost(min(each.seconds for each in found), max(each.bytes for each in found))


@torch.no_grad()
def once(call: Callable[[], Any], place: torch.device) -> Cost:
    """Return what one call costs."""
    if place.type == "cuda":
        return once_on_gpu(call, place)
    os.environ.setdefault("KINETO_LOG_LEVEL", "99")  # or the profiler reports its own start and stop
    with profile(activities=[ProfilerActivity.CPU], profile_memory=True) as watched:
        start = Moment()
        call()
        seconds = start.passed()
    changes = [event for event in watched.profiler.kineto_results.events() if event.name() == "[memory]"]
    held = np.cumsum([event.nbytes() for event in sorted(changes, key=lambda event: event.start_ns())])
    return Cost(seconds, int(max(held, default=0)))


def once_on_gpu(call: Callable[[], Any], place: torch.device) -> Cost:
    """Return what one call costs on a GPU."""
    torch.cuda.synchronize(place)
    torch.cuda.reset_peak_memory_stats(place)
    before, start = torch.cuda.memory_allocated(place), time.perf_counter()
    call()
    torch.cuda.synchronize(place)
    return Cost(time.perf_counter() - start, torch.cuda.max_memory_allocated(place) - before)


def gmacs(build: Callable[[], nn.Module], *shape: int) -> float:
    """Return the billions of multiplications with additions of one pass over an input of `shape`, by counting alone."""
    with torch.device("meta"):  # sizes, no numbers
        network, given = build().eval(), torch.empty(shape)
        return counted(lambda: network(given))


@torch.no_grad()
def counted(call: Callable[[], Any]) -> float:
    """Return the billions of multiplications with additions in the matrix products and convolutions of a call."""
    with FlopCounterMode(display=False) as counter:
        call()
    return counter.get_total_flops() / 2 / 1e9


def exponent(sizes: Sequence[float], values: Sequence[float]) -> float:
    """Return the power of the size with which values grow: the slope of the best line through their logarithms."""
    return float(np.polyfit(np.log(sizes), np.log(values), 1)[0])
