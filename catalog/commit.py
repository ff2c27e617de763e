"""Which commit the files beside us belong to; standard library alone."""

from __future__ import annotations

import subprocess
from pathlib import Path

from catalog.run_files import OUTPUTS

WEIGHTS = "notebooks/weights"
FOLDERS = ("notebooks", "catalog", "scripts")  # what a run, or the weights of a lesson, are made from


def commit(root: Path) -> dict[str, str | bool]:
    """Return the commit of a repository and whether its code differs from it; nothing outside a repository.

    What runs and lessons left does not count: each would make those after it look edited.
    """
    asked = (["git", "rev-parse", "HEAD"], ["git", "status", "--porcelain", "--", *FOLDERS])
    try:
        answers = [subprocess.run(a, cwd=root, capture_output=True, text=True, timeout=30) for a in asked]
    except (OSError, subprocess.TimeoutExpired):
        return {}
    if any(answer.returncode for answer in answers):
        return {}
    made = (f" {OUTPUTS}/", f" {WEIGHTS}/")
    edited = [line for line in answers[1].stdout.splitlines() if not any(folder in line for folder in made)]
    return {"commit": answers[0].stdout.strip(), "dirty": bool(edited)}
