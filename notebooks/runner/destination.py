"""Says why runs may not go to a place, so that they replace nothing but runs."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterable, Sequence
from pathlib import Path

from catalog.run_files import NOTEBOOK, OUTPUTS

SHOWN = ".ipynb_checkpoints"  # what Jupyter puts beside a notebook that somebody looked at
ANOTHER, ELSEWHERE = "give another folder with --out", "put that elsewhere first"
PICTURES = (".webp", ".png", ".svg")  # what figures of a run end in, whose record may be broken


def refusals(out: Path, ids: Sequence[str], root: Path) -> list[str]:
    """Return why runs of `ids` may not go to the folders of these names in `out`, as sentences."""
    if found := unfit(out, root):
        return [found]
    return [sentence for sentence in (no_run(out.resolve() / run_id, out / run_id) for run_id in ids) if sentence]


def unfit(out: Path, root: Path) -> str:
    """Say why no run may go to a folder: it is none, or one of the repository's own; else nothing."""
    place, root = out.resolve(), root.resolve()
    if (root / OUTPUTS) in (place, *place.parents):
        return f"--out is a folder outside {OUTPUTS}, where only published runs lie (got {out})"
    if file := next((path for path in (place, *place.parents) if path.exists() and not path.is_dir()), None):
        return f"--out is a folder, and {file.name} is a file (got {out})"
    if root in (place, *place.parents) and not is_ignored(place, root):
        return f"--out is a folder outside the repository, or one that git ignores there, as runs/tried (got {out})"
    return ""


def is_ignored(folder: Path, root: Path) -> bool:
    """Tell whether git ignores whatever is put into a folder of the repository."""
    asked = ["git", "check-ignore", "-q", "--no-index", "--", str(folder / "any" / "run.json")]
    try:
        return subprocess.run(asked, cwd=root, capture_output=True, timeout=30).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def no_run(place: Path, told: Path) -> str:
    """Say why what lies at the place of a run may not be replaced by one; nothing where it may. `told` names it."""
    if wrong := no_folder(place, told):
        return f"{wrong}; {ANOTHER}"
    names, written = names_in(place), written_by(place)
    if names and written is None:
        return f"{told} holds no run of {place.name}, and would be replaced by one; {ANOTHER}"
    return lost(names - {*(written or ())}, told, ANOTHER)


def not_of_it(place: Path, told: Path) -> str:
    """Say what a published run that is made anew would lose, because no run of it wrote that; else nothing.

    A run that cannot be read any more may be replaced, with all the pictures beside it.
    """
    if wrong := no_folder(place, told):
        return f"{wrong}; {ELSEWHERE}"
    names, written = names_in(place), written_by(place)
    if written is None:
        written = {"run.json", NOTEBOOK} | {name for name in names if name.endswith(PICTURES)}
    return lost(names - {*written}, told, ELSEWHERE)


def no_folder(place: Path, told: Path) -> str:
    """Say that a file or a link lies at the place of a run; else nothing."""
    there = os.path.lexists(place) and (place.is_symlink() or not place.is_dir())
    return f"{told} is no folder that a run may replace" if there else ""


def names_in(place: Path) -> set[str]:
    """Return the names of what lies in a folder, if it is there, but for what Jupyter puts into it."""
    return {path.name for path in place.iterdir()} - {SHOWN} if place.is_dir() else set()


def lost(names: Iterable[str], told: Path, remedy: str) -> str:
    """Say that these files would be lost, if there are any."""
    would = f"{told} holds what its run did not write, and would lose it"
    return f"{would}: {listed(sorted(names))}; {remedy}" if names else ""


def written_by(place: Path) -> Iterable[str] | None:
    """Return the names of the files that the run in a folder wrote, of whichever code; None if there is no such run."""
    try:
        record = json.loads((place / "run.json").read_text("utf-8"))
        figures = [figure["file"] for figure in record["figures"].values()]
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
    return ["run.json", NOTEBOOK, *map(str, figures)] if record.get("id") == place.name else None


def listed(names: Sequence[str]) -> str:
    """Return a few names in words."""
    return " and ".join(names) if len(names) < 3 else f"{names[0]} and {len(names) - 1} more"
