"""Contributed Markdown as a person reads it, with the way back to where each character stands in the file."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from html import unescape

from catalog.formulas import formulas, read_formula

REMEMBERED = 65_536  # texts: several rules read the same ones

_RAISED = r"\u00aa\u00b2\u00b3\u00b9\u00ba\u2070-\u209c\u2100-\u214f\u2460-\u24ff"  # raised, lowered, circled
_WIDE = r"\u3300-\u33ff\ufb00-\ufb06\uff01-\uff5e\U0001d400-\U0001d7ff"  # squared, joined, wide, mathematical
_UNSEEN = "\u00ad\u034f\u115f\u1160\u17b4\u17b5\u3164\ufe00-\ufe0f\uffa0"  # beside what no file may hold
_IS_UNSEEN = re.compile(f"[{_UNSEEN}]")
_MARKS = r"&\\*`_"  # of Markdown


def _disguises_of(signs: str) -> re.Pattern[str]:
    """Return what finds all that does not stand on the page as it is written, where it begins with one of `signs`."""
    return re.compile(
        rf"""[{signs}](?:
            (?<=&)(?:\#[0-9]{{1,7}}|\#[xX][0-9a-fA-F]{{1,6}}|[A-Za-z][A-Za-z0-9]{{1,30}});  # an entity
          | (?<=\\)(?:times(?![A-Za-z])|[!-/:-@\[-`{{|}}~])  # an escaped character
          | (?<![A-Za-z0-9_]_)(?<=_)_*+ | (?<=[A-Za-z0-9]_)_*+(?![A-Za-z0-9])  # emphasis, but not the _ inside a name
          | (?<![&\\_])
          )
        """,
        re.VERBOSE,
    )


_DISGUISE = _disguises_of(f"{_MARKS}{_UNSEEN}{_RAISED}{_WIDE}")
_IN_ASCII = _disguises_of(_MARKS)  # the same of a text in ASCII: a scan for few signs takes a tenth of the time
_SIGN_IN_ASCII = re.compile(f"[${_MARKS}]")  # without one it has no formula either
_DECORATED = re.compile(f"[{_RAISED}{_WIDE}]")


@dataclass(frozen=True)
class PlainText:
    """A text without Markdown's disguises; `origin` leads back to `written`, the text it was made from."""

    text: str
    written: str = ""
    _starts: tuple[int, ...] = (0,)
    _origins: tuple[int, ...] = (0,)

    def origin(self, offset: int) -> int:
        """Return the offset in the original text of the character at `offset`."""
        i = bisect_right(self._starts, offset) - 1
        origin = self._origins[i] + offset - self._starts[i]
        return min(origin, self._origins[i + 1] - 1) if i + 1 < len(self._origins) else origin


@lru_cache(maxsize=REMEMBERED)
def plain_text(text: str) -> PlainText:
    """Return a text as it is read: entities, escapes and formulas resolved, no emphasis, wide letters made plain."""
    if text.isascii() and not _SIGN_IN_ASCII.search(text):
        return PlainText(text, text)
    return rewritten(text, _replacements(text))


def rewritten(text: str, replacements: Iterable[tuple[int, int, str]]) -> PlainText:
    """Return a text with stretches of it replaced, given in order as start, end and what stands there instead."""
    pieces: list[str] = []
    starts, origins = [0], [0]
    at = length = 0
    for start, end, shown in replacements:
        pieces += [text[at:start], shown]
        length += start - at + len(shown)
        at = end
        starts.append(length)
        origins.append(at)
        if shown:  # every character of it leads to where it began
            starts.insert(-1, length - len(shown))
            origins.insert(-1, start)
    if not pieces:
        return PlainText(text, text)
    return PlainText("".join([*pieces, text[at:]]), text, tuple(starts), tuple(origins))


def is_unseen(character: str) -> bool:
    """Tell whether a character is not seen on the page: it turns text around, joins or divides it, or does nothing."""
    if not character or _IS_UNSEEN.fullmatch(character):
        return True
    return unicodedata.category(character[0]) in ("Cc", "Cf") and character not in "\t\n"


def _replacements(text: str) -> Iterator[tuple[int, int, str]]:
    """Yield what formulas show, and every disguise beside that."""
    at = 0
    for formula in formulas(text):
        for start, end, shown in read_formula(text, *formula):
            yield from _disguises(text, at, start)
            yield start, end, shown
            at = end
    yield from _disguises(text, at, len(text))


def _disguises(text: str, start: int, end: int) -> Iterator[tuple[int, int, str]]:
    """Yield start, end and reading of every disguise in a stretch."""
    pattern = _IN_ASCII if text.isascii() else _DISGUISE
    yield from ((*match.span(), _shown(match[0])) for match in pattern.finditer(text, start, end))


def _shown(written: str) -> str:
    """Return what stands on the page for a disguise."""
    if written[0] == "&":
        read = unescape(written)
        return written if len(read) > 2 else _read(read)
    if written == "\\times":
        return "×"
    if written[0] == "\\":
        return written[1]
    return "" if written[0] in "*`_" else _read(written)


def _read(character: str) -> str:
    """Return the plain form of a character: nothing for one that is not seen."""
    if is_unseen(character):
        return ""
    return unicodedata.normalize("NFKC", character) if _DECORATED.fullmatch(character) else character
