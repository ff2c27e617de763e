"""The characters that nobody can see, which no contributed text may hold; standard library alone."""

from __future__ import annotations

import re

# C0 and C1 controls, line separators, zero-width characters, bidirectional controls, surrogates, invisible tags.
FORBIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff\ufeff\ufff9-\ufffb"
    "\U000e0000-\U000e007f]"
)

_USUAL = bytes([9, 10, *range(32, 127)])  # what nearly all characters are: quick to set aside


def hides_one(text: str) -> bool:
    """Tell whether a character that nobody can see stands in a text."""
    if text.isascii() and text.isprintable():
        return False
    unusual = text.encode("utf-8", "surrogatepass").translate(None, _USUAL).decode("utf-8", "surrogatepass")
    return FORBIDDEN.search(unusual) is not None


def codepoint(character: str) -> str:
    """Name a character that cannot be printed, such as U+200B."""
    return f"U+{ord(character):04X}"


def visible(text: str) -> str:
    """Return text with the characters that nobody can see replaced by their code points."""
    return FORBIDDEN.sub(lambda found: f"<{codepoint(found[0])}>", text)
