"""Names the hidden folders in which the runner makes a run beside its place."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator
from pathlib import Path

UNIQUE = "[a-z0-9_]{8}"  # what tempfile puts behind a beginning


def made_beside(place: Path) -> tempfile.TemporaryDirectory[str]:
    """Return a new hidden folder beside the place of a run, of the same file system; it is removed in the end."""
    return tempfile.TemporaryDirectory(prefix=beginning(place), dir=place.parent)


def left_beside(place: Path) -> Iterator[Path]:
    """Yield such folders as killed runs left; what has any other name is a person's."""
    name = re.compile(re.escape(beginning(place)) + UNIQUE)
    for path in place.parent.glob(f"{beginning(place)}*"):
        if name.fullmatch(path.name) and path.is_dir() and not path.is_symlink():
            yield path


def beginning(place: Path) -> str:
    """Return how the name of each of them begins."""
    return f".{place.name}.made-by-runner-"
