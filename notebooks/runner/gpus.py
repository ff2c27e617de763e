"""Keep two runs on one GPU apart."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from pathlib import Path

from catalog.lock import HeldError, held

WAIT = 0.5  # seconds between two tries for a GPU
ASK = "import torch; print(torch.version.cuda or 'none', torch.cuda.device_count())"


class GivenUpError(Exception):
    """The wait for a GPU was given up, since the run is to stop."""


def there() -> tuple[str, ...]:
    """Return the GPUs that a process may use, as CUDA_VISIBLE_DEVICES names them; none without NVIDIA's driver."""
    named = os.environ.get("CUDA_VISIBLE_DEVICES")
    if named is not None:
        return tuple(part.strip() for part in named.split(",") if part.strip() not in ("", "-1"))
    found = (path.name.removeprefix("nvidia") for path in Path("/dev").glob("nvidia[0-9]*"))
    return tuple(sorted(found, key=lambda number: (len(number), number)))


def usable(names: Sequence[str]) -> tuple[str, ...]:
    """Return the GPUs of a machine if torch can use them; none where it is built without CUDA, say."""
    try:
        return tuple(names) if names and all(seen(ASK)) else ()
    except ImportError:
        return ()  # no essay can use them either


@cache
def seen(ask: str) -> tuple[str, int]:
    """Return for which version of CUDA torch is built ("" for none), and how many GPUs it sees.

    Torch takes seconds to load, so it is asked once, in a process of its own.

    Raises:
        ImportError: torch cannot be loaded; the message is its last line.
    """
    asked = subprocess.run([sys.executable, "-P", "-c", ask], capture_output=True, text=True)
    if asked.returncode:
        raise ImportError("".join(asked.stderr.strip().splitlines()[-1:]))
    cuda, count = asked.stdout.split()[-2:]
    return cuda if cuda != "none" else "", int(count)


def choices(device: str, there: Sequence[str]) -> tuple[str, ...]:
    """Return the GPUs that would do for a device (auto, cpu, cuda, cuda:N); none if it needs none.

    Raises:
        ValueError: the machine has no such GPU.
    """
    if device == "cpu":
        return ()
    _, _, number = device.partition(":")
    if not number or not there:
        return tuple(there) or ((number or "0",) if device != "auto" else ())
    if int(number) >= len(there):
        raise ValueError(no_such(int(number), len(there)))
    return (there[int(number)],)


def no_such(number: int, count: int) -> str:
    """Say that a machine of `count` GPUs does not have the one of that number."""
    return f"there is no GPU {number}; this machine has {count}, counted from 0"


@contextlib.contextmanager
def one_of(names: Sequence[str], stopping: threading.Event, tell: Callable[[str], None]) -> Iterator[str]:
    """Hold the first GPU that is free, waiting while none is, which is told once; yields its name.

    Raises:
        GivenUpError: `stopping` was set meanwhile.
    """
    with contextlib.ExitStack() as stack:
        while not stopping.is_set():
            for name in names:
                if enter(stack, name):
                    yield name
                    return
            tell(f"waits for a GPU; {' and '.join(names)} are in use")
            tell = silent
            stopping.wait(WAIT)
        raise GivenUpError


def silent(_text: str) -> None:
    """Tell nothing."""


def enter(stack: contextlib.ExitStack, name: str) -> bool:
    """Take the lock of a GPU until the stack ends; tell whether it was free.

    A job of Slurm has GPUs of its own, and every job on a machine may call its first one 0; so the job is in the name.
    """
    folder = Path(tempfile.gettempdir()) / f"model-answers-gpus-{os.getuid()}"
    job = os.environ.get("SLURM_JOB_ID", "")
    try:
        stack.enter_context(held(folder / f"{Path(name).name}{job and f'-of-job-{job}'}.lock"))
    except HeldError:
        return False
    return True
