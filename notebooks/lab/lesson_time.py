"""How much CPU time a lesson takes, as far as its first steps tell."""

from __future__ import annotations

import time
from collections.abc import Callable


class Watch:
    """Takes the CPU time of a lesson, step by step: of all threads together, and of no waiting."""

    def __init__(self) -> None:
        """Start, before anything is prepared."""
        self.started = time.process_time()
        self.steps: list[float] = []  # seconds from the start to the end of each step

    def spent(self) -> float:
        """Return the seconds until now."""
        return time.process_time() - self.started

    def seeing(self, tell: Callable[[int, float], None]) -> Callable[[int, float], None]:
        """Return `tell`, which a lesson calls after each step, so that this sees it, too."""

        def told(step: int, loss: float) -> None:
            self.steps.append(self.spent())
            tell(step, loss)

        return told

    def of_whole(self, steps: int) -> float:
        """Return the seconds of a whole lesson of so many steps: until the first ended, and the others at their rate.

        What is prepared beforehand, once, stands in the first; two steps or more must have been seen.
        """
        first, *_, last = self.steps
        return first + (steps - 1) * (last - first) / (len(self.steps) - 1)
