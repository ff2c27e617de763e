"""Titles of papers that are one but for a slip of the pen."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from functools import lru_cache, reduce
from itertools import combinations
from operator import xor

FEWEST_LETTERS, FEWEST_WORDS = 20, 3  # of shorter titles one letter may be all that tells two papers apart
MANY_LETTERS = 40  # in so long a title two letters may be wrong
LONG_WORD, VERY_LONG_WORD = 5, 8  # in a shorter word a letter may make another one of it: "shape", "space"
ENOUGH_TO_BEGIN = 30  # letters with which no two papers begin by chance
MOST_ALIKE = 4  # titles that are remembered under one spelling, so that the time stays linear

_SMALL = re.compile(r"\b(?:a|an|the|of|for|in|on|at|by|to|with|via|from|and)\s+(?=\w)", re.IGNORECASE)
_WORD = re.compile(r"[^\W_]+")
_ENDING = re.compile(r"(?<=\w{4})(?:ings?|ed|ers?|est?|e?s|e|ly)$")  # what is left may be a word
_TELLING = re.compile(r"[IVX]+|[^\W\d_]|\w*\d\w*")  # Part II, Plan B, V3 and 2D are no slips

Split = tuple[str, tuple[str, ...]]  # what tells two papers apart for sure, and the other words


def bare_title(title: str) -> str:
    """Return a title's letters and digits alone."""
    return re.sub(r"[\W_]", "", unicodedata.normalize("NFKC", title).casefold())


def near_titles(titles: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield each id whose title is nearly that of an id before it, with that one.

    Case, punctuation, accents, small words and one letter, in a long title two, do not count; numbers do. The time is
    linear in the titles.
    """
    seen: dict[int, str] = {}
    long: dict[int, list[tuple[str, Split]]] = {}
    for id, title in titles.items():
        split = _split(title)
        spellings = [hash(spelling) for spelling in _spellings(title, split)]
        other = next((seen[spelling] for spelling in spellings if spelling in seen), None)
        other = other or _alike_in_long(id, split, long)
        if other is not None:
            yield id, other
        for spelling in spellings:
            seen.setdefault(spelling, other or id)


def titles_that_go_on(titles: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield each id whose title begins with all of another one, with that one.

    The other ends at a colon of the longer title, or has thirty letters. The time is linear in the titles.
    """
    whole: dict[tuple[str, ...], str] = {}
    for id, title in titles.items():
        whole.setdefault(_words(title), id)
    for id, title in titles.items():
        words = _words(title)
        at_colon = {_words(title[: colon.start()]) for colon in re.finditer(":", title)}
        for end in range(len(words) - 1, 0, -1):
            begun = words[:end]
            long_enough = len("".join(begun)) >= ENOUGH_TO_BEGIN and not _TELLING.fullmatch(words[end].upper())
            if begun in whole and (begun in at_colon or long_enough):
                yield id, whole[begun]
                break


def titles_in_other_endings(titles: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield each id whose title is that of an id before it but for endings of words, such as sharp and sharpest.

    What `near_titles` finds is left out. The time is linear in the titles.
    """
    first: dict[Split, str] = {}
    for id, title in titles.items():
        kept, words = _split(title)
        other = first.setdefault((kept, tuple(_ENDING.sub("", word) for word in words)), id)
        if other != id and _is_long(kept, words) and not any(near_titles({other: titles[other], id: title})):
            yield id, other


def bare(title: str) -> str:
    """Return a title's letters and digits alone, without accents."""
    return "".join(_words(title))


def _words(title: str) -> tuple[str, ...]:
    """Return the words of a title without accents and case; a sign of multiplication is an x."""
    return tuple(word.casefold() for word in _WORD.findall(_without_accents(title)))


def _without_accents(title: str) -> str:
    apart = unicodedata.normalize("NFKD", title).replace("×", "x")
    return "".join(sign for sign in apart if not unicodedata.combining(sign))


def _split(title: str) -> Split:
    """Part the words that count in a title into those that tell two papers apart and the others."""
    words = _WORD.findall(_SMALL.sub("", _without_accents(title)))
    telling = [word for word in words if _TELLING.fullmatch(word)]
    others = tuple(word.casefold() for word in words if not _TELLING.fullmatch(word))
    return " ".join(telling).casefold(), others


def _spellings(title: str, split: Split) -> Iterator[tuple[str, str]]:
    """Yield the forms of which two titles that differ in one letter at most share one."""
    yield "", bare(title)
    kept, words = split
    letters = "".join(words)
    if _is_long(kept, words):
        yield kept, letters
        yield from ((kept, letters[:i] + letters[i + 1 :]) for i in range(len(letters)))


def _is_long(kept: str, words: tuple[str, ...]) -> bool:
    """Tell whether a title holds so much that a little may differ in it without making another title."""
    return len(words) + len(kept.split()) >= FEWEST_WORDS and len("".join(words)) >= FEWEST_LETTERS


def _alike_in_long(id: str, split: Split, long: dict[int, list[tuple[str, Split]]]) -> str | None:
    """Return the id of a long title before this one that differs in two letters at most; remember this one."""
    kept, words = split
    if len("".join(words)) < MANY_LETTERS:
        return None
    found = None
    for spelling in _without_two(kept, words):
        alike = long.setdefault(spelling, [])
        found = found or next((other for other, that in alike if _slips(words, that[1]) <= 2), None)
        if len(alike) < MOST_ALIKE:
            alike.append((id, split))
    return found


def _without_two(kept: str, words: tuple[str, ...]) -> Iterator[int]:
    """Yield a number for a title without each of its words, then without each two of them, quick to tell."""
    places = [*map(hash, enumerate(words))]
    whole = reduce(xor, places, hash((kept, len(words))))
    yield from (whole ^ place for place in places)
    yield from (whole ^ first ^ second for first, second in combinations(places, 2))


def _slips(one: tuple[str, ...], other: tuple[str, ...]) -> int:
    """Return how many letters are wrong between two titles; three or more where a word is another one."""
    slips = 3 if len(one) != len(other) else 0
    for ours, theirs in zip(one, other, strict=False):
        if slips > 2:
            break
        slips += _slips_in_word(ours, theirs) if ours != theirs else 0
    return slips


@lru_cache(maxsize=4096)  # many titles have the same words
def _slips_in_word(one: str, other: str) -> int:
    """Return how many letters are wrong between two words; three where they are two words, as "paired", "unpaired"."""
    shorter = min(len(one), len(other))
    if one[0] != other[0] or shorter < LONG_WORD or abs(len(one) - len(other)) > 2:
        return 3
    if _within(one, other, 1):
        return 1
    is_swap = len(one) == len(other) and sorted(one) == sorted(other)
    return 2 if (is_swap or shorter >= VERY_LONG_WORD) and _within(one, other, 2) else 3


def _within(one: str, other: str, slips: int) -> bool:
    """Tell whether so many letters, each too much, missing or another, make the one word of the other."""
    alike = next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    one, other = one[alike:], other[alike:]
    if not one or not other:
        return len(one) + len(other) <= slips
    if not slips or abs(len(one) - len(other)) > slips:
        return False
    pairs = ((one[1:], other[1:]), (one[1:], other), (one, other[1:]))
    return any(_within(*pair, slips - 1) for pair in pairs)
