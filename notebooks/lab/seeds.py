"""How far what several seeds found can be relied on."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import stdev


def error(values: Sequence[float]) -> float:
    """Return the standard error of the mean of what each seed found: their standard deviation by the root of how many.

    Raises:
        ValueError: there are fewer than two.
    """
    if len(values) < 2:
        raise ValueError(f"two seeds or more have a standard error (got {len(values)})")
    return float(stdev(values)) / len(values) ** 0.5
