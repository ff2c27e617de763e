"""Lets a command end without a traceback where nobody reads any more what it prints; standard library alone."""

from __future__ import annotations

import atexit
import os
import select
import sys
from types import TracebackType
from typing import TextIO


def end_quietly() -> None:
    """From now on, end the program silently where the reader of its output has left (as in `COMMAND | head -1`)."""
    usual = sys.excepthook

    def tell(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if not (isinstance(error, BrokenPipeError) and print_nowhere()):
            usual(kind, error, trace)

    sys.excepthook = tell
    atexit.register(print_nowhere)  # before Python itself writes out what is left, and complains


def print_nowhere() -> bool:
    """Write out what was printed; a stream without a reader leads nowhere from now on. Tell whether there was one."""
    unread = [_without_reader(stream) for stream in (sys.stdout, sys.stderr)]
    return any(unread)


def _without_reader(stream: TextIO | None) -> bool:
    """Write out what a stream holds; tell whether nobody reads it, after which it leads nowhere."""
    try:
        stream.flush()
        unread = _is_broken(stream.fileno())
    except BrokenPipeError:
        unread = True
    except (AttributeError, ValueError):
        return False  # there is none, it is closed, or it is no file
    if unread:
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
    return unread


def _is_broken(number: int) -> bool:
    """Tell whether an open file is a pipe whose reader has left."""
    asked = select.poll()
    asked.register(number, 0)
    return any(events & (select.POLLERR | select.POLLHUP) for _, events in asked.poll(0))
