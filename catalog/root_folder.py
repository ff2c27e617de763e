"""Says why a folder that a person names is no repository with a catalog in it."""

from __future__ import annotations

from pathlib import Path

from catalog.words import VOCABULARY_FILE


def holds_no_catalog(root: Path) -> str:
    """Say that a folder is none, or that it has no folder catalog/; nothing where it has one."""
    if not root.is_dir():
        return f"{root} is no folder; name the folder of the repository, which holds catalog/"
    if not (root / "catalog").is_dir():
        return f"{root} holds no catalog/; name the folder of the repository, which does"
    return ""


def takes_no_record(root: Path) -> str:
    """Say why no record may be written below a folder: it holds no catalog, or one without its list of words."""
    if message := holds_no_catalog(root):
        return message
    if not (root / VOCABULARY_FILE).is_file():
        return f"{root} holds no {VOCABULARY_FILE}, which every catalog has; add it first"
    return ""
