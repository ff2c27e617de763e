"""Of lines with and without a dash, which are right: a list has one before each entry, keys have none."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from catalog.problems import Problem
from catalog.records import Part
from catalog.validation import insides, listed
from catalog.yaml_errors import WRITE_ALIKE, indentation, is_entry

Line = tuple[int, str]  # its number from 0, and what it says


def which_is_right(problem: Problem, lines: list[str], first_line: int, record_type: type[Part]) -> Problem:
    """Return a problem; one of lines that are not alike in their dash is told at those that are wrong.

    It stays as it is where nobody knows what belongs there.
    """
    if not problem.message.endswith(WRITE_ALIKE):
        return problem
    at = problem.line - first_line
    path = (*reversed([*_keys_around(lines, at)]),)
    inside = insides(record_type, path)[-1] if path else None
    wrong = [n for n, line in _beside(lines, at) if inside and is_entry(line) != inside.listed]
    if not wrong:
        return problem
    others = [str(n + first_line) for n in wrong[1:]]
    message = _in_a_list(path[-1], others) if inside.listed else _among_keys(path[-1], others)
    column = indentation(lines[wrong[0]]) + 1
    return replace(problem, line=wrong[0] + first_line, column=column, message=message)


def _in_a_list(key: str, others: list[str]) -> str:
    """Say that lines lack the dash of a list."""
    more = f", and so {_lines(others)}" if others else ""
    return f'begins without a dash, but {key} is a list; begin it with "- "{more}'


def _among_keys(key: str, others: list[str]) -> str:
    """Say that lines have a dash where none belongs."""
    more = f", and that of {_lines(others)}" if others else ""
    return f"begins with a dash, but below {key} stand keys with values, no list; take the dash away{more}"


def _lines(numbers: list[str]) -> str:
    """Name some lines."""
    return f"{'line' if len(numbers) == 1 else 'lines'} {listed(numbers, 'and')}"


def _keys_around(lines: list[str], at: int) -> Iterator[str]:
    """Yield the keys below which a line stands, the nearest first; where one is no key, nothing more."""
    least = indentation(lines[at])
    for _, line in _above(lines, at):
        if indentation(line) < least:
            least = indentation(line)
            key, colon, _ = line.strip().partition(":")
            if not colon or is_entry(line):
                return
            yield key


def _beside(lines: list[str], at: int) -> Iterator[Line]:
    """Yield the lines of a line's block that are indented like it, with itself, in their order."""
    own = indentation(lines[at])
    above = [*_while_inside(_above(lines, at), own)]
    below = _while_inside(((n, lines[n]) for n in range(at, len(lines)) if _says(lines[n])), own)
    yield from (line for line in (*reversed(above), *below) if indentation(line[1]) == own)


def _while_inside(lines: Iterator[Line], indent: int) -> Iterator[Line]:
    """Yield lines up to the first that is indented less."""
    for n, line in lines:
        if indentation(line) < indent:
            return
        yield n, line


def _above(lines: list[str], at: int) -> Iterator[Line]:
    """Yield the lines above one that say something, from below."""
    return ((n, lines[n]) for n in range(at - 1, -1, -1) if _says(lines[n]))


def _says(line: str) -> bool:
    """Tell whether a line holds more than a comment."""
    return bool(line.strip()) and not line.lstrip().startswith("#")
