"""What the words of a question decide: a task, a scale, what the picture shows."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from catalog.problems import CatalogError
from catalog.records import Vocabulary
from catalog.source import read_yaml

FILE = Path(__file__).parent / "cues.yml"
# 12×, 3x, 2.5 x; not 224x224, and no x inside a word
FACTOR = re.compile(r"(?<![\w.×])(\d+(?:\.\d+)?)\s?(?:×|[xX](?!\w))(?!\s?\d)")


@cache
def _lists() -> dict[str, Any]:
    """Read the file, which is our own: a problem in it is a mistake of ours."""
    lists, _, problems = read_yaml(FILE.read_text("utf-8"), "catalog/cues.yml")
    if problems:
        raise CatalogError(problems)
    return lists


@cache
def _cues() -> dict[str, dict[str, re.Pattern[str]]]:
    """Read each list of cues as one pattern per word."""
    return {
        name: {word: _pattern(cues) for word, cues in entries.items()}
        for name, entries in _lists().items()
        if isinstance(entries, dict)
    }


@cache
def small_words() -> frozenset[str]:
    """Return the words that say nothing about a subject."""
    return frozenset(_lists()["small_words"])


def _pattern(cues: list[str]) -> re.Pattern[str]:
    escaped = (re.escape(cue).replace(r"\*", r"\w*") for cue in cues)
    return re.compile(rf"(?<![\w-])(?:{'|'.join(escaped)})(?![\w-])", re.IGNORECASE)


def words_for(name: str, question: str, known: Mapping[str, object]) -> list[str]:
    """Return the known words of one list (task, about, wants) that a question's words stand for."""
    return [word for word, pattern in _cues()[name].items() if word in known and pattern.search(question)]


def decided(name: str, question: str, vocabulary: Vocabulary) -> str | None:
    """Return the one task, or the one kind of content, that the words decide; None when none or several do."""
    known = vocabulary.tasks if name == "task" else vocabulary.content
    found = words_for(name, question, known)
    return found[0] if len(found) == 1 else None


def scale(question: str) -> float | None:
    """Return the enlargement that a question names, in figures or in words; None when it names none or several."""
    found = {float(figure) for figure in FACTOR.findall(question)}
    found |= {float(word) for word, pattern in _cues()["scale"].items() if pattern.search(question)}
    return found.pop() if len(found) == 1 else None


def slug(text: str, words: int = 80, leave_out: frozenset[str] = frozenset()) -> str:
    """Return the first words of a text as an id, without those to leave out; empty when no letter is left."""
    folded = unicodedata.normalize("NFKD", text.replace("×", "x")).encode("ascii", "ignore").decode().lower()
    parts = re.findall("[a-z0-9]+", re.sub(r"(?<=\w)['’](?=\w)", "", folded))
    kept = [part for part in parts if part not in leave_out] or parts
    result = ""
    for part in kept[:words]:
        result = f"{result}-{part}".strip("-") if len(result) + len(part) < 80 else result
    return result
