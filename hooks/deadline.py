"""Ends the rendering of a contributed text that would keep the build for minutes, and names its file."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from catalog.problems import CatalogError, Problem

MOST_SECONDS = 5.0  # of the processor for one page; what the checks let through takes a tenth of it


@contextmanager
def deadline(file: str, seconds: float = MOST_SECONDS) -> Iterator[None]:
    """Give what runs inside so many seconds of the processor; the time of an inner deadline is not counted twice.

    It counts the seconds that this process works, not those that pass, so that a busy machine fails no build. Only the
    main thread, which builds, can be interrupted; elsewhere there is no deadline.

    Raises:
        CatalogError: time was up, and nothing of what was rendered may be used.
    """
    if threading.current_thread() is not threading.main_thread() or not hasattr(signal, "setitimer"):
        yield
        return
    late = CatalogError([Problem(file, 1, 1, "", _SAYS.format(seconds))])
    is_late = False

    def end(_signal: int, _frame: FrameType | None) -> None:
        nonlocal is_late
        is_late = True
        raise late

    handler = signal.signal(signal.SIGVTALRM, end)
    outer = signal.setitimer(signal.ITIMER_VIRTUAL, seconds, 1)  # again each second: a library may swallow one
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, handler)
        signal.setitimer(signal.ITIMER_VIRTUAL, *outer)
    if is_late:  # a library swallowed it
        raise late


_SAYS = (
    "showing this takes more than {:g} seconds; shorten it, and take apart lists, quotations, links and emphasis that"
    " stand deep in each other"
)
