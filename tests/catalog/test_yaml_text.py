"""Records written as YAML are read back as they were."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.records import Paper
from catalog.source import read_yaml
from catalog.yaml_text import record_text, scalar
from tests.catalog.any_text import VISIBLE, patient

TEXTS = st.text(VISIBLE, max_size=400) | st.sampled_from(
    [
        "",
        "no",
        "null",
        "~",
        "1",
        "1.50",
        "0x1F",
        "2024-01-31",
        "12:30",
        "a: b",
        "# a",
        " a",
        "a ",
        "- a",
        "[a",
        "'",
        '"',
    ]
)
NUMBERS = st.integers(-(10**9), 10**9) | st.floats(allow_nan=False, allow_infinity=False)
VALUES = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=8,
)


@patient
@given(VALUES)
def test_any_value_is_read_back_as_it_was_written(value):
    """Texts of any visible characters, numbers, lists and mappings survive the way through a file."""
    text = record_text("paper", {"facts": value})

    read, _, problems = read_yaml(text, "a.yml")

    assert problems == []
    assert read == {"facts": value}


@patient
@given(st.lists(TEXTS, max_size=6).map("\n".join))
def test_a_text_of_many_lines_keeps_every_byte(value):
    read, _, problems = read_yaml(record_text("paper", {"summary": value}), "a.yml")

    assert problems == []
    assert read["summary"] == value


def test_fields_stand_in_the_order_of_the_type_below_a_modeline():
    lines = record_text("paper", {"summary": "S.", "short": "A", "title": "A: b"}).splitlines()

    assert lines == [
        "# yaml-language-server: $schema=../schema/paper.json",
        'title: "A: b"',
        "short: A",
        'summary: "S."',
    ]


def test_a_comment_stands_above_its_field_or_in_its_place():
    lines = record_text("paper", {"title": "A"}, {"title": "The title.", "github": "github:\n  nothing"}).splitlines()

    assert lines[1:] == ["# The title.", "title: A", "# github:", "#   nothing"]


def test_a_long_text_stands_in_a_block_and_short_mappings_on_one_line():
    text = record_text(
        "question", {"papers": {"a": {"role": "analogy", "because": "B c."}}, "question": "long text " * 40 + "."}
    )

    assert "question: |-\n  long text" in text
    assert '  a: {role: analogy, because: "B c."}\n' in text


def test_a_field_that_the_type_does_not_have_is_refused():
    with pytest.raises(ValueError, match="a paper has no field colour"):
        record_text("paper", {"colour": "red"})


@pytest.mark.parametrize("number", [1, 1.5, -0.25, 1e-7, 2.5e300, 12.0, 10**12])
def test_a_number_is_written_as_a_number(number):
    read, _, problems = read_yaml(f"a: {scalar(number)}\n", "a.yml")

    assert (read, problems) == ({"a": number}, [])


def test_every_field_of_a_type_can_be_written():
    data = {field.alias or name: "word" for name, field in Paper.model_fields.items()}

    assert list(read_yaml(record_text("paper", data), "a.yml")[0]) == list(data)
