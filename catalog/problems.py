"""What is wrong with a file, where it is, and what to do about it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from dataclasses import field as field_of
from difflib import get_close_matches
from typing import Literal, get_args

from catalog.counted import counted

Level = Literal["error", "notice"]

MOST_IN_A_LINE, MOST_IN_A_FILE = 20, 200  # nobody reads more
ALIKE = 0.85  # of two words that differ in a slip, such as "gopr" and "gopro", how alike `difflib` finds them at least
PART = re.compile(r"[^\W_]+")  # what stands between the hyphens of an id
SHORTEST_PART = 3  # a shorter one is part of too many


@dataclass(frozen=True, order=True)
class Problem:
    """One thing that is wrong in one place; sorts by file, line and column.

    Attributes:
        file: path from the repository's root, with forward slashes.
        line: 1 is the first line.
        column: 1 is the first character of the line.
        field: dotted path of the value, such as `workflow.steps.enlarge.run`; empty for a whole file.
        message: what is wrong, what was got, and what to do.
        level: an error fails every command; a notice is printed and changes no exit status.
        cause: path of what it rests on in the vocabulary, such as ("metrics", "psnr", "range"); empty for nothing.
    """

    file: str
    line: int
    column: int
    field: str
    message: str
    level: Level = "error"
    cause: tuple[str, ...] = field_of(default=(), compare=False)

    def __str__(self) -> str:
        """Return `path:line:column: field: message`, the form editors and CI link to."""
        place = f"{self.file}:{self.line}:{self.column}: "
        kind = "notice: " if self.level == "notice" else ""
        return place + kind + (f"{self.field}: " if self.field else "") + self.message


def line_and_column(text: str, offset: int, first_line: int = 1) -> tuple[int, int]:
    """Return the line and column of an offset, both from 1; the text begins on the line `first_line` of its file."""
    return text.count("\n", 0, offset) + first_line, offset - text.rfind("\n", 0, offset)


class CatalogError(Exception):
    """The catalog cannot be used; `problems` holds everything that is wrong, sorted."""

    def __init__(self, problems: list[Problem]) -> None:
        """Keep the sorted, distinct problems."""
        self.problems = sorted(set(problems))
        super().__init__("\n".join(map(str, self.problems)))


def in_short(problems: Iterable[Problem]) -> list[Problem]:
    """Return the distinct problems, sorted; of too many in one line or file the first, and how many more there are."""
    in_lines = _first(sorted(set(problems)), MOST_IN_A_LINE, "line", lambda problem: (problem.file, problem.line))
    return _first(in_lines, MOST_IN_A_FILE, "file", lambda problem: problem.file)


def _first(problems: list[Problem], most: int, name: str, place: Callable[[Problem], object]) -> list[Problem]:
    """Return the first problems of each place and level, in order, with one more that counts those left out."""
    seen = Counter((place(problem), problem.level) for problem in problems)
    kept: list[Problem] = []
    so_far: Counter[object] = Counter()
    for problem in problems:
        here = (place(problem), problem.level)
        so_far[here] += 1
        if so_far[here] <= most:
            kept.append(problem)
        elif so_far[here] == most + 1:
            message = f"and {seen[here] - most:,} more in this {name}"
            kept.append(replace(problem, field="", message=message))
    return kept


def summary(problems: Iterable[Problem]) -> str:
    """Return how many errors and notices there are, such as "1 error and no notices"."""
    levels = [problem.level for problem in problems]
    return " and ".join(counted(levels.count(level), level) for level in get_args(Level))


def shortened(text: str, most: int = 60) -> str:
    """Return a text as a message or a diagram shows it: cut where it has more than `most` characters."""
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return `; did you mean "x"?` for the known word nearest to a misspelt one, or nothing when none is near."""
    near = nearest(word, known)
    return f'; did you mean "{near}"?' if near else ""


def nearest(word: str, known: Iterable[str]) -> str | None:
    """Return the known word nearest to a misspelt one, first the only one of its letters, or of which it is a part."""
    names = sorted(known)
    swapped = [name for name in names if name.casefold() != word.casefold() and sorted(name) == sorted(word)]
    if len(swapped) == 1:
        return swapped[0]
    if alike := get_close_matches(word, names, n=1, cutoff=ALIKE):
        return alike[0]
    parts = PART.findall(word.casefold())
    for has in (_has_parts, _has_parts_like):
        holding = [name for name in names if parts and has(PART.findall(name.casefold()), parts)]
        if len(holding) == 1:
            return holding[0]
    return next(iter(get_close_matches(word, names, n=1)), None)


def _has_parts(name: list[str], parts: list[str]) -> bool:
    """Tell whether the parts of a name hold others in their order, of which the last may be a beginning."""
    joined = "-".join(parts)
    return len(joined) >= SHORTEST_PART and f"-{joined}" in "-" + "-".join(name)


def _has_parts_like(name: list[str], parts: list[str]) -> bool:
    """Tell whether the parts of a name hold others in their order but for a slip."""
    runs = ["-".join(name[at : at + len(parts)]) for at in range(len(name) - len(parts) + 1)]
    joined = "-".join(parts)
    return len(joined) >= SHORTEST_PART and bool(get_close_matches(joined, runs, n=1, cutoff=ALIKE))
