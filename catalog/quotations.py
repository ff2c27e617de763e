"""Compare a quotation with the summary it is taken from, word by word."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator
from difflib import Match, SequenceMatcher
from typing import NamedTuple

from catalog.answer import Passage
from catalog.notations import Block, Citation, blocks, scan

_MARKERS = re.compile(r"^[ \t]*+(?:>[ \t]?)++", re.MULTILINE)
_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")
_MARKS = {'"': '"', "”": "“", "“": "„", "»": "«", "«": "»"}  # what closes a quotation, with what opens it
_BETWEEN = " \t\n.,;:"  # may stand between a quotation and its citation
_LONGEST = 1000  # characters of a quotation inside a paragraph
_COMPARED = 200  # words that are compared to find where a quotation goes astray
_FAR = 3  # words between one that agrees by chance and those that agree
_EDGES = re.compile(r"^\W+|\W+$")
_STOPS = (".", "!", "?")  # end a sentence


def quoted(passage: Passage, block: Block) -> tuple[str, Citation | None]:
    """Return the words of a blockquote, blanks joined, and the citation that closes it."""
    inside = [found for found in scan(passage) if block.start <= found.start and found.end <= block.end]
    last = inside[-1] if inside else None
    closes = isinstance(last, Citation) and not _MARKERS.sub("", passage.text[last.end : block.end]).strip(" \t\n>")
    end = last.start if closes else block.end
    words = _MARKERS.sub("", passage.text[block.start : end])
    return " ".join(words.split()), last if closes else None


def quoted_inside(passage: Passage) -> Iterator[tuple[str, int, Citation]]:
    """Yield the words in quotation marks directly before a citation outside blockquotes: words, offset, citation."""
    divided = blocks(passage)
    for found in scan(passage):
        block = divided[bisect_left(divided, found.start, key=lambda block: block.end)]
        if isinstance(found, Citation) and block.kind != "quote":
            begin = max(block.start, found.start - _LONGEST)
            before = passage.text[begin : found.start].rstrip(_BETWEEN)
            opens = before.rfind(_MARKS[before[-1]], 0, len(before) - 1) if before[-1:] in _MARKS else -1
            if opens >= 0:
                yield " ".join(before[opens + 1 : -1].split()).rstrip(_BETWEEN), begin + opens, found


def stands_in(quotation: str, summary: str) -> bool:
    """Tell whether a quotation stands in a summary word for word; blanks and Markdown's backslashes do not count."""
    text = " ".join(summary.split())
    return _stands_in(quotation, text) or _stands_in(_ESCAPED.sub(r"\1", quotation), text)


def _stands_in(words: str, text: str) -> bool:
    """Tell whether whole words stand in a text."""
    pattern = rf"(?<!\w){re.escape(words)}" if words[:1].isalnum() else re.escape(words)
    pattern += r"(?!\w)" if words[-1:].isalnum() else ""
    return bool(words) and re.search(pattern, text) is not None


class Near(NamedTuple):
    """The passage of a summary that is nearest to a quotation, and which share of the quotation's words it has."""

    passage: str
    share: float


def nearest_passage(quotation: str, summary: str) -> Near:
    """Return the passage of a summary that is nearest to a quotation; case and punctuation do not count."""
    said, given = quotation.split()[:_COMPARED], summary.split()
    wanted, words = list(map(_plain, said)), list(map(_plain, given))
    first = _richest(wanted, words)
    slack = len(said) // 4 + 2  # words that a quotation may have left out
    first, last = max(first - slack, 0), first + len(said) + slack
    found = _without_strays(SequenceMatcher(None, wanted, words[first:last], autojunk=False).get_matching_blocks()[:-1])
    if not found:
        return Near("", 0)
    begins = _begins(given, first + found[0].b, found[0].a)
    ends = _ends(given, first + found[-1].b + found[-1].size, len(said) - found[-1].a - found[-1].size)
    return Near(" ".join(given[begins:ends]), sum(block.size for block in found) / len(said))


def difference(quotation: str, passage: str) -> str:
    """Say where a quotation leaves the passage it is taken from: the words that differ, with those before them."""
    said, given = quotation.split(), passage.split()
    same = next((i for i, (one, other) in enumerate(zip(said, given, strict=False)) if one != other), None)
    same = min(len(said), len(given)) if same is None else same
    got = said[same] if same < len(said) else "nothing"
    wanted = given[same] if same < len(given) else "nothing more"
    if not same:
        return f'"{got}" stands where the summary says "{wanted}"'
    before = " ".join(said[max(same - 4, 0) : same])
    return f'after "{before}" it says "{got}" where the summary says "{wanted}"'


def _plain(word: str) -> str:
    """Return a word as it is compared: in small letters, without the marks around it."""
    return _EDGES.sub("", word.casefold())


def _richest(wanted: list[str], words: list[str]) -> int:
    """Return where as many words begin that have most of the wanted ones, the first of equals."""
    lacking = Counter(wanted)
    best = has = at = 0
    for i, word in enumerate(words):
        has += lacking[word] > 0
        lacking[word] -= 1
        if i >= len(wanted):
            left = words[i - len(wanted)]
            lacking[left] += 1
            has -= lacking[left] > 0
        if has > best:
            best, at = has, max(i + 1 - len(wanted), 0)
    return at


def _without_strays(found: list[Match]) -> list[Match]:
    """Return where words agree without single ones far before or behind the others: any text has an "a" in it."""
    while len(found) > 1 and found[0].size == 1 and found[1].a - found[0].a > _FAR:
        found = found[1:]
    while len(found) > 1 and found[-1].size == 1 and found[-1].a - found[-2].a - found[-2].size >= _FAR:
        found = found[:-1]
    return found


def _begins(words: list[str], first: int, lead: int) -> int:
    """Return where a passage begins: `lead` words before the first that agrees, within its sentence."""
    while lead and first and not words[first - 1].endswith(_STOPS):
        first, lead = first - 1, lead - 1
    return first


def _ends(words: list[str], end: int, rest: int) -> int:
    """Return where a passage ends: `rest` words behind the last that agrees, within its sentence."""
    while rest and end < len(words) and not words[end - 1].endswith(_STOPS):
        end, rest = end + 1, rest - 1
    return end
