"""Texts for tests that hold for any text: every character that a record may hold."""

import re
from itertools import pairwise

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from catalog.characters import FORBIDDEN
from catalog.contributed_text import CONFLICT
from catalog.prompt_slips import begins_a_block
from catalog.records import HOLDS_A_LETTER

# A machine that does other work at the same time is slow at making texts; that is no fault of a test.
patient = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])

HIDDEN = "".join(FORBIDDEN.findall("".join(map(chr, range(0x110000)))))
VISIBLE = st.characters(exclude_categories=("Cs",), exclude_characters=HIDDEN)
ON_ONE_LINE = st.characters(exclude_categories=("Cs",), exclude_characters=HIDDEN + "\n")


def holds_a_letter(text: str) -> bool:
    """Tell whether a text says something to people."""
    return re.search(HOLDS_A_LETTER, text) is not None


def may_stand_in_a_prompt(summary: str) -> bool:
    """Tell whether a summary has words, begins no other block and holds no mark of an unfinished merge."""
    lines = f"Summary: {summary}".split("\n")
    spelt = any(not above and line.startswith("Model:") for above, line in pairwise(lines))
    misspelt = any(not lines[n - 1].strip() and begins_a_block(lines, n) for n in range(1, len(lines)))
    return holds_a_letter(summary) and not spelt and not misspelt and not CONFLICT.search(summary)
