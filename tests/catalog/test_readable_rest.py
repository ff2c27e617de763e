"""Around a mistake of YAML the rest of a record is read as if the mistake were not there."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.load import parse_record
from catalog.readable_rest import LOST, read_rest
from catalog.records import Paper
from catalog.source import read_yaml
from catalog.validation import fields_by_key
from tests.catalog.any_text import patient

RECORD = """\
title: "Sharp features"
short: Sharp
link: null
facts:
  one: {says: "It's finer.", where: 'abstract'}
  two: {says: "It is faster.", where: "Table 1"}
summary: |-
  Features are coarse.
limits:
  - "Returns the size it is given."
"""
KEYS = fields_by_key(Paper)


def test_a_record_without_mistakes_is_read_as_ever():
    assert read_rest(RECORD, "f", Paper)[:3] == read_yaml(RECORD, "f")


@pytest.mark.parametrize(
    ("right", "wrong", "key"),
    [
        ('"Sharp features"', '"Sharp features', "title"),
        ("short: ", "short ", "short"),
        ("where: 'abstract'}", "where: 'abstract'", "facts"),
        ("  two: {", "   two: {", "facts"),
        ("  one: {", "one: {", "facts"),  # no key of a record: the mistake is that of the key above
        ("  - ", "\t- ", "limits"),
    ],
)
def test_a_mistake_hides_the_value_of_its_key_alone(right, wrong, key):
    rest = read_rest(RECORD.replace(right, wrong), "f", Paper, first_line=3)

    assert rest.lost == {key}
    assert [problem.field for problem in rest.problems] == [key]
    assert rest.data == read_yaml(RECORD, "f")[0] | {key: LOST}
    for other in KEYS.keys() & rest.data.keys() - {key}:
        assert rest.source.key_at(other) == read_yaml(RECORD, "f", 3)[1].key_at(other)


def test_mistakes_in_several_keys_are_all_told():
    rest = read_rest(RECORD.replace("short: ", "short ").replace('"Table 1"', '"Table 1'), "f", Paper)

    assert {problem.field for problem in rest.problems} == rest.lost == {"short", "facts"}


@patient
@given(st.integers(0, len(RECORD) - 1), st.integers(0, 3), st.sampled_from(["", *"\"'[]{}:,-\t #|>&*!%@`?\n x"]))
def test_any_slip_of_the_pen_leaves_a_record_or_problems(at, length, instead):
    text = RECORD[:at] + instead + RECORD[at + length :]

    record, problems = parse_record("paper", "x", text, "f")

    assert (record is None) == bool(problems)
    assert all(1 <= problem.line <= text.count("\n") + 1 for problem in problems)
