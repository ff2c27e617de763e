"""What contributed Markdown may not contain, found outside code."""

from __future__ import annotations

import re
from collections.abc import Iterator

from catalog.answer import Passage
from catalog.notations import code_spans, without

_TAG = re.compile(r"<(?=[A-Za-z/!?])(?![A-Za-z][A-Za-z0-9+.-]{1,31}:)")  # an address in <...> is judged as an address
_ATTRIBUTES = re.compile(r"\{[ \t]*+(?::|[#.][A-Za-z_-]|[A-Za-z-]++[ \t]*+=[ \t]*+[\"'])")
_SNIPPET = re.compile(r"-8<-")

_REFUSED = (
    (_TAG, "HTML is not allowed; write Markdown, or `code` to show the tag itself"),
    (_ATTRIBUTES, "attribute lists are not allowed; take the braces out, or write them as `code`"),
    (_SNIPPET, "snippets are not allowed; write the text itself"),
)


def refused(passage: Passage) -> Iterator[tuple[int, str]]:
    """Yield the offset of everything that is not allowed, with what to do."""
    if not any(sign in passage.text for sign in ("<", "{", "-8<-")):
        return
    text = without(passage.text, code_spans(passage))
    for pattern, message in _REFUSED:
        for match in pattern.finditer(text):
            if not _is_escaped(text, match.start()):
                yield match.start(), message
    snippet = _SNIPPET.search(passage.text)
    if snippet and not _SNIPPET.search(text):  # they are read inside code too
        yield snippet.start(), _REFUSED[2][1]


def _is_escaped(text: str, offset: int) -> bool:
    """Tell whether a backslash stands before an offset, itself not escaped."""
    before = offset
    while before and text[before - 1] == "\\":
        before -= 1
    return (offset - before) % 2 == 1
