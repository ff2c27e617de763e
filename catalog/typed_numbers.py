"""Measured numbers that somebody typed by hand, found with their units, and the numbers that have a source."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from catalog.closed_world import addresses
from catalog.names import as_latin
from catalog.plain_text import PlainText, plain_text, rewritten
from catalog.tables import Tables
from catalog.units import counts_things, is_gain, metric_after, metric_before, unit_after, unit_before

_VULGAR = "\u00bc-\u00be\u2150-\u215e"  # fractions of one character
_NUMBER = re.compile(
    rf"""[\d.x×{_VULGAR}](?:
        (?:(?<=\d)(?P<more>\d*+(?:[.,]\d++)*+)|(?<![\w.]\.)(?<=\.)\d++|(?<=[{_VULGAR}]))(?P<vulgar>(?<![{_VULGAR}])[{_VULGAR}])?+(?P<power>[eE][+−-]?\d{{1,2}}(?!\d)|(?:\s?[×·]\s?10)?\^[+−-]?\d{{1,2}}(?!\d))?
      | (?<=[x×])\s?(?P<factor>\d++(?:\.\d++)?)(?![\w-])
      )
    """,
    re.VERBOSE,
)
_DIGIT = re.compile(rf"[\d{_VULGAR}]")  # without one there is no number
_IN_ASCII = re.compile(_NUMBER.pattern.replace(r"[\d.", "[0-9.", 1), re.VERBOSE)  # finds the same there, in less time
_DIGIT_IN_ASCII = re.compile("[0-9]")
_INSIDE_A_WORD = re.compile(r"[\w.]")
_SIDE = r"(?:\d++[sHWCDN]{0,2}|[sHWCDN]{1,2})(?!\w)"
_SIZE = re.compile(rf"\d++[sHWCDN]{{0,2}}(?:[x×]{_SIDE}|\s[x×]\s{_SIDE})++")  # 512×512, 64 × 64 × 3, 2H × 2W
_PIXELS = re.compile(r"[\s\u2009\u202f-]{0,2}pixels?(?!\w)")  # counted pixels are geometry; 1.35 pixels were measured
_POINTS = re.compile(r"[\s\u2009\u202f-]{0,2}points?(?!\w)")
_CHANGED_BY = re.compile(
    r"(?<!\w)(?:ahead|behind|better|worse|higher|lower|differ|gain|improv|increas|decreas|rais|ris|rose|drop|fall|fell)"
    r"\w{0,6}(?:\s[\w-]{1,20}){0,3}?\sby\s(?:(?:about|almost|nearly|only|some|up\sto|more\sthan|at\sleast)\s)?\Z"
)
_LONGEST_CHANGE = 100  # characters
_JOINT = re.compile(r"\s?(?:[–—/,+→]|->|-|−|to|and|or|versus|vs\.?|±)\s?")  # 20–30 ms, from 144 to 237 FPS
_GROUPED = re.compile(r"\d{1,3}(?:(?:,\d{3})+(?:\.\d+)?|(?:\.\d{3}){2,})")
_FRACTION = re.compile(rf"[{_VULGAR}]\Z")
_YEAR = re.compile(r"(?:19|20)\d\d")
_DECADE = re.compile(r"(?:19|20)\d0s(?!\w)")
_LINK_END = re.compile(r"\](?:\([^()]{0,500}+(?:\([^()]{0,100}+\)[^()]{0,100}+){0,3}\)|\[[^\[\]]{0,100}+\])?")

_COUNTED = frozenset(["pixels", "parameters"])  # what a whole number without a unit may count
_FITTING = {"times": frozenset(["times", "gain", "scale"]), "gain": frozenset(["gain", "times"])}


class TypedNumber(NamedTuple):
    """A number with what it measures (None: nothing says so), in the unit's base, and how it is spelled.

    A factor that says how much better something is, as in `4 times faster`, measures a gain and not times.
    """

    value: float
    measures: str | None
    start: int
    end: int
    spelling: str = ""


@dataclass(frozen=True)
class Sourced:
    """Numbers that have a source: each value with what it measures.

    A number without a unit fits every unit, unless it is whole: then it was a count. A `scale` is a factor that
    somebody chose; it is no gain.
    """

    values: Mapping[float, frozenset[str | None]]

    def has(self, number: TypedNumber) -> bool:
        """Tell whether a typed number has a source."""
        kinds = self.values.get(_rounded(number.value), frozenset())
        if None in kinds and (number.value % 1 or number.measures in _COUNTED):
            return True
        return not kinds.isdisjoint(_FITTING.get(number.measures or "", {number.measures}))


def sourced(numbers: Iterable[tuple[float, str | None]]) -> Sourced:
    """Return a set of numbers with a source, given as value and what it measures."""
    values: dict[float, set[str | None]] = {}
    for value, measures in numbers:
        values.setdefault(_rounded(value), set()).add(measures)
    return Sourced({value: frozenset(kinds) for value, kinds in values.items()})


@lru_cache(maxsize=8192)
def numbers_of(text: str) -> tuple[tuple[float, str | None], ...]:
    """Return every number in a text with what it measures, None where nothing says so."""
    shown = as_latin(_without_links(plain_text(text).text).text)
    return tuple((number.value, number.measures) for number in _measured(shown))


def typed_numbers(plain: PlainText) -> list[TypedNumber]:
    """Return the numbers that measure something, at their offsets in the original text; sizes A×B do not count."""
    digit = _DIGIT_IN_ASCII if plain.text.isascii() else _DIGIT
    if not digit.search(plain.text):
        return []
    shown = _without_links(plain.text)
    alike = as_latin(shown.text)
    return [
        number._replace(
            start=plain.origin(shown.origin(number.start)),
            end=plain.origin(shown.origin(number.end - 1)) + 1,
            spelling=shown.text[number.start : number.end],
        )
        for number in _measured(alike)
        if number.measures is not None
    ]


def _without_links(text: str) -> PlainText:
    """Return a text in which links are their words alone, without the addresses that stand in it."""
    ends = [match.span() for match in _LINK_END.finditer(text)] if "]" in text else []
    inside = bytearray(len(text))
    for start, end in ends:
        inside[start:end] = b"\1" * (end - start)
    named = [(start, end) for start, end, _ in addresses(text) if inside.find(1, start, end) < 0]
    cut = sorted([*((*span, "") for span in ends), *((*span, " ") for span in named)])
    return rewritten(text, (found for i, found in enumerate(cut) if not i or found[0] >= cut[i - 1][1]))


@lru_cache(maxsize=65536)  # the same facts are asked where they stand and where they are cited
def _measured(text: str) -> tuple[TypedNumber, ...]:
    """Return every number, in order; those that have no unit beside them have that of the heading of their cell."""
    tables = Tables(text)
    return tuple(_with_heading(number, tables) for number in _numbers(text))


def _with_heading(number: TypedNumber, tables: Tables) -> TypedNumber:
    """Return a number with what the heading of its cell measures, if it has no unit itself."""
    meaning = tables.measured(number.start) if number.measures is None else None
    return number._replace(value=number.value * meaning[1], measures=meaning[0]) if meaning else number


def _numbers(text: str) -> Iterator[TypedNumber]:
    """Yield every number, in order; numbers joined as in `20–30 ms` share the unit of the last."""
    waiting: list[TypedNumber] = []  # numbers that may still get a unit
    at, pattern = 0, _IN_ASCII if text.isascii() else _NUMBER
    while match := pattern.search(text, at):
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
            yield TypedNumber(float(match["factor"]), _kind("times", text, *match.span()), *match.span())
        else:
            named = _named(text, match, waiting)
            waiting += (TypedNumber(value, named, *match.span()) for value in _values(match))
            measures, factor, at = _unit_after(text, match)
            if measures:
                yield from (_with_unit(number, _kind(measures, text, number.start, at), factor, match, at)
                            for number in waiting)  # fmt: skip
                waiting = []
    yield from waiting


def _named(text: str, number: re.Match[str], waiting: list[TypedNumber]) -> str | None:
    """Return what a number measures by the metric in front of it, or of the number it is joined to."""
    if counts_things(text, *number.span()):
        return None
    named = metric_before(text, number.start()) or (waiting[-1].measures if waiting else None)
    return named and _kind(named, text, *number.span())


def _kind(measures: str, text: str, start: int, end: int) -> str:
    """Return what is measured, a gain where a factor is one."""
    return "gain" if measures == "times" and is_gain(text, start, end) else measures


def _with_unit(number: TypedNumber, measures: str, factor: float, last: re.Match[str], end: int) -> TypedNumber:
    """Return a number with the unit that ends at `end` behind the number at `last`; a year before it gets none."""
    if number.end < last.start() and _YEAR.fullmatch(f"{number.value:g}"):
        return number._replace(measures=None)
    if number.end < last.start() and number.measures and number.value % 1:
        return number  # PSNR of 31.2 and 0.97 SSIM
    return TypedNumber(number.value * factor, measures, number.start, end if number.end == last.end() else number.end)


def _unit_after(text: str, number: re.Match[str]) -> tuple[str | None, float, int]:
    """Return what the number at `number` measures by what stands behind it, the factor, and where the unit ends.

    Whole points are counted, as those of a cloud are; points were measured where they are broken (3.8 points), those of
    a metric (4 points of accuracy), or what something changed by (it rises by 4 points).
    """
    if (unit := unit_after(text, number.end())) and not _DECADE.match(text, number.start()):
        return unit
    if before := unit_before(text, number.start()):
        return *before, number.end()
    if (points := _POINTS.match(text, number.end())) and _are_measured(text, number):
        return "share", 1, points.end()
    if "." in number[0] or number["vulgar"]:
        if pixels := _PIXELS.match(text, number.end()):
            return "pixels", 1, pixels.end()
        if metric := metric_after(text, number.end()):
            return metric[0], 1, metric[1]
    return None, 1, number.end()


def _are_measured(text: str, number: re.Match[str]) -> bool:
    """Tell whether the points behind a number were measured, and not counted."""
    if "." in number[0] or number["vulgar"] or metric_after(text, number.end()):
        return True
    return _CHANGED_BY.search(text, max(0, number.start() - _LONGEST_CHANGE), number.start()) is not None


def _values(number: re.Match[str]) -> list[float]:
    """Return the values of a number as it is written: 2,032 is one, 27,13 two; 1.5.2 is none, 1e3 a thousand."""
    digits, power = number[0], number["power"] or ""
    digits = digits[: len(digits) - len(power)]
    if fraction := _FRACTION.search(digits):
        whole = _decimals(digits[: fraction.start()] or "0")
        return whole[:-1] + [value + unicodedata.numeric(fraction[0]) for value in whole[-1:]]
    values = _decimals(digits)
    if not power or not values:
        return values
    exponent = int(re.split(r"[eE^]", power)[1].replace("−", "-"))
    if power[0] != "^":
        return [*values[:-1], values[-1] * 10.0**exponent]
    return [*values[:-1], values[-1] ** exponent if 0 < values[-1] <= 1000 else math.inf]


def _decimals(digits: str) -> list[float]:
    """Return the values of a number without fraction or power."""
    if _GROUPED.fullmatch(digits):
        digits = digits.replace(".", "") if digits.count(".") > 1 else digits.replace(",", "")
    return [float(part) for part in digits.split(",") if part.count(".") <= 1 and len(part) <= 40]


def _rounded(value: float) -> float:
    """Return a value to nine digits, so that 0.782 GB is 782 MB."""
    return float(f"{abs(value):.9g}")
