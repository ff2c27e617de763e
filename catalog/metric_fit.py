"""Whether a number can be one of a metric: the same wherever numbers are written down, recorded or read."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping

from catalog.problems import did_you_mean
from catalog.records import Metric

_OF_A_WHOLE = ("%", "×")  # units of what compares two values of another metric


def misfit(value: float, metric: Metric) -> tuple[str, str]:
    """Return what a value breaks of a metric, `range` or `whole`, with how its values are; nothing twice if it fits."""
    low, high = metric.range
    if not math.isfinite(value) or (low is not None and value < low) or (high is not None and value > high):
        return "range", _span(low, high)
    return ("whole", "is a whole number") if metric.whole and value % 1 else ("", "")


def _span(low: float | None, high: float | None) -> str:
    """Say which values are possible."""
    if low is None or high is None:
        one_end = f"at least {low:g}" if low is not None else "a finite number" if high is None else f"at most {high:g}"
        return f"is {one_end}"
    return f"lies between {low:g} and {high:g}"


def instead(word: str, metrics: Collection[str]) -> str:
    """Return the metric that was meant by an unknown one, or all that there are, to end a sentence with."""
    return did_you_mean(word, metrics) or f"; known are {', '.join(metrics)}"


def misnamed(name: str, metric: str, metrics: Mapping[str, Metric]) -> str:
    """Say that a result whose name begins with one metric has another, unless it is a share of it, or nothing.

    So `psnr_text` is a psnr, and `gmacs_saved` may be a ratio.
    """
    named = name
    while named and named not in metrics:
        named = named.rpartition("_")[0]
    if metric not in metrics or named in ("", metric) or metrics[metric].unit in _OF_A_WHOLE:
        return ""
    return f"a result whose name begins with {named} is one (got {metric})"
