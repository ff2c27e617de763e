"""Count the words and sentences of an answer as its reader sees them."""

from __future__ import annotations

import re

from catalog.answer import Passage
from catalog.notations import ResultRef, scan_all

_WORD = re.compile(r"\w\S*+")  # from its first letter or digit to the next blank
_SENTENCE_END = re.compile(r"[.!?…]++[\"”’»)\]*_]{0,4}(?=\s|\Z)")
_ABBREVIATION = re.compile(r"(?:\b(?:e\.g|i\.e|etc|vs|cf|approx|Fig|Figs|Sec|Eq|No|Dr|St|al)|\b[A-Z])\.\Z")


def count_words(passage: Passage) -> int:
    """Return the number of words a reader sees; a printed result is one, figures and citations are none."""
    return len(_WORD.findall(_as_read(passage)))


def count_sentences(passage: Passage) -> int:
    """Return the number of sentences, a last one without its full stop included."""
    text = _as_read(passage).strip()
    ends = _sentence_ends(text)
    return len(ends) + bool(text and (not ends or text[ends[-1] :].strip()))


def sentences(text: str) -> list[str]:
    """Return the sentences of a plain text, a last one without its full stop included."""
    first, rest = first_sentence(text)
    found = [first]
    while rest:
        first, rest = first_sentence(rest)
        found.append(first)
    return found


def first_sentence(text: str) -> tuple[str, str]:
    """Return the first sentence of a plain text, and what follows it."""
    text = text.strip()
    end = next(iter(_sentence_ends(text)), len(text))
    return text[:end], text[end:].strip()


def sentence_around(text: str, at: int) -> tuple[int, int]:
    """Return where the sentence of a plain text in which an offset lies begins and ends."""
    ends = _sentence_ends(text)
    return max((end for end in ends if end <= at), default=0), min((end for end in ends if end > at), default=len(text))


def ends_a_sentence(text: str) -> bool:
    """Tell whether a plain text ends where a sentence does."""
    last = text[-12:]  # no abbreviation and no end is longer
    return len(last) in {match.end() for match in _SENTENCE_END.finditer(last)} and not _ABBREVIATION.search(last)


def _sentence_ends(text: str) -> list[int]:
    """Return the offset after each sentence that has an end."""
    ends = [match.end() for match in _SENTENCE_END.finditer(text)]
    return [end for end in ends if end == len(text) or not _ABBREVIATION.search(text, max(end - 10, 0), end)]


def _as_read(passage: Passage) -> str:
    """Return a text without citations, figures and marks, misspelt ones too; a number where a result is printed."""
    pieces, at = [], 0
    for found in scan_all(passage):
        pieces += [passage.text[at : found.start].rstrip(), " 0 " if isinstance(found, ResultRef) else ""]
        at = found.end
    return "".join([*pieces, passage.text[at:]])
