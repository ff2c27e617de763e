import pytest

from catalog.answer import Passage
from catalog.counting import count_sentences, count_words, first_sentence, sentences


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("One two-three four's.", 3),
        ("- item\n- item", 2),
        ("A gain of [= a.b - c.d] [@net] — so.", 5),
        ("![Alternative text](run:a/b)", 0),
        ("![Of a figure that is named by its file](run:a/b.webp)", 0),
        ("So. [reasoning]", 1),
        ("", 0),
    ],
)
def test_words_are_what_a_reader_sees(text, words):
    assert count_words(Passage(text, 1)) == words


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("One. Two? Three!", 3),
        ("It gains 0.5 dB, e.g. Here, i.e. There [@net]. Done", 2),
        ('He said "no." Then he left. [reasoning]', 2),
        ("A network of J. Doe et al. Does it work? It does [@net].", 2),
        ("No full stop", 1),
        ("", 0),
    ],
)
def test_sentences_end_with_a_stop_that_is_no_abbreviation(text, number):
    assert count_sentences(Passage(text, 1)) == number


@pytest.mark.parametrize(
    ("text", "first", "others"),
    [
        ("It works, e.g. Here. Then it stops. ", "It works, e.g. Here.", "Then it stops."),
        ("No full stop", "No full stop", ""),
        ("At 1.5× it ends!", "At 1.5× it ends!", ""),
        ("", "", ""),
    ],
)
def test_the_first_sentence_ends_where_sentences_end(text, first, others):
    assert first_sentence(text) == (first, others)


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("One.", 1),
        ("One. Two.", 2),
        ("It is one, e.g. this one. Another", 2),
        ("It ends in 3.5 metres.", 1),
        ("Is it? Yes! Good.", 3),
    ],
)
def test_sentences_put_together_again_are_the_text(text, count):
    found = sentences(text)

    assert len(found) == count
    assert " ".join(found) == text
