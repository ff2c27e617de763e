"""What three ways to compute attention cost by the number of tokens: measured, fitted, recorded, drawn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from matplotlib.figure import Figure

from lab import attention, drawing
from lab.cost import Cost, cost
from lab.record import result

SHORT = dict(zip(attention.FORMS, ("softmax", "fused", "linear"), strict=True))  # in the names of results
MEASURES = {"seconds": lambda spent: spent.seconds, "gigabytes": lambda spent: spent.bytes / 1e9}
FITTED = {"seconds": 0, "gigabytes": -3}  # the first count of a fit: times vary, while few tokens hide memory's power
QUICK = 8192  # tokens up to which a form is timed five times, not three; the linear one always is


@dataclass(frozen=True)
class Growth:
    """What one form of attention costs: `costs[i]` over `counts[i]` tokens, from few to many."""

    form: str
    counts: tuple[int, ...]
    costs: tuple[Cost, ...]

    def values(self, what: str) -> list[float]:
        """Return the seconds or the gigabytes, one for each number of tokens."""
        return [MEASURES[what](each) for each in self.costs]

    def line(self, what: str) -> tuple[float, float]:
        """Return the power of the tokens with which it grows, and the logarithm of what one token would cost by it."""
        first = FITTED[what]
        power, start = np.polyfit(np.log(self.counts[first:]), np.log(self.values(what)[first:]), 1)
        return float(power), float(start)

    def power(self, what: str) -> float:
        """Return the power of the tokens with which it grows."""
        return self.line(what)[0]

    def at(self, what: str, count: float) -> float:
        """Return what `count` tokens would cost if it goes on growing by that power."""
        power, start = self.line(what)
        return float(np.exp(start + power * np.log(count)))

    def reaches(self, what: str, limit: float) -> float:
        """Return the tokens at which it would cost `limit` if it goes on growing by that power."""
        power, start = self.line(what)
        return float(np.exp((np.log(limit) - start) / power))


def measured(counts: Mapping[str, Sequence[int]], place: torch.device) -> list[Growth]:
    """Compute attention over so many tokens in each form (keys of attention.FORMS), each time the fastest of some."""
    return [
        Growth(form, tuple(each), tuple(spent_on(form, count, place) for count in each))
        for form, each in counts.items()
    ]


def spent_on(form: str, count: int, place: torch.device) -> Cost:
    """Return what one attention over `count` tokens costs, at its fastest of three or five tries."""
    tokens = attention.tokens(count, place)
    often = count <= QUICK or form == list(attention.FORMS)[-1]
    return cost(lambda: attention.FORMS[form](*tokens), place, times=5 if often else 3)


def record_growth(growths: Sequence[Growth], name: str, count: int) -> drawing.Table:
    """Record with which power each form's cost grows, and what it comes to for a job of `count` tokens; return both.

    The job's results are called attention_seconds_NAME_FORM and attention_gigabytes_NAME_FORM.
    """
    rows = []
    for growth in growths:
        short = SHORT[growth.form]
        for what in MEASURES:
            fitted = f"fitted from {growth.counts[FITTED[what] :][0]} to {growth.counts[-1]}"
            says = f"{what.capitalize()} of attention against tokens, {growth.form}; {fitted}."
            result(f"exponent_{what}_{short}", growth.power(what), "exponent", says, kind="measured")
            says = f"One attention over {count} tokens, {growth.form}, extended by the fitted power, not run."
            result(f"attention_{what}_{name}_{short}", growth.at(what, count), what, says, kind="measured")
            last = f"{growth.values(what)[-1]:.2f} at {growth.counts[-1]:,}"
            rows.append([f"{growth.form}, {what}", growth.power(what), last, f"{growth.at(what, count):,.1f}"])
    return drawing.Table(["", "exponent", "measured", f"extended to {count:,} tokens"], rows)


def drawn(growths: Sequence[Growth]) -> Figure:
    """Return a plot of seconds and one of gigabytes by tokens, side by side, on logarithmic scales."""
    plot, axes = drawing.plot(8.4, 3.8, columns=len(MEASURES))
    for each, what in zip(axes, MEASURES, strict=True):
        for growth in growths:
            each.plot(growth.counts, growth.values(what), label=f"{growth.form}: {growth.power(what):.2f}")
        each.set(xscale="log", yscale="log", title=f"{what.capitalize()} of one attention", xlabel="tokens")
        each.set_ylim(bottom=each.get_ylim()[0] / 30)
        each.legend(loc="lower right", fontsize=7, title="growth with the power", title_fontsize=7)
    return plot
