"""The names of new records, proposed from what prompts call them."""

from __future__ import annotations

import re
import unicodedata

from catalog.cues import small_words
from catalog.digests import text_digest
from catalog.load import id_problem
from catalog.records import HOLDS_A_LETTER

WORDS_IN_AN_ID = 4  # of the words that say something
LONGEST_SHORT_NAME = 60  # characters
NAME_ENDS = re.compile(r":| (?:--|[\u2013\u2014]) ")  # what stands between the name in a title and the rest of it


def same_text(one: str, other: str) -> bool:
    """Tell whether two names differ at most in case, in white space or in how a character is composed."""
    return bare_text(one) == bare_text(other)


def bare_text(text: str) -> str:
    """Return a text without what `same_text` does not look at."""
    return " ".join(unicodedata.normalize("NFC", text).casefold().split())


def family_id(family: str) -> str:
    """Return a family's name as an id: small letters, digits and hyphens; other letters are told apart by a digest."""
    name = family.casefold()
    parts = re.findall(r"[a-z0-9]+", name) or ["family"]
    if not name.isascii():
        parts.append(_told_apart(name))
    return "-".join(parts)


def _told_apart(text: str) -> str:
    """Return a few letters and digits for a text that has none of a to z and 0 to 9, or others beside them."""
    return text_digest(text)[:8]


def short_name(title: str) -> str:
    """Return the name before the colon or the dash of a title, or the whole title."""
    name = NAME_ENDS.split(title, maxsplit=1)[0].strip()
    says_something = re.search(HOLDS_A_LETTER, name) is not None
    return name if NAME_ENDS.search(title) and says_something and len(name) <= LONGEST_SHORT_NAME else title


def propose_id(kind: str, text: str) -> str:
    """Propose an id: a model's whole name, a paper's short name or its first key words, a question's key words."""
    if kind == "model":
        id = slug(text)
    elif kind == "paper" and short_name(text) != text:
        id = slug(short_name(text))
    else:
        id = slug(text, WORDS_IN_AN_ID, small_words())
    if not id or id_problem(id):
        return f"{kind}-{_told_apart(text)}"  # a title without a Latin letter, or a reserved name
    return id


def slug(text: str, words: int = 80, leave_out: frozenset[str] = frozenset()) -> str:
    """Return the first words of a text as an id, without those to leave out; empty when no letter is left."""
    folded = unicodedata.normalize("NFKD", text.replace("×", "x")).encode("ascii", "ignore").decode().lower()
    parts = re.findall("[a-z0-9]+", re.sub(r"(?<=\w)['’](?=\w)", "", folded))
    kept = [part for part in parts if part not in leave_out] or parts
    result = ""
    for part in kept[:words]:
        result = f"{result}-{part}".strip("-") if len(result) + len(part) < 80 else result
    return result
