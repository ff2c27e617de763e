import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.answer import Passage
from catalog.notations import blocks
from catalog.quotations import difference, nearest_passage, quoted, stands_in

SUMMARY = 'Most run at 224x224px, while the "high resolution" versions are still inflexible; <2% of *them*.'


def read(text):
    passage = Passage(text, 1)
    return quoted(passage, blocks(passage)[0])


def test_a_quotation_is_its_words_without_markers_and_its_closing_citation():
    words, citation = read("> Most run\n>   at 224x224px,\n>\n> while [@net]\n>")
    assert words == "Most run at 224x224px, while"
    assert citation.id == "net"


def test_a_quotation_without_a_closing_citation_cites_nothing():
    assert read("> Most [@net] run")[1] is None
    assert read("> Most run")[1] is None
    assert read("> Most run [= a.b]")[1] is None


@given(st.data())
def test_whole_words_of_a_summary_stand_in_it(data):
    words = SUMMARY.split()
    start = data.draw(st.integers(0, len(words) - 1))
    end = data.draw(st.integers(start + 1, len(words)))
    assert stands_in(" ".join(words[start:end]), SUMMARY.replace(" ", data.draw(st.sampled_from([" ", "\n", "  "]))))


@given(st.data())
def test_a_changed_word_does_not_stand_in_it_and_is_named(data):
    words = SUMMARY.split()
    i = data.draw(st.integers(0, len(words) - 1))
    said = " ".join([*words[:i], "otherwise", *words[i + 1 :]])
    assert not stands_in(said, SUMMARY)
    assert '"otherwise"' in difference(said, nearest_passage(said, SUMMARY).passage)


def test_a_quotation_does_not_end_inside_a_word():
    assert not stands_in("Most run at 22", SUMMARY)
    assert not stands_in("st run", SUMMARY)


def test_signs_that_mean_something_in_markdown_may_be_escaped():
    assert stands_in("<2% of \\*them\\*", SUMMARY)


def test_a_difference_is_told_with_the_words_before_it():
    assert difference("Most run at 224px", SUMMARY) == (
        'after "Most run at" it says "224px" where the summary says "224x224px,"'
    )
    assert difference("Some run at", SUMMARY) == '"Some" stands where the summary says "Most"'


@pytest.mark.parametrize(
    ("said", "passage"),
    [
        ("the fox jumps over a lazy dog", "A fox jumps over the lazy dog."),
        ("leaps over the lazy dog", "jumps over the lazy dog."),
        ("jumps the lazy dog", "jumps over the lazy dog."),
        ("over lazy dogs. Later it sleeps", "over the lazy dog. Later it sleeps."),
        ("a slow and old creature looks at the cat in the grass", "It sees the cat in the grass,"),
        ("A Fox Jumps Over it", "A fox jumps over the"),
    ],
)
def test_the_nearest_passage_has_its_words_in_their_order_and_keeps_to_its_sentences(said, passage):
    summary = (
        "The dog is asleep. A fox jumps over the lazy dog. Later it sleeps. It sees the cat in the grass, in the sun."
    )
    assert nearest_passage(said, summary).passage == passage


def test_a_passage_is_the_nearer_the_more_of_the_words_it_has():
    shares = [
        nearest_passage(said, SUMMARY).share for said in ("Most run at 224px", "Few run at 224px", "No word of it")
    ]
    assert shares == [0.75, 0.5, 0.25]
