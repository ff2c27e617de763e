"""What a line of a malformed prompt was probably meant to be."""

from __future__ import annotations

import re
from collections.abc import Sequence

from catalog.prompt_format import ANSWER, ASKED, HEAD, PAPER_LABELS, PAPERS_HEADING

MODELS_HEADING = HEAD[-1]
LABELS = {label.lower(): label for label in PAPER_LABELS}
# `model:`, `**Model:** x`, `- Model: x`, `1. Model: x`, also indented or with a wide colon
LABELLED = re.compile(r"[\s>#*_-]*(?:\d+[.)]\s*)?[*_]*(" + "|".join(LABELS) + r")[*_]*\s*[:：]", re.IGNORECASE)


def label_of(line: str) -> str | None:
    """Return the label that a line begins with, however it is spelled."""
    found = LABELLED.match(line)
    return LABELS[found[1].lower()] if found else None


def begins_a_block(lines: Sequence[str], n: int) -> bool:
    """Tell whether a line and the one below it begin a block, however they are spelled."""
    below = label_of(lines[n + 1]) if n + 1 < len(lines) else None
    return label_of(lines[n]) == "Model" and below not in (None, "Model")


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
