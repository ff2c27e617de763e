"""Strict YAML with positions: from text to plain values, each with its line and column."""

from __future__ import annotations

from dataclasses import dataclass, field

from catalog.problems import Level, Problem

Path = tuple[str | int, ...]


@dataclass(frozen=True)
class Mark:
    """Where a value stands, counted from 1, and how it was spelled."""

    line: int = 1
    column: int = 1
    raw: str = ""


@dataclass(frozen=True)
class Source:
    """A file and the place of each value in it.

    `marks[("uses", "deblur", "task")]` is where that value stands; `keys[...]` is where its key stands.
    """

    file: str = ""
    marks: dict[Path, Mark] = field(default_factory=dict)
    keys: dict[Path, Mark] = field(default_factory=dict)

    def at(self, *path: str | int) -> Mark:
        """Return the place of the value under `path`, or of its nearest parent that stands in the file."""
        while path and path not in self.marks:
            path = path[:-1]
        return self.marks.get(path, Mark())

    def problem(self, message: str, *path: str | int, level: Level = "error") -> Problem:
        """Return a problem at the value under `path`."""
        mark = self.at(*path)
        return Problem(self.file, mark.line, mark.column, ".".join(map(str, path)), message, level)
