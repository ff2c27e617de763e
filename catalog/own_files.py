"""Our lists beside the vocabulary, which code reads: each as the record that it holds."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from catalog.contributed_text import read_corrected
from catalog.fillings import filling_problems
from catalog.problems import CatalogError, Problem
from catalog.readable_rest import read_rest
from catalog.records import RECORD_TYPES, Record, as_data
from catalog.validation import validate

OWN_FILES = {kind: f"catalog/{kind}.yml" for kind in ("cues", "draft_format")}
ROOT = Path(__file__).resolve().parent.parent


@cache
def own_data(kind: str) -> dict[str, Any]:
    """Return what one of our files says; `kind` is a key of OWN_FILES.

    Raises:
        CatalogError: the file cannot be read.
    """
    record, problems = read_own_file(kind, ROOT)
    if record is None:
        raise CatalogError(problems)
    return as_data(record)


def read_own_file(kind: str, root: Path) -> tuple[Record | None, list[Problem]]:
    """Return the record of one of our files below `root`, or None, and what is wrong with it."""
    text, problems = read_corrected(root / OWN_FILES[kind], root)
    if text is None:
        return None, problems
    rest = read_rest(text, OWN_FILES[kind], RECORD_TYPES[kind])
    problems += rest.problems
    if rest.data is None and rest.problems:
        return None, problems
    record, misfits = validate(RECORD_TYPES[kind], rest.data, rest.source)
    if record is None or problems:
        return None, problems + rest.without_what_follows(misfits)
    record._id, record._source = kind, rest.source
    problems = list(filling_problems(record))
    return (None if problems else record), problems


def read_own_files(root: Path) -> tuple[tuple[Record, ...], list[Problem]]:
    """Return the records of those of our files that lie below `root`, and what is wrong with them."""
    read = [read_own_file(kind, root) for kind, file in OWN_FILES.items() if (root / file).exists()]
    return tuple(record for record, _ in read if record), [problem for _, found in read for problem in found]
