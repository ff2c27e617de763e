"""The filter of questions finds what stands in an answer or names what was offered, each word written down once."""

import html
import re
from itertools import pairwise

import pytest

from hooks.index_pages import questions_index
from hooks.site_facts import SiteFacts
from tests.hooks.small_catalog import small_catalog


def words():
    """Return what the filter looks through beyond the one card of the small catalog."""
    (page,) = questions_index(SiteFacts(small_catalog()))
    (found,) = re.findall(r'data-words="([^"]*)"', page.html)
    return html.unescape(found).split(" ")


@pytest.mark.parametrize(
    ("word", "place"),
    [
        ("small-enlarger", "the second sentence of the lead"),
        ("we", "the task"),
        ("paper", "the workflow"),
        ("rests", "the sources"),
        ("sharper", "a quotation"),
        ("sisr-small-enlarger", "the hosted name of a model"),
        ("beta", "the id of a paper"),
        ("clouds", "the title of a paper that was set aside"),
        ("upscaling", "another form of a word"),
    ],
)
def test_a_word_is_found_that_stands_in(word, place):
    assert word in words(), place


def test_each_word_stands_once_in_order():
    found = words()

    assert all(word < after for word, after in pairwise(found))


@pytest.mark.parametrize("word", ["letters", "network", "reads"])
def test_no_word_is_repeated_that_the_card_shows(word):
    assert word not in words()


def test_marks_notations_and_numbers_of_runs_are_no_words():
    found = words()

    assert all(re.fullmatch(r"\w(.*\w)?", word) for word in found)
    assert not [word for word in found if re.search(r"[@=\[\]]|gain_|curve", word)]
