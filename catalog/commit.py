"""Which commit the files beside us belong to; standard library alone."""

from __future__ import annotations

import subprocess
from pathlib import Path

from catalog.run_files import OUTPUTS

FOLDERS = ("notebooks", "catalog", "scripts")  # what a run, or the weights of a lesson, are made from


def commit(root: Path) -> dict[str, str | bool]:
    """Return the commit of a repository and whether its code differs from it; nothing outside a repository.

    What runs left does not count: each run would make those after it look edited.
    """
    asked = (["git", "rev-parse", "HEAD"], ["git", "status", "--porcelain", "--", *FOLDERS])
    try:
        answers = [subprocess.run(a, cwd=root, capture_output=True, text=True, timeout=30) for a in asked]
    except (OSError, subprocess.TimeoutExpired):
        return {}
    if any(answer.returncode for answer in answers):
        return {}
    edited = [line for line in answers[1].stdout.splitlines() if f" {OUTPUTS}/" not in line]
    return {"commit": answers[0].stdout.strip(), "dirty": bool(edited)}
