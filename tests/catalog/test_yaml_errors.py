"""A mistake of YAML is told where it was made, whatever the mistake."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from catalog.source import read_yaml
from tests.catalog.any_text import patient

RECORD = """\
# a comment that ends in a colon:
title: "Sharp features"
facts:
  one: {says: "It's finer.", where: 'abstract'}
  two: {says: "It is faster.", where: "Table 1"}
limits:
  - "Returns the size it is given."
  - Small pictures
summary: |-
  Features are coarse.
  In short: "we" make them finer.
"""


def places(text):
    return [(problem.line, problem.message.split(" (got")[0].split(";")[0]) for problem in read_yaml(text, "f")[2]]


MISTAKES = [
    ('"Sharp features"', '"Sharp features', 2, "the quotation mark opened here is closed on line 4 only"),
    ("'abstract'", "'abstract", 4, "the quotation mark opened here is never closed"),
    ('"Returns the size it is given."', '"Returns the size it is given.', 7, "the quotation mark opened here"),
    ("where: 'abstract'}", "where: 'abstract'", 4, "the bracket opened here is not closed"),
    ("  two: {", "   two: {", 5, "is indented by 3 spaces, but line 4 by 2"),
    ("  one: {", "   one: {", 4, "is indented by 3 spaces, but line 5 by 2"),
    ("  one: {", "    one: {", 4, "is indented by 4 spaces, but line 5 by 2"),
    ("  two: {", "    two: {", 5, "is indented by 4 spaces, but line 4 by 2"),
    ("facts:", "  facts:", 3, "is indented by 2 spaces, but line 2 by 0"),
    ("title: ", "  title: ", 2, "is indented by 2 spaces, but line 3 by 0"),
    ("limits:", " limits:", 6, "is indented by 1 space, which fits no line above it"),
    ("  two: {", "\ttwo: {", 5, "a tab stands where the line is indented"),
    ("title: ", "title ", 2, "has no colon"),
    ("title: ", "title:", 2, "has no space behind the colon"),
    ("limits:", "limits", 6, "has no colon"),
    ('  - "Returns', '   - "Returns', 7, "is indented by 3 spaces, but line 8 by 2"),
    ("|-", "|- Features", 9, "nothing may follow | on its line"),
    ("  In short: ", "In the end ", 11, "has no colon"),
]


@pytest.mark.parametrize(("right", "wrong", "line", "message"), MISTAKES)
def test_a_mistake_is_told_where_it_was_made(right, wrong, line, message):
    assert RECORD.count(right) == 1

    (found,) = places(RECORD.replace(right, wrong))

    assert found[0] == line
    assert found[1].startswith(message)


def test_a_line_of_the_file_is_named_where_the_text_begins_further_down():
    (problem,) = read_yaml('a: "b\nc: "d"\n', "f", first_line=11)[2]

    assert str(problem).startswith("f:11:4: the quotation mark opened here is closed on line 12 only")


@patient
@given(st.integers(0, len(RECORD) - 1), st.integers(0, 3), st.sampled_from(["", *"\"'[]{}:,-\t #|>&*!%@`?\n x"]))
@example(0, 0, "")
def test_any_slip_of_the_pen_is_told_inside_the_file(at, length, instead):
    text = RECORD[:at] + instead + RECORD[at + length :]

    for problem in read_yaml(text, "f")[2]:
        assert 1 <= problem.line <= text.count("\n") + 1
        assert 1 <= problem.column <= len((text + "\n").split("\n")[problem.line - 1]) + 1
        assert "is not valid YAML here" not in problem.message


@pytest.mark.parametrize("end", ["\n", "\r", "\r\n", "\x85", "\u2028", "\u2029"])
def test_a_text_that_goes_on_and_a_comment_behind_it_are_told_on_their_lines_whatever_ends_a_line(end):
    text = f"a: 'b'{end}c: d #1{end}e: f{end}  g{end}"

    assert [line for line, _ in places(text)] == [2, 4]


def test_a_key_without_its_space_is_read_as_it_was_meant():
    value, source, problems = read_yaml("a: {b:2, c: 3, d:e}\n'f:g':\n", "f")

    assert value == {"a": {"c": 3, "b": 2, "d": "e"}, "f:g": None}
    assert (source.at("a", "b").raw, source.key_at("a", "d").column) == ("2", 16)
    assert [problem.column for problem in problems] == [5, 16]


def test_a_comment_behind_a_number_or_brackets_hides_no_text():
    assert places("a: 1 #b\nc: [d] #e\nf: 'g' #h\n") == []
