"""A capital letter says something of a word only where nothing begins with it."""

import pytest

from catalog.beginnings import is_beginning, is_heading


def judged(written):
    """Judge the word between the bars."""
    before, word, after = written.split("‖")
    return is_beginning(before + word + after, len(before), len(before + word))


@pytest.mark.parametrize(
    "written",
    [
        "‖First‖ of all",
        "It ends. ‖First‖ of all",
        "It ends.\n‖First‖ of all",
        "Does it? ‖First‖",
        "It ends …) ‖First‖",
        "It “ends.” ‖First‖ of all",
        "It ends.            ‖First‖ of all",
        "one: ‖First‖",
        "“‖First‖ of all”, he said",
        "**‖First‖** of all",
        "one\n\n‖First‖",
        "one\n- ‖First‖",
        "one\n* ‖First‖",
        "one\n  1. **‖First‖**",
        "one\n> ‖First‖",
        "### ‖First‖ of all",
        "| ‖First‖ | second |",
        "| one | ‖First‖ |",
    ],
)
def test_something_begins(written):
    assert judged(written)


@pytest.mark.parametrize(
    "written",
    [
        "as ‖First‖ does",
        "as\n‖First‖ does",
        "such as (‖First‖)",
        "the model “‖First‖”",
        "e.g. ‖First‖",
        "cf. ‖First‖",
        "one, ‖First‖",
        "one – ‖First‖",
        "one; ‖First‖",
        "as **‖First‖** does",
        "- as ‖First‖ does",
        "### On ‖First‖",
        "### ‖First‖",
        "one\n## **‖First‖**\ntwo",
    ],
)
def test_nothing_begins(written):
    assert not judged(written)


def test_a_heading_of_one_word_is_all_that_it_says():
    assert is_heading("a\n### First\nb", 6, 11)
    assert not is_heading("a\n### First b", 6, 11)
    assert not is_heading("First", 0, 5)
