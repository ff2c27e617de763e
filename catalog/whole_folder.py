"""A folder that is written anew takes the place of the old one in one step; standard library alone."""

from __future__ import annotations

import contextlib
import ctypes
import errno
import hashlib
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from catalog.lock import HeldError, held

LOCKS = Path(__file__).resolve().parent.parent / ".cache" / "locks"
AT_FDCWD, RENAME_EXCHANGE = -100, 2
CANNOT = (errno.EINVAL, errno.ENOSYS, errno.ENOTSUP)  # what a system says that knows no exchange


class FolderError(Exception):
    """The folder cannot be replaced; the old one is untouched."""


@contextlib.contextmanager
def replaced(folder: Path) -> Iterator[Path]:
    """Give a path to write to; what is written there by the end takes the place of `folder`, an absolute path.

    Raises:
        FolderError: another process is replacing it, or the system refuses; then, and after any error of the caller,
            whatever stood there still does.
    """
    name = hashlib.sha256(os.fsencode(folder)).hexdigest()[:16]
    try:
        with held(LOCKS / f"site-{name}"), _beside(folder) as new:
            yield new
            try:
                swap(new, folder)
            except OSError as error:
                raise FolderError(f"{folder}: {error.strerror or error}") from error
    except HeldError as error:
        raise FolderError(f"another build of {folder} is at work ({error.holder}); wait for it to end") from None


@contextlib.contextmanager
def _beside(folder: Path) -> Iterator[Path]:
    """Give a path beside a folder, without what killed builds left there; it is removed in the end."""
    bring_back(folder)
    beginning = f"{folder.name}.tmp-"
    for path in folder.parent.iterdir() if folder.parent.is_dir() else ():
        if path.name.startswith(beginning) and path.name.removeprefix(beginning).isdigit():
            shutil.rmtree(path, ignore_errors=True)
    new = folder.with_name(f"{beginning}{os.getpid()}")
    try:
        yield new
    finally:
        shutil.rmtree(new, ignore_errors=True)


def swap(new: Path, place: Path) -> None:
    """Put the folder `new`, of the same file system, at `place`; what was there is removed afterwards.

    At every moment `place` is the one or the other, whole; where the system cannot exchange two folders it is missing
    for an instant, and `bring_back` undoes what a kill in that instant left.

    Raises:
        OSError: the system refuses; what was there still is.
    """
    _to_disk(new)
    place.parent.mkdir(parents=True, exist_ok=True)
    if not place.exists():
        new.rename(place)
    elif _exchange(new, place):
        shutil.rmtree(new)
    else:
        _in_two_steps(new, place)
    _sync(place.parent)


def bring_back(place: Path) -> None:
    """Bring back the folder that a killed swap left aside, or remove it where the new one came into place."""
    aside = aside_of(place)
    if place.exists():
        shutil.rmtree(aside, ignore_errors=True)
    elif aside.is_dir():
        aside.rename(place)


def aside_of(place: Path) -> Path:
    """Return where a folder waits while it is replaced in two steps; no name that a person gives to one."""
    return place.with_name(f".{place.name}.put-aside-by-swap")


def _in_two_steps(new: Path, place: Path) -> None:
    """Put the old folder aside and the new one in its place."""
    aside = aside_of(place)
    place.rename(aside)
    try:
        new.rename(place)
    except OSError:
        aside.rename(place)
        raise
    shutil.rmtree(aside)


def _exchange(one: Path, other: Path) -> bool:
    """Swap two folders in one step of the file system; False where the system cannot.

    Raises:
        OSError: it can, and refuses.
    """
    try:
        rename = ctypes.CDLL(None, use_errno=True).renameat2
    except (OSError, AttributeError):
        return False
    if rename(AT_FDCWD, os.fsencode(one), AT_FDCWD, os.fsencode(other), RENAME_EXCHANGE) == 0:
        return True
    number = ctypes.get_errno()
    if number in CANNOT:
        return False
    raise OSError(number, os.strerror(number), str(other))


def _to_disk(folder: Path) -> None:
    """Make sure that all files and folders in it are on the disk before they take the place of others."""
    for above, _, names in os.walk(folder):
        for name in names:
            _sync(Path(above, name))
        _sync(Path(above))


def _sync(path: Path) -> None:
    """Wait until a file or a folder is on the disk; a link is part of its folder."""
    if path.is_symlink():
        return
    number = os.open(path, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)
