"""Measured numbers that somebody typed by hand, found with their units, and the numbers that have a source."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

from catalog.plain_text import PlainText, plain_text

# A unit as it is spelled -> what it measures and by how much it multiplies. The first that matches counts.
_SPELLINGS: tuple[tuple[str, str, float], ...] = (
    (r"×|[xX]|times|folds?", "times", 1),
    (r"%|per\s?cent", "share", 1),
    (r"(?i:dB|decibels?)", "decibels", 1),
    (r"ns|nanoseconds?", "time", 1e-9),
    (r"[µμu]s|microseconds?", "time", 1e-6),
    (r"ms|msecs?|milliseconds?", "time", 1e-3),
    (r"s|secs?|seconds?", "time", 1),
    (r"min|minutes?", "time", 60),
    (r"h|hours?", "time", 3600),
    (r"[kK]B|kilobytes?", "bytes", 1e3),
    (r"MB|megabytes?", "bytes", 1e6),
    (r"GB|gigabytes?", "bytes", 1e9),
    (r"TB|terabytes?", "bytes", 1e12),
    (r"KiB", "bytes", 2**10),
    (r"MiB", "bytes", 2**20),
    (r"GiB", "bytes", 2**30),
    (r"bytes?", "bytes", 1),
    (r"(?i:fps)|frames\s(?:per|a)\ssecond", "frames", 1),
    (r"GHz", "frequency", 1e9),
    (r"MHz", "frequency", 1e6),
    (r"k?Hz", "frequency", 1),
    (r"(?:MACs?|FLOPs?|FLOPS|[Mm]ultiply-accumulates)", "operations", 1),
    (r"k(?:MACs?|FLOPs?|FLOPS)", "operations", 1e3),
    (r"M(?:MACs?|FLOPs?|FLOPS)", "operations", 1e6),
    (r"G(?:MACs?|FLOPs?|FLOPS)", "operations", 1e9),
    (r"T(?:MACs?|FLOPs?|FLOPS)", "operations", 1e12),
    (r"[Mm]illion\s(?:multipl\w{1,20}|operations|MACs?|FLOPs?)", "operations", 1e6),
    (r"[Bb]illion\s(?:multipl\w{1,20}|operations|MACs?|FLOPs?)", "operations", 1e9),
    (r"[Tt]rillion\s(?:multipl\w{1,20}|operations|MACs?|FLOPs?)", "operations", 1e12),
    (r"parameters|params|weights", "parameters", 1),
    (r"(?:[kK]|thousand)\s?(?:parameters|params|weights)", "parameters", 1e3),
    (r"(?:M|[Mm]illion)\s?(?:parameters|params|weights)", "parameters", 1e6),
    (r"(?:B|[Bb]illion)\s?(?:parameters|params|weights)", "parameters", 1e9),
    (r"px", "pixels", 1),
)
_NUMBER = re.compile(r"[\dx×](?:(?<=\d)\d*+(?:[.,]\d++)*+|(?<=[x×])\s?(?P<factor>\d++(?:\.\d++)?)(?![\w-]))")
_INSIDE_A_WORD = re.compile(r"[\w.]")
_SIZE = re.compile(r"\d++(?:[x×]\d++|\s[x×]\s\d++)++")  # 512×512, 64 × 64 × 3
_ANY_UNIT = "|".join(f"(?P<u{i}>{spelling})" for i, (spelling, _, _) in enumerate(_SPELLINGS))
_UNIT = re.compile(rf"[\s\u2009\u202f-]{{0,2}}(?:{_ANY_UNIT})(?!\w)")
_PIXELS = re.compile(r"[\s\u2009\u202f-]{0,2}pixels?(?!\w)")  # counted pixels are geometry; 1.35 pixels were measured
_JOINT = re.compile(r"\s?(?:[–—/,+→]|->|-|−|to|and|or|versus|vs\.?|±)\s?")  # 20–30 ms, from 144 to 237 FPS
_GROUPED = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?")
_YEAR = re.compile(r"(?:19|20)\d\d")
_DECADE = re.compile(r"(?:19|20)\d0s(?!\w)")


@dataclass(frozen=True)
class TypedNumber:
    """A number with what it measures (None: no unit stands with it), in the unit's base, and how it is spelled."""

    value: float
    measures: str | None
    start: int
    end: int
    spelling: str = ""


