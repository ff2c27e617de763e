"""A moment from which computing is timed, so that waiting for other work on the machine does not count."""

from __future__ import annotations

import time


class Moment:
    """Now, by the clock and by the processor."""

    def __init__(self) -> None:
        """Note both."""
        self.clock, self.processor = time.perf_counter(), time.process_time()

    def passed(self) -> float:
        """Return the seconds since then, of the clock or of the processor, whichever are fewer.

        On a busy machine the clock counts waiting, and with several threads the processor counts each of them. On a GPU
        the clock alone is right, since the processor waits there.
        """
        return min(time.perf_counter() - self.clock, time.process_time() - self.processor)
