"""How what a computation costs grows with the size of what it is given."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from lab.cost import Cost, exponent

MEASURES: Mapping[str, Callable[[Cost], float]] = {
    "seconds": lambda spent: spent.seconds,
    "gigabytes": lambda spent: spent.bytes / 1e9,
    "megabytes": lambda spent: spent.bytes / 1e6,
}


@dataclass(frozen=True)
class Growth:
    """What one form of a computation costs: `costs[i]` where it is given `counts[i]`, from few to many.

    `fitted_from` is, for a measure (a key of MEASURES), the place of the first count that its power is fitted to; where
    it has none, all are.
    """

    form: str
    counts: tuple[int, ...]
    costs: tuple[Cost, ...]
    fitted_from: Mapping[str, int] = field(default_factory=dict)

    def values(self, what: str) -> list[float]:
        """Return the seconds, the gigabytes or the megabytes, one for each count."""
        return [MEASURES[what](each) for each in self.costs]

    def fitted(self, what: str) -> tuple[int, ...]:
        """Return the counts that the power is fitted to."""
        return self.counts[self.fitted_from.get(what, 0) :]

    def power(self, what: str) -> float:
        """Return the power of the count with which the seconds, gigabytes or megabytes were seen to grow."""
        fitted = self.fitted(what)
        return exponent(fitted, self.values(what)[-len(fitted) :])
