"""Tell which published runs were written into while an essay ran, which no cell may do."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from catalog.digests import file_digest
from catalog.run_files import OUTPUTS, run_ids


@dataclass(frozen=True)
class Published:
    """One run at one moment: its folder, which the next run replaces, and the digest of each of its files."""

    folder: int
    files: Mapping[str, str]


def published(root: Path) -> dict[str, Published]:
    """Return all runs of a repository as they are now, by id."""
    found = {}
    for run_id in run_ids(root):
        folder = root / OUTPUTS / run_id
        with contextlib.suppress(OSError):  # it is being replaced
            found[run_id] = Published(folder.stat().st_ino, digests(folder))
    return found


def digests(folder: Path) -> dict[str, str]:
    """Return the digest of each file of a folder by its name; a file that goes away meanwhile has none."""
    found = {}
    for path in folder.rglob("*"):
        with contextlib.suppress(OSError):
            found[str(path.relative_to(folder))] = str(path.readlink()) if path.is_symlink() else file_digest(path)
    return found


def written_into(before: Mapping[str, Published], root: Path) -> list[str]:
    """Return the folders of the runs that were there before and hold other files now, as paths from the root, sorted.

    One that was replaced whole was made anew, by a run beside this one.
    """
    now = published(root)
    same = (run_id for run_id in before if run_id in now and now[run_id].folder == before[run_id].folder)
    return sorted(f"{OUTPUTS}/{run_id}" for run_id in same if now[run_id].files != before[run_id].files)
