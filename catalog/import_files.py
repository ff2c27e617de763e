"""The files of an import, written all or none."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from catalog.records import FOLDERS

WAITING = ".import-"  # the names of files that are about to be records begin so


@dataclass(frozen=True)
class NewFile:
    """A record that will be written: its path from the repository's root, and its text."""

    file: str
    text: str


@dataclass(frozen=True)
class Plan:
    """What an import does.

    Attributes:
        new: the files to write, in this order: what is offered before the questions that offer it.
        known: the files of records that the prompts already stand in.
        todo: what a person must add, one sentence each.
    """

    new: tuple[NewFile, ...]
    known: tuple[str, ...]
    todo: tuple[str, ...]


def write_plan(plan: Plan, root: Path) -> None:
    """Write all files of a plan below `root`, or none: what was written is taken back when something fails.

    A record appears whole or not at all, what is offered before the question that offers it; so an import that was
    killed leaves a catalog that can be used, and repeating it writes the rest.

    Raises:
        OSError: a file could not be written, or stands there by now.
    """
    with _alone(root):
        _write_all(plan, root)


def _write_all(plan: Plan, root: Path) -> None:
    """Write every file beside its place, then put all of them there."""
    made: list[Path] = []
    waiting: list[tuple[Path, Path]] = []
    try:
        for new in plan.new:
            path = root / new.file
            path.parent.mkdir(parents=True, exist_ok=True)
            waiting.append((_write_beside(path, new.text), path))
        for temporary, path in waiting:
            if path.exists():
                raise FileExistsError(errno.EEXIST, "a file of this name was made meanwhile", str(path))
            temporary.rename(path)
            made.append(path)
    except BaseException:
        for path in made:
            path.unlink(missing_ok=True)
        raise
    finally:
        for temporary, _ in waiting:
            temporary.unlink(missing_ok=True)


@contextlib.contextmanager
def _alone(root: Path) -> Iterator[None]:
    """Let one import write at a time, and remove what a killed one left; not where the file system knows no locks."""
    folder = os.open(root / "catalog", os.O_RDONLY)  # the lock is gone when the process ends, however it ends
    try:
        with contextlib.suppress(OSError):
            fcntl.flock(folder, fcntl.LOCK_EX)
            for leftover in (path for kind, _ in FOLDERS.values() for path in (root / kind).glob(f"{WAITING}*")):
                leftover.unlink(missing_ok=True)
        yield
    finally:
        os.close(folder)


def _write_beside(path: Path, text: str) -> Path:
    """Write a text to a temporary file in the folder of `path`, safe on the disk, and return its path."""
    handle, name = tempfile.mkstemp(prefix=WAITING, dir=path.parent)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(0o644)
    except BaseException:
        with contextlib.suppress(OSError):
            Path(name).unlink()
        raise
    return Path(name)
