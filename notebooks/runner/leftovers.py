"""Remove the temporary folders of executions that nobody carries out any more, from whichever clone they were."""

from __future__ import annotations

import contextlib
import fcntl
import os
import re
import shutil
import stat
import tempfile
import time
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path
from typing import IO

import psutil

from runner.processes import TOKEN

NAME = re.compile(r"(ma-[0-9a-f]{10}-)\w+")  # how the folder of an execution is called; its token begins with the group
COMPLAINT = "complaint"  # the file in it that whoever carries it out keeps locked
TRIES, BREATH = 10, 0.1  # how often a folder is removed, and the seconds in between
SETTLED = 60.0  # seconds: a younger folder may be about to be claimed


def claim(complaint: IO[bytes]) -> None:
    """Lock the complaint of an execution for this process and for those that get the open file, until all have ended.

    Where the system locks no file, the tokens of living processes alone tell whose a folder is.
    """
    with contextlib.suppress(OSError):
        fcntl.flock(complaint, fcntl.LOCK_EX | fcntl.LOCK_NB)


def remove(folders: Iterable[str | Path]) -> None:
    """Remove folders in which a process that was just killed may still finish writing a file."""
    for folder in folders:
        for _ in range(TRIES):
            shutil.rmtree(folder, ignore_errors=True)
            if not os.path.lexists(folder):
                break
            time.sleep(BREATH)


def remove_abandoned() -> None:
    """Remove the temporary folders that killed executions of this user left."""
    tokens = frozenset(living_tokens())
    for base in {tempfile.gettempdir(), "/tmp"}:
        for folder in Path(base).glob("ma-*"):
            if is_abandoned(folder, tokens):
                remove([folder])


def living_tokens() -> Iterator[str]:
    """Yield the token of each process that belongs to an execution."""
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            if token := process.environ().get(TOKEN):
                yield token


def is_abandoned(folder: Path, tokens: Collection[str]) -> bool:
    """Tell whether a folder is that of an execution of this user which nobody carries out; in doubt it is not."""
    named = NAME.fullmatch(folder.name)
    if named is None or any(token.startswith(named[1]) for token in tokens):
        return False
    try:
        told = folder.lstat()
        if not stat.S_ISDIR(told.st_mode) or told.st_uid != os.geteuid() or time.time() - told.st_mtime < SETTLED:
            return False
        with (folder / COMPLAINT).open("rb") as complaint:
            fcntl.flock(complaint, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:  # it is locked, or there is none
        return False
    return True
