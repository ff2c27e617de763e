"""Find and end the processes of one execution, wherever they fled."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Collection, Iterator

import psutil

TOKEN = "MODEL_ANSWERS_TOKEN"  # in the environment of every process of one execution
PATIENCE = 10.0  # seconds: nothing but a broken disk or driver keeps a killed process longer
SUBREAPER = 36  # PR_SET_CHILD_SUBREAPER
_OWN: set[int] = set()  # the children of all executions under way
_KNOWING = threading.Lock()  # held while a child is started and noted


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


def children() -> set[int]:
    """Return the numbers of the processes whose parent this one is."""
    return {process.pid for process in psutil.Process().children()}


def own(start: Callable[[], subprocess.Popen]) -> subprocess.Popen:
    """Start a child in a session of its own that no execution takes for an adopted one, until it is disowned."""
    with _KNOWING:
        child = start()
        _OWN.add(child.pid)
    return child


def disown(child: subprocess.Popen) -> None:
    """Forget a child that has ended."""
    _OWN.discard(child.pid)


def end_adopted(before: Collection[int]) -> None:
    """End what this process adopted, with all below, but for its own and those children that it had `before`."""
    ends = time.monotonic() + PATIENCE
    while time.monotonic() < ends:
        with _KNOWING:
            found = [pid for pid in children() - _OWN - set(before) if is_adopted(pid)]
        for pid in found:
            for each in (*(process.pid for process in below(pid)), pid):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(each, signal.SIGKILL)
            with contextlib.suppress(ChildProcessError):
                os.waitpid(pid, 0)
        if not found:
            return


def is_adopted(pid: int) -> bool:
    """Tell whether a child of this process lives in another session."""
    with contextlib.suppress(ProcessLookupError):
        return os.getsid(pid) != os.getsid(0)
    return False


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
