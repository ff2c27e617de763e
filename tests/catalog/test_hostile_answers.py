"""Whatever 20,000 characters somebody repeats, reading and checking them is work in proportion to their number."""

from dataclasses import replace
from math import inf
from pathlib import Path
from time import process_time

import pytest

from catalog.answer import read_answer
from catalog.load import load
from catalog.rules_answers import RULES
from catalog.rules_runs import claims_hold, untrained_networks_say_nothing_about_quality

CATALOG = load(Path(__file__).parent / "base")[0]
LONGEST = 20_000  # characters
MOST = 10  # times the work for four times the text: 4 in proportion, 16 for a scan that is quadratic
TRIES = 7
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


def repeated(pieces, length):
    """Return a text of `length` characters that repeats each piece in its turn."""
    return "".join((piece * length)[: length // len(pieces)] for piece in pieces)


def work(pieces, length):
    """Return how long this machine is busy with a text of about `length` characters."""
    text, quotation = repeated(pieces, length - 10), repeated(pieces, length * 9 // 20)
    body = f"So.\n\n## Task\n\n{text}\n\n## Workflow\n\n> {quotation}\n> [@sharp-features]\n"
    started = process_time()
    answer, _ = read_answer(body, "a.md", 1)
    catalog = replace(CATALOG, answers={"small-text": answer})
    for rule in (*RULES, claims_hold, untrained_networks_say_nothing_about_quality):
        list(rule(catalog))
    return process_time() - started


def growth(*pieces):
    """Return how many times as much work a text is that is four times as long, the least disturbed of some tries."""
    short = long = inf
    for _ in range(TRIES):
        short, long = min(short, work(pieces, LONGEST // 4)), min(long, work(pieces, LONGEST))
        if long < MOST * short:
            break
    return long / short


@pytest.mark.slow
@pytest.mark.parametrize("piece", [*NOTATIONS, *MARKDOWN, *NUMBERS, *NAMES, *LETTERS])
def test_the_work_on_hostile_text_grows_with_its_length(piece):
    assert growth(piece) < MOST


def test_the_work_on_the_worst_of_it_grows_with_its_length():
    """The pieces whose scan was once quadratic, in one text."""
    assert growth("[", "a//") < MOST
