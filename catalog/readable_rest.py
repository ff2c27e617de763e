"""Reads what stands around mistakes of YAML, so that the other problems of a record are told too."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import Any, NamedTuple

from catalog.dashes import which_is_right
from catalog.problems import Problem
from catalog.records import Record
from catalog.source import MAX_BYTES, Source, Unquoted, read_yaml
from catalog.validation import fields_by_key

MOST_MISTAKES = 5  # in one file; nobody who has made more is helped by them all
MORE = "more mistakes may follow from here on; correct those above, then check again"
LOST = Unquoted("")  # stands for the value of a key in whose lines there is a mistake


class Rest(NamedTuple):
    """What could be read of a record, its problems, and the keys of which nothing is known."""

    data: Any
    source: Source
    problems: list[Problem]
    lost: frozenset[str] = frozenset()

    def without_what_follows(self, misfits: list[Problem]) -> list[Problem]:
        """Return the misfits that are not about what is lost, nor stand where something was told already."""
        told = {(problem.line, problem.column) for problem in self.problems}
        return [
            misfit
            for misfit in misfits
            if misfit.field.partition(".")[0] not in self.lost and (misfit.line, misfit.column) not in told
        ]


def read_rest(text: str, file: str, record_type: type[Record], first_line: int = 1) -> Rest:
    """Read a record as `read_yaml` does; where its YAML is wrong, read it again without the key around each mistake.

    The value is None where a mistake stands below no key of the record.
    """
    keys = fields_by_key(record_type)
    whole = Rest(*read_yaml(text, file, first_line))
    if whole.data is not None or not whole.problems or len(text) > MAX_BYTES:
        return whole
    lines, rest, problems, lost = text.split("\n"), whole, [], {}
    while rest.data is None and rest.problems and len(lost) < MOST_MISTAKES:
        *others, mistake = rest.problems
        block = _block(lines, mistake.line - first_line, keys)
        if block is None:
            break
        key, start, end = block
        mistake = which_is_right(mistake, text.split("\n"), first_line, record_type)
        problems += [*others, replace(mistake, field=mistake.field or key)]
        for n in range(start, end):
            lost.setdefault(_key(lines[n].strip()), (n + first_line, 1))  # some of them were meant to begin a line
            lines[n] = ""
        rest = Rest(*read_yaml("\n".join(lines), file, first_line))
    if problems and rest.data is None and len(lost) >= MOST_MISTAKES:
        problems.append(replace(rest.problems[-1], field="", message=MORE))
    if not isinstance(rest.data, dict):
        return whole._replace(problems=problems or whole.problems)
    lost = {key: at for key, at in lost.items() if key in keys and key not in rest.data}
    return _with_lost(rest, problems, lost)


def _with_lost(rest: Rest, problems: list[Problem], lost: dict[str, tuple[int, int]]) -> Rest:
    """Return what was read with more problems, and with the lost keys in the places where they stand."""
    *place, raw, inside = rest.source.whole
    first = min([tuple(place), *lost.values()])
    places = inside | {key: (*at, (*at, "", "")) for key, at in lost.items()}
    source = replace(rest.source, whole=(*first, raw, places))
    return Rest(rest.data | dict.fromkeys(lost, LOST), source, sorted({*problems, *rest.problems}), frozenset(lost))


def _block(lines: list[str], at: int, keys: Collection[str]) -> tuple[str, int, int] | None:
    """Return the key around a line, with its first line and the line behind its last; None if there is none."""
    if at >= len(lines) or not lines[at].strip() or lines[at].startswith("---"):
        return None
    starts = [n for n, line in enumerate(lines) if _key(line) in keys]
    begun = [n for n in starts if n <= at]
    if not begun:
        return None
    return _key(lines[begun[-1]]), begun[-1], next((n for n in starts if n > at), len(lines))


def _key(line: str) -> str:
    """Return the word that begins a line."""
    return line.partition(":")[0].split(" ")[0]
