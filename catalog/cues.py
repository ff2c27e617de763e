"""What the words of a question decide: a task, a scale, what the picture shows."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache, partial
from typing import Any

from catalog.own_files import OWN_FILES, own_data
from catalog.records import Vocabulary

NAMED = OWN_FILES["cues"]  # how messages name it
CUES = ("task", "about", "wants")  # the lists of which each word has cues
NUMBERS = ("numbers", "multiples")  # the lists that give each number its words
FORMS = ("factor", "enlarged")  # the ways to name a factor; `multiple` needs a size behind it
LARGEST = 1000  # a larger number is no enlargement

PIECE = re.compile(r"\s\.\.\.\s|\s-\w+|×\{n\}|\{\w+\}|.")
# 12, 2.5 or 2,5; not 1,000, no end of a longer number, and not the 4 of 2-4
FIGURE = r"(?<!\w)(?<!\d[.,–-])\d{1,4}(?:[.,]\d{1,2})?(?!\d)"
AFTER_SIGN = r"(?<![\w.,])(?<!\d\s)[×✕✖x]{n}(?!\s?[×✕✖x%\d])"  # ×4, but not the end of 4 × 4
SMALL_FIGURE = r"(?:1?\d)(?:[.,]\d)?(?!\d)"  # x86 is no enlargement
PIECES = {
    "*": r"\w*",
    " ": r"\s+",
    " ... ": r"(?:\s+[\w'’-]+){0,3}?\s+",
    "×": r"(?:[×✕✖]|x(?!\w))(?!\s?\d)",  # no sign in 224x224
}
WHOLE = r"(?!(?<=\w)\w)"  # no word goes on here


def _lists() -> dict[str, Any]:
    """Return the lists of the file."""
    return own_data("cues")


@cache
def _cues() -> dict[str, dict[str, re.Pattern[str]]]:
    """Read each list of cues as one pattern per word."""
    return {name: {word: _pattern(cues) for word, cues in _lists()[name].items()} for name in CUES}


@cache
def small_words() -> frozenset[str]:
    """Return the words that say nothing about a subject."""
    return frozenset(_lists()["small_words"])


# --- cues as patterns ------------------------------------------------------------------------------------------------


def _pattern(cues: list[str]) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w-])(?:{_any_of(cues)})(?![\w-])", re.IGNORECASE)


def _any_of(cues: list[str], group: str = "") -> str:
    return "|".join(map(partial(_expression, group=group), cues))


def _expression(cue: str, group: str = "") -> str:
    """Return the regular expression of a cue; its number becomes a group of the given name."""
    return "".join(_piece(piece, group) for piece in PIECE.findall(cue))


def _piece(piece: str, group: str) -> str:
    """Return the regular expression of one piece of a cue: a letter, or what stands for more."""
    if piece == "{n}":
        return _number(group, rf"{FIGURE}|{_one_of('numbers')}")
    if piece == "{m}":
        return _number(group, _one_of("multiples"))
    if piece == "×{n}":
        return AFTER_SIGN.replace("{n}", _number(group, SMALL_FIGURE))
    if piece == "{size}":
        return f"(?:{_any_of(_lists()['size'])})"
    if piece == "{factor}":
        return f"(?:{_any_of([*_lists()['factor'], *_lists()['multiple']])})"
    if piece.startswith(" -"):
        return rf"(?!(?:\s+[\w'’-]+)?\s+{piece[2:]}\b)"
    return PIECES.get(piece) or re.escape(piece)


def _number(group: str, pattern: str) -> str:
    return f"(?P<{group}>{pattern})" if group else f"(?:{pattern})"


def _one_of(name: str) -> str:
    return rf"(?<![\w-])(?:{'|'.join(word for words in _lists()[name].values() for word in words)})"


@cache
def _numbers() -> dict[str, float]:
    """Return the words that stand for a number, with it."""
    entries = [entry for name in NUMBERS for entry in _lists()[name].items()]
    return {word: float(number) for number, words in entries for word in words}


@cache
def _factors() -> tuple[re.Pattern[str], ...]:
    """Return a pattern for each way to name a factor of size; its group `n` is the number."""
    lists = _lists()
    forms = [form for name in FORMS for form in lists[name]]
    forms += [f"{form} {{size}}" for form in lists["multiple"]]
    other = rf"(?!(?:\s+(?:as|so|the|its|their|more|much))?\s+(?:{_any_of(lists['no_size'])})\b)"
    return tuple(re.compile(_expression(form, "n") + WHOLE + other, re.IGNORECASE) for form in forms)


# --- what a question decides -----------------------------------------------------------------------------------------


def words_for(name: str, question: str, known: Mapping[str, object]) -> list[str]:
    """Return the known words of one list (task, about, wants) that a question's words stand for.

    Of two cues that overlap the longer counts: a "shaky photo" is no "photo".
    """
    found = {word: _spans(pattern, question) for word, pattern in _cues()[name].items() if word in known}
    every = [span for spans in found.values() for span in spans]
    return [word for word, spans in found.items() if any(not _is_part(span, every) for span in spans)]


def _spans(pattern: re.Pattern[str], question: str) -> list[range]:
    return [range(*match.span()) for match in pattern.finditer(question)]


def _is_part(span: range, others: list[range]) -> bool:
    """Tell whether a longer span overlaps this one."""
    return any(len(span) < len(other) and set(span) & set(other) for other in others)


def decided(name: str, question: str, vocabulary: Vocabulary) -> str | None:
    """Return the one task, or the one kind of content, that the words decide; None when none or several do."""
    known = vocabulary.tasks if name == "task" else vocabulary.content
    found = words_for(name, question, known)
    return found[0] if len(found) == 1 else None


def scale(question: str) -> float | None:
    """Return the enlargement that a question names, in figures or in words; None when it names none or several."""
    numbers = (match["n"].casefold() for pattern in _factors() for match in pattern.finditer(question))
    found = {_numbers().get(number) or float(number.replace(",", ".")) for number in numbers}
    found = {factor for factor in found if 0 < factor <= LARGEST}
    return found.pop() if len(found) == 1 else None
