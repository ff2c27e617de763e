"""What the cells of a table measure, as the headings of its columns and rows say."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator

from catalog.units import heading

Meaning = tuple[str, float]  # what is measured, the factor of its unit

_CELL = re.compile(r"[^|\n]++")
_RULE = re.compile(r"[\s:|-]*+(?<=[:|-])\s*")


class Tables:
    """The tables of a text."""

    def __init__(self, text: str) -> None:
        """Find the cells under a line of dashes, each with what its column or row measures."""
        self._cells = list(_cells(text)) if "|" in text and "-" in text else []

    def measured(self, at: int) -> Meaning | None:
        """Return what a number at `at` measures, and the factor of its unit; None where no heading says so."""
        i = bisect_right(self._cells, at, key=lambda cell: cell[0]) - 1
        return self._cells[i][2] if i >= 0 and at < self._cells[i][1] else None


def _cells(text: str) -> Iterator[tuple[int, int, Meaning]]:
    """Yield start, end and meaning of each cell that has one."""
    head, columns, at = "", None, 0
    for line in text.split("\n"):
        if "|" not in line:
            columns = None
        elif columns is None and "-" in line and "|" in head and _RULE.fullmatch(line):
            columns = [heading(cell[0].strip()) for cell in _CELL.finditer(head.strip().strip("|"))]
        elif columns is not None:
            yield from _row(line, at, columns)
        head = line
        at += len(line) + 1


def _row(line: str, at: int, columns: list[Meaning | None]) -> Iterator[tuple[int, int, Meaning]]:
    """Yield the cells of a row that have a meaning."""
    cells = list(_CELL.finditer(line, len(line) - len(line.lstrip().removeprefix("|"))))
    named = heading(cells[0][0].strip()) if cells else None
    for i, cell in enumerate(cells):
        meaning = (columns[i] if i < len(columns) else None) or (named if i else None)
        if meaning:
            yield at + cell.start(), at + cell.end(), meaning
