"""What contributed Markdown may not contain, found outside code."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

from catalog.answer import Passage
from catalog.notations import blocks, code_spans, is_escaped, scan_all, without
from catalog.plain_text import is_unseen
from catalog.problems import shortened

_TAG = re.compile(r"<(?=[A-Za-z/!?])(?![A-Za-z][A-Za-z0-9+.-]{1,31}:)")  # an address in <...> is judged as an address
_ATTRIBUTES = re.compile(r"\{[ \t]*+(?::|[#.][A-Za-z_-]|[A-Za-z-]++[ \t]*+=[ \t]*+[\"'])")
_SNIPPET = re.compile(r"-8<-")
_LINK = re.compile(r"\]\([ \t]*+<?([^\s()<>]*+)|^[ \t]{0,3}\[(?!\^)[^\]\n]++\]:[ \t]*+<?([^\s<>]++)", re.MULTILINE)
_QUOTATION = re.compile(r"^[ \t]*+(?:(?:[-*+]|\d{1,9}[.)])[ \t]++)*+>", re.MULTILINE)
_ENTITY = re.compile(r"&(?:#[0-9]{1,9}|#[xX][0-9a-fA-F]{1,8}|[A-Za-z][A-Za-z0-9]{1,30});")
_WEB_OR_PAGE = re.compile(r"https?://|#", re.IGNORECASE)

_SNIPPETS = "snippets are not allowed; write the text itself"
_REFUSED = (  # with the sign that ends it
    (_TAG, ">", 'HTML is not allowed (got "{}"); write Markdown, or `code` to show the tag itself'),
    (_ATTRIBUTES, "}", 'attribute lists are not allowed (got "{}"); take the braces out, or write them as `code`'),
    (_SNIPPET, "-", _SNIPPETS),
)
_SHOWN = 30  # characters of what is refused


def refused(passage: Passage) -> Iterator[tuple[int, str]]:
    """Yield the offset of everything that is not allowed, with what to do."""
    yield from hidden_characters(passage)
    if not any(sign in passage.text for sign in ("<", ">", "{", "](", "]:")):
        return
    text = without(passage.text, code_spans(passage))
    yield from _hidden_quotations(passage, text)
    for pattern, end, message in _REFUSED:
        for match in pattern.finditer(text):
            if not is_escaped(text, match.start()):
                yield match.start(), message.format(_shown(text[match.start() : match.start() + _SHOWN + 1], end))
    snippet = _SNIPPET.search(passage.text)
    if snippet and not _SNIPPET.search(text):  # they are read inside code too
        yield snippet.start(), _SNIPPETS
    for match in _LINK.finditer(without(text, [(found.start, found.end) for found in scan_all(passage)])):
        target = match[1] if match[1] is not None else match[2]
        if not _WEB_OR_PAGE.match(target):
            message = f'an answer links to nothing but web addresses (got "{shortened(target)}"); cite as [@id]'
            yield match.start(), message


def _shown(text: str, end: str) -> str:
    """Return what is refused, which begins a text, up to the sign that ends it, on one line."""
    line = text.partition("\n")[0]
    return shortened(line.partition(end)[0] + end if end in line else line, _SHOWN)


def hidden_characters(passage: Passage) -> Iterator[tuple[int, str]]:
    """Yield the offset of every entity outside code that stands for a character nobody sees, with what to do."""
    if "&" not in passage.text:
        return
    yield from hidden_entities(without(passage.text, code_spans(passage)))


def hidden_entities(text: str) -> Iterator[tuple[int, str]]:
    """Yield the offset of every entity that stands for a character nobody sees, with what to do."""
    for match in _ENTITY.finditer(text) if "&" in text else ():
        character = unescape(match[0])
        if len(character) < 2 and (is_unseen(character) or character == "\ufffd"):
            yield match.start(), f'is a character that cannot be seen (got "{match[0]}"); take it out'


def _hidden_quotations(passage: Passage, text: str) -> Iterator[tuple[int, str]]:
    """Yield the quotations that Markdown shows as such, but that are no blocks of their own and so are not compared."""
    quotes = [block for block in blocks(passage) if block.kind == "quote"]
    for match in _QUOTATION.finditer(text):
        if not any(block.start <= match.end() - 1 < block.end for block in quotes):
            yield (
                match.end() - 1,
                "a quotation stands alone; put an empty line before it and its > first in the line",
            )
