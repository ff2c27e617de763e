"""A folder that is written anew and takes the place of the old one in one step."""

from __future__ import annotations

import contextlib
import ctypes
import errno
import fcntl
import hashlib
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
AT_FDCWD, RENAME_EXCHANGE = -100, 2


class FolderError(Exception):
    """The folder cannot be replaced; the old one is untouched."""


@contextlib.contextmanager
def replaced(folder: Path) -> Iterator[Path]:
    """Give a path to write to; what is written there by the end takes the place of `folder`, an absolute path.

    Raises:
        FolderError: another process is replacing it, or the system refuses; then, and after any error of the caller,
            whatever stood there still does.
    """
    with _alone(folder):
        _remove_leftovers(folder)
        new = folder.with_name(f"{folder.name}.tmp-{os.getpid()}")
        try:
            yield new
            _to_disk(new)
            _put_in_place(new, folder)
        finally:
            shutil.rmtree(new, ignore_errors=True)


@contextlib.contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Hold the lock of this folder; the system frees it when the process ends, however it ends."""
    locks = ROOT / ".cache" / "locks"
    locks.mkdir(parents=True, exist_ok=True)
    name = hashlib.sha256(os.fsencode(folder)).hexdigest()[:16]
    with (locks / f"site-{name}").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise FolderError(f"another build of {folder} is at work; wait for it to end") from None
        yield


def _remove_leftovers(folder: Path) -> None:
    """Remove what a killed build left beside the folder."""
    for leftover in folder.parent.glob(f"{folder.name}.tmp-*"):
        shutil.rmtree(leftover, ignore_errors=True)


def _to_disk(folder: Path) -> None:
    """Make sure that the files are on the disk before they take the place of others."""
    for path in folder.rglob("*"):
        if path.is_file():
            with path.open("rb") as file:
                os.fsync(file.fileno())


def _put_in_place(new: Path, folder: Path) -> None:
    """Let `folder` be the new one: at every moment it is one or the other, whole."""
    if not folder.exists():
        new.rename(folder)
    elif not _exchange(new, folder):
        old = folder.with_name(f"{folder.name}.tmp-{os.getpid()}-old")
        folder.rename(old)
        new.rename(folder)
        shutil.rmtree(old)


def _exchange(one: Path, other: Path) -> bool:
    """Swap two folders in one step of the file system; False where the system cannot."""
    try:
        rename = ctypes.CDLL(None, use_errno=True).renameat2
    except (OSError, AttributeError):
        return False
    if rename(AT_FDCWD, os.fsencode(one), AT_FDCWD, os.fsencode(other), RENAME_EXCHANGE) == 0:
        return True
    if ctypes.get_errno() in (errno.EINVAL, errno.ENOSYS, errno.ENOTSUP):
        return False
    raise FolderError(f"{other}: {os.strerror(ctypes.get_errno())}")
