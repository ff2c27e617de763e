"""A file that is written anew takes the place of the old one in one step; standard library alone."""

from __future__ import annotations

import os
from pathlib import Path


def write_whole(path: Path, data: bytes | str) -> None:
    """Write a file whole or not at all: whoever reads `path`, even after a kill, finds the old file or the new one.

    Text is written as UTF-8. Two processes of a machine that write at once do not disturb each other; the last one
    stays. What a killed one left beside the file is removed.

    Raises:
        OSError: the system refuses; what stood there still does.
    """
    _sweep(path)
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with temporary.open("wb") as file:
            file.write(data.encode() if isinstance(data, str) else data)
            file.flush()
            os.fsync(file.fileno())  # else the name could reach the disk before the bytes
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def _sweep(path: Path) -> None:
    """Remove what killed processes had written of a file."""
    begins = f".{path.name}."
    for left in path.parent.iterdir() if path.parent.is_dir() else ():
        number = left.name.removeprefix(begins) if left.name.startswith(begins) else ""
        if number.isdecimal() and not _runs(int(number)):
            left.unlink(missing_ok=True)


def _runs(number: int) -> bool:
    """Tell whether there is a process of that number on this machine."""
    try:
        os.kill(number, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        pass  # it is somebody else's
    return True
