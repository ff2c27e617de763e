"""Where in Markdown something begins, so that a capital letter there says nothing of the word."""

from __future__ import annotations

import re

from catalog.counting import ends_a_sentence

_REACH = 200  # characters before a word that are looked at: notations leave blanks
_OPENING = " \t\n\"'“‘([*_"
_MARKERS = re.compile(r"(?:[ \t]*+(?:>|[-+*][ \t]|\d{1,9}[.)][ \t]|#{1,6}[ \t]))++[ \t]*+[\"'“‘(\[*_]*+\Z")
_HEADING = re.compile(r"[ \t>]*+#{1,6}[ \t]++[*_]*+\Z")
_REST_OF_A_HEADING = re.compile(r"[*_ \t#]*+(?:\n|\Z)")


def is_beginning(text: str, start: int, end: int) -> bool:
    """Tell whether `text[start:end]` begins a sentence, a paragraph, a heading, an entry of a list or a table's cell.

    The only word of a heading is what it speaks of, and begins nothing.
    """
    if _MARKERS.match(_line_before(text, start)):
        return not is_heading(text, start, end)
    before = text[max(start - _REACH, 0) : start].rstrip(_OPENING)
    between = text[max(start - _REACH, 0) + len(before) : start]
    return not before or between.count("\n") > 1 or before[-1] in ":|" or ends_a_sentence(before)


def is_heading(text: str, start: int, end: int) -> bool:
    """Tell whether `text[start:end]` is all that a heading says."""
    return bool(_HEADING.match(_line_before(text, start)) and _REST_OF_A_HEADING.match(text, end))


def _line_before(text: str, at: int) -> str:
    """Return what stands before an offset in its line, or the end of it."""
    return text[max(text.rfind("\n", 0, at) + 1, at - _REACH) : at]