@dataclass(frozen=True)
class Sourced:
    """Numbers that have a source: each value with what it measures; None fits every unit."""

    values: Mapping[float, frozenset[str | None]]

    def has(self, number: TypedNumber) -> bool:
        """Tell whether a typed number has a source."""
        kinds = self.values.get(_rounded(number.value), frozenset())
        return number.measures in kinds or None in kinds


def sourced(numbers: Iterable[tuple[float, str | None]]) -> Sourced:
    """Return a set of numbers with a source, given as value and what it measures."""
    values: dict[float, set[str | None]] = {}
    for value, measures in numbers:
        values.setdefault(_rounded(value), set()).add(measures)
    return Sourced({value: frozenset(kinds) for value, kinds in values.items()})


@lru_cache(maxsize=8192)
def numbers_of(text: str) -> tuple[tuple[float, str | None], ...]:
    """Return every number in a text with what it measures, None where no unit stands with it."""
    return tuple((number.value, number.measures) for number in _numbers(plain_text(text).text))


def in_unit(value: float, unit: str) -> tuple[float, str | None]:
    """Return a value in a unit of the vocabulary as value in the base and what it measures."""
    match = _UNIT.fullmatch(unit)
    if not match:
        return value, None
    _, measures, factor = _SPELLINGS[_which(match)]
    return value * factor, measures


def typed_numbers(plain: PlainText) -> list[TypedNumber]:
    """Return the numbers that stand with a unit, at their offsets in the original text; sizes A×B do not count."""
    return [
        replace(
            number,
            start=plain.origin(number.start),
            end=plain.origin(number.end - 1) + 1,
            spelling=plain.text[number.start : number.end],
        )
        for number in _numbers(plain.text)
        if number.measures is not None
    ]


def _numbers(text: str) -> Iterator[TypedNumber]:
    """Yield every number, in order; numbers joined as in `20–30 ms` share the unit of the last."""
    waiting: list[TypedNumber] = []  # numbers that may still get a unit
    at = 0
    while match := _NUMBER.search(text, at):
        if match.start() and _INSIDE_A_WORD.match(text, match.start() - 1):
            at = match.end()
            continue
        if waiting and not _JOINT.fullmatch(text, at, match.start()):
            yield from waiting
            waiting = []
        at = match.end()
        if size := _SIZE.match(text, match.start()):
            at = size.end()
        elif match["factor"]:
            yield TypedNumber(float(match["factor"]), "times", *match.span())
        else:
            waiting += (TypedNumber(value, None, *match.span()) for value in _values(match[0]))
            measures, factor, at = _unit_after(text, match)
            if measures:
                yield from (_with_unit(number, measures, factor, match, at) for number in waiting)
                waiting = []
    yield from waiting


def _with_unit(number: TypedNumber, measures: str, factor: float, last: re.Match[str], end: int) -> TypedNumber:
    """Return a number with the unit that ends at `end` behind the number at `last`; a year before it gets none."""
    if number.end < last.start() and _YEAR.fullmatch(f"{number.value:g}"):
        return number
    return TypedNumber(number.value * factor, measures, number.start, end if number.end == last.end() else number.end)


def _unit_after(text: str, number: re.Match[str]) -> tuple[str | None, float, int]:
    """Return what the number at `number` measures, the factor of its unit, and where the unit ends."""
    unit = _UNIT.match(text, number.end())
    if unit and not _DECADE.match(text, number.start()):
        _, measures, factor = _SPELLINGS[_which(unit)]
        return measures, factor, unit.end()
    if "." in number[0] and (pixels := _PIXELS.match(text, number.end())):
        return "pixels", 1, pixels.end()
    return None, 1, number.end()


def _which(unit: re.Match[str]) -> int:
    """Return the index of the spelling that matched."""
    return int((unit.lastgroup or "u0")[1:])


def _values(digits: str) -> list[float]:
    """Return the values of digits: 2,032 is one number, 27,13 two; 1.5.2 is none."""
    if _GROUPED.fullmatch(digits):
        digits = digits.replace(",", "")
    return [float(part) for part in digits.split(",") if part.count(".") <= 1 and len(part) <= 40]


def _rounded(value: float) -> float:
    """Return a value to nine digits, so that 0.782 GB is 782 MB."""
    return float(f"{abs(value):.9g}")
