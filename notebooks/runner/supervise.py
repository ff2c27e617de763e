"""Run an essay in a child process under a hard deadline, and leave nothing running whatever a cell does."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import tempfile
import threading
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import psutil

TOKEN = "MODEL_ANSWERS_TOKEN"  # in the environment of every process of one execution
GRACE = 20.0  # seconds that the child gets beyond its own deadline to end by itself

Show = Callable[[int, int], None]


@dataclass
class Progress:
    """What the child told: how many cells there are, which one it is in, and how it failed."""

    cells: int = 0
    cell: int = -1
    failed: dict[str, str] = field(default_factory=dict)

    def hear(self, event: Mapping, show: Show) -> None:
        """Take in one event."""
        self.cells = event.get("cells", self.cells)
        self.cell = event.get("started", self.cell)
        self.failed = event.get("failed", self.failed)
        show(event["done"] + 1 if "done" in event else max(self.cell, 0), self.cells)


@dataclass(frozen=True)
class Failure:
    """Why an execution failed, and in which cell (counted from 0; -1 before the first)."""

    cell: int
    kind: str
    message: str


def run(
    essay: Path, notebook: Path, cell_seconds: float, seconds: float, environment: Mapping[str, str], show: Show
) -> Failure | None:
    """Execute `essay` into `notebook`; return why it failed, or None.

    `show(done, cells)` is called as cells end. When this returns no process of the execution is alive.
    """
    progress, token = Progress(), uuid.uuid4().hex
    with tempfile.TemporaryDirectory(prefix="nb-") as temporary:
        child, reader = start(essay, notebook, cell_seconds, seconds, environment, token, temporary, progress, show)
        try:
            status = child.wait(seconds + GRACE)
        except subprocess.TimeoutExpired:
            status = None
        finally:
            child.kill()
            child.wait()
            while list(sweep(token)):
                threading.Event().wait(0.05)
            reader.join(5)
        complaint = (Path(temporary) / "complaint").read_text("utf-8", "replace").strip()
    if status == 0 and not progress.failed:
        return None
    default = {"kind": "deadline", "message": "it did not end in time and was killed"}
    if status is not None:
        default = {"kind": "runner", "message": complaint.splitlines()[-1] if complaint else "the runner died"}
    failed = progress.failed or default
    return Failure(progress.cell, failed["kind"], failed["message"])


def start(
    essay: Path,
    notebook: Path,
    cell_seconds: float,
    seconds: float,
    environment: Mapping[str, str],
    token: str,
    temporary: str,
    progress: Progress,
    show: Show,
) -> tuple[subprocess.Popen, threading.Thread]:
    """Start the child with a pipe for its events, and the thread that listens to it."""
    events, write_end = os.pipe()
    folders = dict.fromkeys(("TMPDIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR"), temporary)
    script = Path(__file__).with_name("execute.py")
    with (Path(temporary) / "complaint").open("wb") as complaint:
        child = subprocess.Popen(
            [sys.executable, str(script), *map(str, (essay, notebook, cell_seconds, seconds, write_end))],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=complaint,
            start_new_session=True,
            pass_fds=[write_end],
            env={**environment, **folders, TOKEN: token},
        )
    os.close(write_end)
    reader = threading.Thread(target=listen, args=(events, progress, show), daemon=True)
    reader.start()
    return child, reader


def listen(events: int, progress: Progress, show: Show) -> None:
    """Take in events until the child closes the pipe."""
    with os.fdopen(events, encoding="utf-8") as file:
        for line in file:
            with contextlib.suppress(ValueError):
                progress.hear(json.loads(line), show)


def sweep(token: str) -> Iterator[int]:
    """Kill every process that carries the token, yielding its number."""
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.NoSuchProcess, psutil.AccessDenied):
            if process.pid != os.getpid() and process.environ().get(TOKEN) == token:
                process.kill()
                yield process.pid
