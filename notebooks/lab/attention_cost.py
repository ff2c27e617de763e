"""What three ways to compute attention cost by the number of tokens: measured, fitted, recorded, drawn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import torch
from matplotlib.figure import Figure

from lab import attention, drawing
from lab.cost import Cost, cost
from lab.growth import Growth
from lab.record import figure, result

SHORT = dict(zip(attention.FORMS, ("softmax", "fused", "linear"), strict=True))  # in the names of results
MEASURES = ("seconds", "gigabytes")
LAST = {"gigabytes": -3}  # memory is fitted to so many of the largest counts, since few tokens hide its power
LAWS = dict(  # the powers of the tokens with which operations grow, and with which memory does
    zip(
        attention.FORMS,
        ({"seconds": 2, "gigabytes": 2}, {"seconds": 2, "gigabytes": 1}, {"seconds": 1, "gigabytes": 1}),
        strict=True,
    )
)
LAW_NAMES = {1: "the tokens", 2: "their square"}
TRIED = dict(zip(attention.FORMS, ((10, 12), (10, 14), (10, 16)), strict=True))  # least and most, as powers of two
BETWEEN = (1448, 2896)  # tokens that the form with fewest powers of two is tried with, too: half a power further
FITTED = dict(zip(attention.FORMS, ({"seconds": 1}, {}, {}), strict=True))  # the shortest times of the first vary
SHORTEST, BRIEF = 1448, 4096  # tokens up to which a form is timed nine times, and five; else three, the linear one five


def tried(full: bool) -> dict[str, list[int]]:
    """Return the numbers of tokens that each form is measured with; in a quick run few, the same for all."""
    powers = TRIED if full else dict.fromkeys(attention.FORMS, (8, 10))
    counts = {form: [2**k for k in range(least, most + 1)] for form, (least, most) in powers.items()}
    first = next(iter(counts))
    return counts | {first: sorted([*counts[first], *(BETWEEN if full else ())])}


def measured(counts: Mapping[str, Sequence[int]], place: torch.device) -> list[Growth]:
    """Compute attention over so many tokens in each form (keys of attention.FORMS), each time the fastest of some."""
    return [
        Growth(form, tuple(each), tuple(spent_on(form, count, place) for count in each), LAST | FITTED[form])
        for form, each in counts.items()
    ]


def spent_on(form: str, count: int, place: torch.device) -> Cost:
    """Return what one attention over `count` tokens costs, at its fastest of three tries or more: short times vary."""
    tokens = attention.tokens(count, place)
    often = count <= BRIEF or form == list(attention.FORMS)[-1]
    times = 9 if count <= SHORTEST else 5 if often else 3
    return cost(lambda: attention.FORMS[form](*tokens), place, times=times)


def at(growth: Growth, what: str, count: float) -> float:
    """Return what `count` tokens cost by the law of the form, from the most tokens that were tried."""
    return growth.values(what)[-1] * (count / growth.counts[-1]) ** LAWS[growth.form][what]


def reaches(growth: Growth, what: str, limit: float) -> float:
    """Return the tokens that cost `limit` by the law of the form, from the most tokens that were tried."""
    return growth.counts[-1] * (limit / growth.values(what)[-1]) ** (1 / LAWS[growth.form][what])


def record_growth(growths: Sequence[Growth], name: str, count: int) -> drawing.Table:
    """Record with which power each form's cost grew, and what it comes to for a job of `count` tokens; return both.

    The job's results are called attention_seconds_NAME_FORM and attention_gigabytes_NAME_FORM.
    """
    rows = []
    for growth in growths:
        short = SHORT[growth.form]
        for what in MEASURES:
            fitted = f"fitted from {growth.fitted(what)[0]} to {growth.counts[-1]}"
            says = f"{what.capitalize()} of attention against tokens, {growth.form}; {fitted}."
            result(f"exponent_{what}_{short}", growth.power(what), "exponent", says, kind="measured")
            how = f"scaled from {growth.counts[-1]} by {LAW_NAMES[LAWS[growth.form][what]]}, not run"
            says = f"One attention over {count} tokens, {growth.form}, {how}."
            result(f"attention_{what}_{name}_{short}", at(growth, what, count), what, says, kind="measured")
            last = f"{growth.values(what)[-1]:.2f} at {growth.counts[-1]:,}"
            rows.append([f"{growth.form}, {what}", growth.power(what), last, f"{at(growth, what, count):,.1f}"])
    return drawing.Table(["", "exponent", "measured", f"scaled to {count:,} tokens"], rows)


def show(growths: Sequence[Growth]) -> None:
    """Record the figure of what one attention costs."""
    figure(
        "attention-cost",
        drawn(growths),
        caption="What one attention costs by the number of tokens, with the powers that were fitted: by its operations "
        "softmax's time grows with the square, fused or not; its memory does so only where all weights are written "
        "down. The shortest time of that form, which varies much, is left out of its power.",
        alt="Two plots with three rising lines each: seconds and gigabytes against tokens, on logarithmic scales.",
        kind="measured",
    )


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
