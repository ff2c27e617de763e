"""Of lines with and without a dash, which are right: a list has one before each entry, keys have none."""

from __future__ import annotations

from dataclasses import replace

from catalog.problems import Problem
from catalog.records import Part
from catalog.validation import insides, listed
from catalog.yaml_errors import WRITE_ALIKE, alike, indentation, is_entry, lines_that_say


def which_is_right(problem: Problem, lines: list[str], first_line: int, record_type: type[Part]) -> Problem:
    """Return a problem; one of lines that are not alike in their dash is told at those that are wrong.

    It stays as it is where nobody knows what belongs there.
    """
    if not problem.message.endswith(WRITE_ALIKE):
        return problem
    at = problem.line - first_line
    path = _keys_around(lines, at)
    inside = insides(record_type, (*path,))[-1] if path else None
    wrong = [n for n in _beside(lines, at) if is_entry(lines[n]) != inside.listed] if inside else []
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


def _keys_around(lines: list[str], at: int) -> list[str]:
    """Return the keys below which a line stands, the outermost first; none where one of those lines is no key."""
    least, keys = indentation(lines[at]), []
    for n in lines_that_say(lines, range(at - 1, -1, -1)):
        if indentation(lines[n]) < least:
            least = indentation(lines[n])
            key, colon, _ = lines[n].strip().partition(":")
            if not colon or is_entry(lines[n]):
                return []
            keys.insert(0, key)
    return keys


def _beside(lines: list[str], at: int) -> list[int]:
    """Return the lines of a line's block that are indented like it, with itself, in their order."""
    up, down = (lines_that_say(lines, numbers) for numbers in (range(at - 1, -1, -1), range(at, len(lines))))
    own = indentation(lines[at])
    return [*reversed([*alike(lines, up, own)]), *alike(lines, down, own)]
