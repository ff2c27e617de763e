"""What makes Markdown slow: the checks refuse it, so that every page is rendered in little time."""

from __future__ import annotations

import re
from collections.abc import Iterator

LONGEST = 20_000  # characters of one text
MOST_OPEN = 50  # brackets that stand open at once
MOST_IN_A_LINE = 20  # marks of lists and quotations at the beginning of one line, each inside the one before

_OPENERS = re.compile(rf"(?:(?:!?\[|\*\[|<!)\s*+){{{MOST_OPEN + 1},}}+")
_MARKS = re.compile(r"\n(?:[ \t]*+(?:>|(?:[-*+]|\d{1,9}+[.)])(?=[ \t])))" + f"{{{MOST_IN_A_LINE + 1}}}")
_SOUGHT = (  # what Markdown looks for the end of in all the rest of the text, a sign in it, and how many there may be
    ("links", "](", re.compile(r"\]\("), 100),
    ("addresses", "<", re.compile(r"<[a-z][a-z0-9+.-]*+:", re.IGNORECASE), 100),
    ("formulas", "\\", re.compile(r"\\[(\[]"), 100),
    ("marks of code", "`", re.compile(r"`++"), 400),
)


def costly(text: str) -> Iterator[tuple[int, str]]:
    """Yield the offset of everything that Markdown would take long to read, with what to do."""
    if len(text) > LONGEST:
        yield 0, f"this text has {len(text):,} characters; at most {LONGEST:,} are allowed"
        return
    at = _too_many_open(text)
    if at is not None:
        yield at, f"more than {MOST_OPEN} brackets stand open here; close them or write them in `code`"
    if match := _MARKS.search(f"\n{text}"):  # the break stands in place of `^`, which is slow to look for
        message = f"more than {MOST_IN_A_LINE} lists and quotations stand in each other here; take some out"
        yield match.start(), message
    for name, sign, pattern, most in _SOUGHT:
        starts = [match.start() for match in pattern.finditer(text)] if text.count(sign) > most else []
        if len(starts) > most:
            yield starts[most], f"more than {most} {name} stand in this text; write fewer"


def _too_many_open(text: str) -> int | None:
    """Return the offset at which the bracket opens that is one too many, or None."""
    if text.count("[") + text.count("<!") <= MOST_OPEN:
        return None
    if match := _OPENERS.search(text):
        return match.start()
    depth = 0
    for match in re.finditer(r"[\[\]]", text):
        depth = depth + 1 if match[0] == "[" else max(depth - 1, 0)
        if depth > MOST_OPEN:
            return match.start()
    return None
