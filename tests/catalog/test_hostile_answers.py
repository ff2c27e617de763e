"""Whatever 20,000 characters somebody repeats, reading and checking them takes time in proportion to their number."""

from dataclasses import replace
from pathlib import Path
from time import process_time

import pytest

from catalog.answer import read_answer
from catalog.load import load
from catalog.rules_answers import RULES
from catalog.rules_runs import claims_hold, untrained_networks_say_nothing_about_quality

CATALOG = load(Path(__file__).parent / "base")[0]
SECONDS = 6  # on a slow machine; a scan that is quadratic needs minutes for some of these
NOTATIONS = ["[", "![", "[@", "[= 1 ]", "![a](run:b/c)", "[@a#b]", "[reasoning]", "](", "[x]: "]
MARKDOWN = [
    "`",
    "\\",
    "<a ",
    "{a=",
    "_",
    "a_",
    "*",
    "> ",
    "- ",
    "# ",
    "\n",
    "```\n",
    "-8<",
    "=\n",
    "a:",
    "- # ",
    "--",
    "&",
]
NUMBERS = ["1,", "1x", "×1", "1 dB ", "x", "10.", "2009.01234 "]
NAMES = ["//", "a//", "a.", "a.b/", "aA/bB ", "a@", "Sharp ", "Quiet Strokes ", "Features of "]
LETTERS = ["a ", "é", "ｘ", "…", ". "]


@pytest.mark.slow
@pytest.mark.parametrize("piece", [*NOTATIONS, *MARKDOWN, *NUMBERS, *NAMES, *LETTERS])
def test_hostile_text_is_read_quickly(piece):
    started = process_time()
    text, quotation = (piece * 20_000)[:19_990], (piece * 9_000)[:9_000]
    body = f"So.\n\n## Task\n\n{text}\n\n## Workflow\n\n> {quotation}\n> [@sharp-features]\n"
    answer, _ = read_answer(body, "a.md", 1)
    catalog = replace(CATALOG, answers={"small-text": answer})
    for rule in (*RULES, claims_hold, untrained_networks_say_nothing_about_quality):
        list(rule(catalog))
    assert process_time() - started < SECONDS


def test_the_worst_of_it_is_read_quickly():
    """The pieces whose scan was once quadratic, in one text."""
    test_hostile_text_is_read_quickly("[")
    test_hostile_text_is_read_quickly("a//")
