"""Run an essay in a child process under a hard deadline, and leave nothing running whatever a cell does."""

from __future__ import annotations

import contextlib
import json
import os
import re
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import IO

from runner import leftovers, processes
from runner.order import Order

GRACE = 20.0  # seconds that the child gets beyond its own deadline to end by itself
GLANCE = 0.1  # seconds between two looks at whether somebody wants to stop
LONGEST_FOLDER = 60  # characters: a socket's name has at most 107 in all
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]+")


@dataclass
class Progress:
    """What the child told: how many cells there are, which one it is in, which ended last, how it failed.

    In the end also the seconds that processors spent on the cells, all threads together.
    """

    cells: int = 0
    cell: int = -1
    done: int = -1
    failed: dict[str, str] = field(default_factory=dict)
    cpu_seconds: float = 0.0

    def hear(self, event: Mapping) -> None:
        """Take in one event."""
        self.cells = event.get("cells", self.cells)
        self.cell = event.get("started", self.cell)
        self.done = event.get("done", self.done)
        self.failed = event.get("failed", self.failed)
        self.cpu_seconds = event.get("cpu_seconds", self.cpu_seconds)


Show = Callable[[Progress], None]


@dataclass(frozen=True)
class Failure:
    """Why an execution failed, and in which cell (counted from 0; -1 before the first) and line of it (0: unknown)."""

    cell: int
    kind: str
    message: str
    line: int = 0


@dataclass(frozen=True)
class Ending:
    """How an execution ended: why it failed, None if it did not, and the seconds that processors spent on it."""

    failure: Failure | None
    cpu_seconds: float


def run(order: Order, name: str, environment: Mapping[str, str], show: Show, stopping: threading.Event) -> Ending:
    """Carry out an order; return how it ended.

    `name` is the beginning of the names of all that the execution makes outside its own folder. `show` is called at
    each event. When `stopping` is set the execution ends. When this returns, none of its processes is alive.
    """
    progress, token = Progress(), name + uuid.uuid4().hex
    processes.adopt_orphans()  # of a child that a cell killed
    before = processes.children()
    with workplace(name) as folder, (folder / leftovers.COMPLAINT).open("w+b") as complaint:
        leftovers.claim(complaint)
        order = replace(order, sockets=str(folder), leftovers=(*order.leftovers, str(folder)))
        child, reader, life = start(order, {**environment, processes.TOKEN: token}, complaint, progress, show)
        try:
            ending = await_end(child, order.seconds + GRACE, stopping)
        finally:
            processes.end(token, child.pid)
            child.kill()
            child.wait()
            processes.end(token)
            processes.disown(child)
            processes.end_adopted(before)
            os.close(life)
            reader.join(5)
        complaint.seek(0)
        last = complaint.read()[-1000:].decode("utf-8", "replace").strip().splitlines()[-1:]
    failure = verdict(ending, progress, child.returncode, last[0] if last else "the runner died")
    return Ending(failure, progress.cpu_seconds)


def verdict(ending: str, progress: Progress, status: int, complaint: str) -> Failure | None:
    """Return why an execution failed, by how it ended, what it told, its status and its last complaint."""
    if ending == "stopped":
        return Failure(progress.cell, "stopped", "it was stopped")
    if ending == "late":
        return Failure(progress.cell, "deadline", "it did not end in time and was killed")
    if progress.failed:
        message = CONTROL.sub(" ", progress.failed["message"])[:500]
        return Failure(progress.cell, progress.failed["kind"], message, int(progress.failed.get("line", 0)))
    return Failure(progress.cell, "runner", CONTROL.sub(" ", complaint)) if status else None


def await_end(child: subprocess.Popen, seconds: float, stopping: threading.Event) -> str:
    """Wait until the child has `ended`, is `late`, or is to be `stopped`; return which."""
    ends = time.monotonic() + seconds
    while not stopping.is_set():
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(GLANCE)
            return "ended"
        if time.monotonic() > ends:
            return "late"
    return "stopped"


@contextlib.contextmanager
def workplace(name: str) -> Iterator[Path]:
    """Make a temporary folder whose path is short enough for sockets; what cells left in it is no obstacle."""
    base = tempfile.gettempdir()
    made = tempfile.TemporaryDirectory(
        prefix=name, dir=base if len(base) < LONGEST_FOLDER else "/tmp", ignore_cleanup_errors=True
    )
    try:
        with made as folder:
            yield Path(folder)
    finally:
        leftovers.remove([made.name])


def start(
    order: Order, environment: Mapping[str, str], complaint: IO[bytes], progress: Progress, show: Show
) -> tuple[subprocess.Popen, threading.Thread, int]:
    """Start the child; return it with the thread that listens to it, and the end of the pipe that it lives by."""
    heard, events = os.pipe()
    lived, life = os.pipe()
    order = replace(order, events=events, life=lived)
    try:
        command = [sys.executable, "-P", "-m", "runner.execute", order.text()]
        child = processes.own(
            lambda: subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=complaint,
                start_new_session=True,
                pass_fds=[events, lived],
                env={**environment, **folders(order.sockets)},
            )
        )
    finally:
        os.close(events)
        os.close(lived)
    reader = threading.Thread(target=listen, args=(heard, progress, show), daemon=True)
    reader.start()
    return child, reader, life


def folders(place: str) -> dict[str, str]:
    """Return the environment that keeps what Jupyter writes in one place, and a person's own settings out."""
    names = ("TMPDIR", "JUPYTER_RUNTIME_DIR", "JUPYTER_DATA_DIR", "JUPYTER_CONFIG_DIR", "IPYTHONDIR")
    return dict.fromkeys(names, place) | {"JUPYTER_PREFER_ENV_PATH": "1"}


def listen(events: int, progress: Progress, show: Show) -> None:
    """Take in events until the child closes the pipe."""
    with os.fdopen(events, encoding="utf-8") as file:
        for line in file:
            with contextlib.suppress(ValueError):
                progress.hear(json.loads(line))
                show(progress)
