"""Read a JSON file that others wrote: its size and its form first, then what it says; standard library alone."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from catalog.problems import Problem
from catalog.strict_json import strict_json

LARGEST = 2**20  # bytes
DEEPEST = 12  # brackets inside brackets

_SQUARE = bytes.maketrans(b"{}", b"[]")
_NO_BRACKETS = bytes(code for code in range(256) if code not in b"[]{}")


def read_json(path: Path, file: str, again: str) -> tuple[str, Any, Problem | None]:
    """Return the text of a file and what it says, or the problem; `file` is how that names it, `again` the remedy."""

    def refused(message: str, line: int = 1, column: int = 1) -> tuple[str, None, Problem]:
        return "", None, Problem(file, line, column, "", message)

    if path.is_symlink():
        return refused("a link may not stand here; put the file itself there")
    if (size := path.stat().st_size) > LARGEST:
        return refused(f"the file has {size:,} bytes; at most {LARGEST:,} are allowed")
    try:
        data = path.read_bytes()
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        return refused(f"byte {error.start} is not UTF-8; {again}")
    if depth(data) > DEEPEST:
        return refused(f"brackets lie deeper than {DEEPEST}; {again}")
    try:
        return text, strict_json(text), None
    except json.JSONDecodeError as error:
        return refused(f"this is not JSON: {error.msg}; {again}", error.lineno, error.colno)
    except ValueError as error:
        return refused(f"{error}; {again}")


def depth(data: bytes) -> int:
    """Return how deep brackets lie inside brackets, those that stand in texts counted, too."""
    brackets, layers = data.translate(_SQUARE, _NO_BRACKETS), 0
    while layers <= DEEPEST and (fewer := brackets.replace(b"[]", b"")) != brackets:
        brackets, layers = fewer, layers + 1
    return layers + brackets.count(b"[")  # those left over lie deeper, or have no partner
