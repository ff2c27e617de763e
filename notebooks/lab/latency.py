"""How long one small answer takes, when it is asked for alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

from lab.moment import Moment


def latency(call: Callable[[], Any], place: torch.device, calls: int = 20, times: int = 7) -> float:
    """Return the seconds of one call: the fastest of some tries, each the mean of some calls one after another."""
    return min(mean_of(call, place, calls) for _ in range(times))


def mean_of(call: Callable[[], Any], place: torch.device, calls: int) -> float:
    """Return the seconds of one of some calls."""
    start = Moment()
    for _ in range(calls):
        call()
    if place.type == "cuda":
        torch.cuda.synchronize(place)
    return start.passed() / calls
