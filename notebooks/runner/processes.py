"""Find and end the processes of one execution, wherever they fled."""

from __future__ import annotations

import contextlib
import ctypes
import os
import time
from collections.abc import Iterator

import psutil

TOKEN = "MODEL_ANSWERS_TOKEN"  # in the environment of every process of one execution
PATIENCE = 10.0  # seconds: nothing but a broken disk or driver keeps a killed process longer
SUBREAPER = 36  # PR_SET_CHILD_SUBREAPER


def adopt_orphans() -> None:
    """Become the parent of every process below this one whose own parent ends, where the system can."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(SUBREAPER, 1, 0, 0, 0)


def end(token: str, pid: int | None = None) -> None:
    """End every process whose token begins with `token`, and all below the process `pid`, but not this one."""
    ends = time.monotonic() + PATIENCE
    while time.monotonic() < ends:
        found = [process for process in (*below(pid), *carrying(token)) if process.pid != os.getpid()]
        if not found:
            return
        for process in found:
            with contextlib.suppress(psutil.Error):
                process.kill()
        time.sleep(0.05)


def below(pid: int | None) -> list[psutil.Process]:
    """Return the living processes below a process, those of its children too; none when it is gone."""
    with contextlib.suppress(psutil.Error):
        found = psutil.Process(pid).children(recursive=True) if pid else []
        return [process for process in found if process.status() != psutil.STATUS_ZOMBIE]
    return []


def carrying(token: str) -> Iterator[psutil.Process]:
    """Yield the processes whose token begins so."""
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            if process.environ().get(TOKEN, "").startswith(token):
                yield process
