"""Titles of papers that are one but for a slip of the pen."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping

FEWEST_LETTERS, FEWEST_WORDS = 20, 3  # of shorter titles one letter may be all that tells two papers apart

_SMALL = re.compile(r"\b(?:a|an|the|of|for|in|on|at|by|to|with|via|from|and)\s+(?=\w)", re.IGNORECASE)
_WORD = re.compile(r"[^\W_]+")
_TELLING = re.compile(r"[IVX]+|[^\W\d_]|\w*\d\w*")  # Part II, Plan B, V3 and 2D are no slips


def near_titles(titles: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield each id whose title is nearly that of an id before it, with that one.

    Case, punctuation, accents, small words and one letter do not count; numbers do. The time is linear in the titles.
    """
    seen: dict[int, str] = {}
    for id, title in titles.items():
        spellings = [hash(spelling) for spelling in _spellings(title)]
        other = next((seen[spelling] for spelling in spellings if spelling in seen), None)
        if other is not None:
            yield id, other
        for spelling in spellings:
            seen.setdefault(spelling, other or id)


def bare(title: str) -> str:
    """Return a title's letters and digits alone, without accents."""
    apart = unicodedata.normalize("NFKD", title)
    return "".join(_WORD.findall(apart)).casefold()


def _spellings(title: str) -> Iterator[tuple[str, str]]:
    """Yield the forms of which two titles that are nearly the same share one."""
    yield "", bare(title)
    apart = "".join(sign for sign in unicodedata.normalize("NFKD", title) if not unicodedata.combining(sign))
    words = _WORD.findall(_SMALL.sub("", apart))
    telling = [word if _TELLING.fullmatch(word) else "" for word in words]
    letters = "".join(word for word, tells in zip(words, telling, strict=True) if not tells).casefold()
    if len(words) >= FEWEST_WORDS and len(letters) >= FEWEST_LETTERS:
        kept = " ".join(filter(None, telling)).casefold()
        yield kept, letters
        yield from ((kept, letters[:i] + letters[i + 1 :]) for i in range(len(letters)))
