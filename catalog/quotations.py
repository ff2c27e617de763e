"""Compare a quotation with the summary it is taken from, word by word."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator

from catalog.answer import Passage
from catalog.notations import Block, Citation, blocks, scan

_MARKERS = re.compile(r"^[ \t]*+(?:>[ \t]?)++", re.MULTILINE)
_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")
_MARKS = {'"': '"', "”": "“", "“": "„", "»": "«", "«": "»"}  # what closes a quotation, with what opens it
_BETWEEN = " \t\n.,;:"  # may stand between a quotation and its citation
_LONGEST = 1000  # characters of a quotation inside a paragraph
_COMPARED = 200  # words that are compared to find where a quotation goes astray


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


def difference(quotation: str, summary: str) -> str:
    """Say where a quotation leaves the summary: the words that differ, with those before them."""
    said, given = quotation.split()[:_COMPARED], summary.split()
    start, at, length = _longest_run(said, given)
    if not length:
        return f'nothing in the summary begins like "{" ".join(said[:4])}"'
    if start:  # the first words are wrong
        return f'"{said[start - 1]}" stands where the summary says "{given[at - 1] if at else ""}"'
    before = " ".join(said[max(length - 4, 0) : length])
    got = said[length] if length < len(said) else "nothing"
    wanted = given[at + length] if at + length < len(given) else "nothing more"
    return f'after "{before}" it says "{got}" where the summary says "{wanted}"'


def _longest_run(said: list[str], given: list[str]) -> tuple[int, int, int]:
    """Return where words agree longest: index in the quotation (one of its first four), in the summary, and length."""
    best = (0, 0, 0)
    for start in range(min(4, len(said))):
        for at, word in enumerate(given):
            if word != said[start]:
                continue
            length = 1
            while (
                start + length < len(said) and at + length < len(given) and said[start + length] == given[at + length]
            ):
                length += 1
            if length > best[2]:
                best = (start, at, length)
    return best
