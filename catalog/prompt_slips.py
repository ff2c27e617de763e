"""What a line of a malformed prompt was probably meant to be."""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import get_close_matches

from catalog.links import github_repository
from catalog.prompt_format import ANSWER, ASKED, HEAD, PAPER_LABELS, PAPERS_HEADING

MODELS_HEADING = HEAD[-1]
LABELS = {label.lower(): label for label in PAPER_LABELS}
# `model:`, `**Model:** x`, `- Model: x`, `1. Model: x`, also indented or with a wide colon
LABELLED = re.compile(r"[\s>#*_-]*(?:\d+[.)]\s*)?[*_]*(" + "|".join(LABELS) + r")[*_]*\s*[:：]", re.IGNORECASE)
OTHER_WORDS = {  # which people write where the label is wanted
    "name": "Model",
    "title": "Model",
    "link": "Paper",
    "url": "Paper",
    "pdf": "Paper",
    "arxiv": "Paper",
    "abstract": "Summary",
}
CALLED = re.compile(r"Model\s|\w+\s?:\s")  # begins a line of a block, whatever the label is


def label_of(line: str) -> str | None:
    """Return the label that a line begins with, however it is spelled."""
    found = LABELLED.match(line)
    return LABELS[found[1].lower()] if found else None


def meant_label(line: str, labels: Sequence[str]) -> str | None:
    """Return which of the labels was probably meant by another one: before an address one that takes addresses."""
    word, colon, value = line.partition(":")
    address = value.strip().startswith(("http://", "https://"))
    if address and github_repository(value.strip()):
        return "GitHub"
    choices = {label.lower(): label for label in labels if not address or label in ("Paper", "GitHub")}
    found = "Model" if line.startswith("Model ") else label_of(line) or OTHER_WORDS.get(word.strip().lower())
    if found in choices.values():
        return found
    close = get_close_matches(word.lower(), choices, 1, 0.6) if colon else ()
    return choices[close[0]] if close else None


def begins_a_block(lines: Sequence[str], n: int) -> bool:
    """Tell whether a line and the one below it begin a block, however they are spelled."""
    below = lines[n + 1] if n + 1 < len(lines) else ""
    if label_of(lines[n]) == "Model":
        return label_of(below) not in (None, "Model")
    return label_of(lines[n]) is None and bool(CALLED.match(lines[n])) and below.startswith("Paper: ")


def sections_swapped_at(lines: Sequence[str]) -> int | None:
    """Return the index of the papers' heading where it stands before that of the models, and there alone."""
    if MODELS_HEADING not in lines or PAPERS_HEADING not in lines:
        return None
    models, papers = lines.index(MODELS_HEADING), [n for n, line in enumerate(lines) if line == PAPERS_HEADING]
    return papers[0] if papers[-1] < models else None


def second_prompt_at(lines: Sequence[str]) -> int | None:
    """Return the index at which another prompt begins behind the end of the first."""
    if ANSWER not in lines:
        return None
    after = range(lines.index(ANSWER) + 1, len(lines))
    return next((n for n in after if lines[n] == HEAD[0] and ASKED in lines[n : n + 4]), None)
