"""One process at a time does what must not be done by two; standard library alone."""

from __future__ import annotations

import contextlib
import fcntl
import os
import platform
from collections.abc import Iterator
from pathlib import Path
from typing import IO


class HeldError(Exception):
    """Somebody else has the lock; `holder` names the process."""

    def __init__(self, holder: str) -> None:
        """Keep the holder."""
        super().__init__(holder)
        self.holder = holder


@contextlib.contextmanager
def held(path: Path) -> Iterator[None]:
    """Hold a lock, with this process's number in its file; it ends with the process, even by SIGKILL.

    Raises:
        HeldError: another has it.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise HeldError(_holder(file)) from error
        file.truncate(0)
        file.write(f"{os.getpid()} on {platform.node()}")
        file.flush()
        try:
            yield
        finally:
            file.truncate(0)


def _holder(file: IO[str]) -> str:
    """Return the process that a lock's file names."""
    file.seek(0)
    named = file.read(200).strip()
    return f"process {named}" if named else "another process"
