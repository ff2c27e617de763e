"""Tell whether an essay wrote into runs that were published, which no run may."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from catalog.digests import file_digest
from catalog.lock import HeldError, held
from catalog.run_files import OUTPUTS, run_ids
from runner.state import lock_file


@dataclass(frozen=True)
class Published:
    """One run at one moment: the digest of each of its files, and when somebody last took or let go of its lock."""

    files: Mapping[str, str]
    locked: int


def published(root: Path) -> dict[str, Published]:
    """Return all runs of a repository as they are now, by id."""
    return {run_id: Published(digests(root / OUTPUTS / run_id), last_locked(run_id, root)) for run_id in run_ids(root)}


def digests(folder: Path) -> dict[str, str]:
    """Return the digest of each file of a folder by its name; a file that goes away meanwhile has none."""
    found = {}
    for path in folder.rglob("*"):
        with contextlib.suppress(OSError):
            found[str(path.relative_to(folder))] = str(path.readlink()) if path.is_symlink() else file_digest(path)
    return found


def last_locked(run_id: str, root: Path) -> int:
    """Return when the lock of a run was last taken or let go; 0 for never."""
    try:
        return lock_file(run_id, root).stat().st_mtime_ns
    except OSError:
        return 0


def disturbed(before: Mapping[str, Published], run_id: str, root: Path) -> list[str]:
    """Return the files of published runs that the run of `run_id` changed, as paths from the root, sorted.

    What whoever holds the lock of another run did to it meanwhile is not its doing.
    """
    now, nothing = published(root), Published({}, 0)
    found = []
    for other in sorted(before.keys() | now.keys()):
        then, is_now = before.get(other, nothing), now.get(other, nothing)
        names = sorted(name for name, _ in set(then.files.items()) ^ set(is_now.files.items()))
        if names and (other == run_id or not in_other_hands(other, then, root)):
            found += [f"{OUTPUTS}/{other}/{name}" for name in dict.fromkeys(names)]
    return found


def in_other_hands(other: str, then: Published, root: Path) -> bool:
    """Tell whether somebody else runs or synchronises a run, or did so since."""
    if last_locked(other, root) != then.locked:
        return True
    try:
        with held(lock_file(other, root)):
            return False
    except HeldError:
        return True
