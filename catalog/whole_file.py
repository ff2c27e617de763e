"""A file that is written anew takes the place of the old one in one step; standard library alone."""

from __future__ import annotations

import os
from pathlib import Path


def write_whole(path: Path, data: bytes | str) -> None:
    """Write a file whole or not at all: whoever reads `path`, even after a kill, finds the old file or the new one.

    Text is written as UTF-8. Two processes that write at once do not disturb each other; the last one stays.

    Raises:
        OSError: the system refuses; what stood there still does.
    """
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        temporary.write_bytes(data.encode() if isinstance(data, str) else data)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
