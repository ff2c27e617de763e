import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.plain_text import plain_text
from catalog.typed_numbers import in_unit, numbers_of, sourced, typed_numbers


def typed(text):
    return [(number.value, number.measures) for number in typed_numbers(plain_text(text))]


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("27.13 dB", [(27.13, "decibels")]),
        ("it gains **0.5**dB.", [(0.5, "decibels")]),
        ("2x, 3× and ×4", [(2, "times"), (3, "times"), (4, "times")]),
        ("$14\\times$ more", [(14, "times")]),
        ("12-fold, 15 times", [(12, "times"), (15, "times")]),
        ("20–30 ms", [(0.02, "time"), (0.03, "time")]),
        ("from 144 to 237 FPS", [(144, "frames"), (237, "frames")]),
        ("782 → 45 MB", [(782e6, "bytes"), (45e6, "bytes")]),
        ("6.8 / 15.6 M parameters", [(6.8e6, "parameters"), (15.6e6, "parameters")]),
        ("2,032 GMACs", [(2032e9, "operations")]),
        ("15&nbsp;% or 15 per cent", [(15, "share"), (15, "share")]),
        ("1.35 pixels wide", [(1.35, "pixels")]),
        ("In 2023, 15 s", [(15, "time")]),
    ],
)
def test_a_number_with_a_unit_is_found(text, numbers):
    assert typed(text) == [(pytest.approx(value), measures) for value, measures in numbers]


@pytest.mark.parametrize(
    "text",
    ["224x224px", "a 512 × 512 × 3 block", "4 pixels", "16 residual blocks", "the 1990s", "v1.5 s", "f16 s",
     "one ninth", "Table 1", "1.5.2 ms", "SD-v1.5", "3D", "1/9 of it", "section 2 says", "16K", "x2-net"],
)  # fmt: skip
def test_sizes_counts_years_and_versions_are_no_measured_numbers(text):
    assert typed(text) == []


def test_a_number_with_a_source_has_its_unit_or_none():
    source = sourced(numbers_of("It shrinks to 45 MB, 15x, and lifts FPS from 144 to 237 on 224x224px."))
    has = {text: all(source.has(number) for number in typed_numbers(plain_text(text))) for text in (
        "45 MB", "0.045 GB", "15×", "15 times", "144 FPS", "45 ms", "15 %", "46 MB", "224 MB",
    )}  # fmt: skip
    assert [text for text, known in has.items() if known] == ["45 MB", "0.045 GB", "15×", "15 times", "144 FPS"]


def test_units_of_the_vocabulary_are_those_that_people_type():
    assert in_unit(45, "MB") == (45e6, "bytes")
    assert in_unit(2, "×") == (2, "times")
    assert in_unit(0.8, "") == (0.8, None)


@given(
    st.integers(0, 10**6), st.sampled_from(["dB", "ms", "s", "MB", "GB", "×", "x", "%", "FPS", "GMACs", "M parameters"])
)
def test_whatever_the_number_it_is_found_at_its_place(number, unit):
    text = f"It is **{number}** {unit} here."
    (found,) = typed_numbers(plain_text(text))
    assert text[found.start :].startswith(str(number))
    assert found.spelling == f"{number} {unit}"
