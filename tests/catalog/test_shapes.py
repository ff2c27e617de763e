"""The algebra of sizes obeys the laws of fractions with letters."""

from contextlib import suppress
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.shapes import (
    ShapeError,
    Size,
    describe,
    match,
    number,
    parse_shape,
    parse_size,
    ratio,
    replace,
    scale_between,
    solve,
    symbol,
)  # fmt: skip
from tests.catalog.small_world import PATIENT

LETTERS = st.sampled_from(["H", "W", "s", "C"])
FACTORS = st.builds(Fraction, st.integers(1, 60), st.integers(1, 60))
POWERS = st.dictionaries(LETTERS, st.integers(-3, 3).filter(bool), max_size=3).map(lambda d: tuple(sorted(d.items())))
SIZES = st.builds(Size, FACTORS, POWERS)


@PATIENT
@given(SIZES, SIZES, SIZES)
def test_sizes_multiply_like_numbers(a, b, c):
    assert a * b == b * a
    assert (a * b) * c == a * (b * c)
    assert (a * b) / b == a
    assert a**2 == a * a
    assert a / a == number(1)


@PATIENT
@given(SIZES, SIZES, st.dictionaries(LETTERS, SIZES))
def test_replacing_letters_may_be_done_before_or_after_multiplying(a, b, values):
    assert (a * b).replace(values) == a.replace(values) * b.replace(values)


def test_letters_are_replaced_all_at_once():
    """Turning a picture swaps H and W; one after the other they would become the same."""
    assert describe(replace(parse_shape([3, "H", "W"]), {"H": symbol("W"), "W": symbol("H")})) == "3 x W x H"


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        (3, "3"), ("H", "H"), ("s*H", "H·s"), ("4*H", "4H"), ("H/2", "H/2"), ("3*H/2", "3H/2"), ("H*2/4", "H/2"),
        ("H/H", "1"), ("H*H", "H·H"), ("2*height", "2·height"), ("1.5*W", "3W/2"), (" 2 * H ", "2H"), ("W/H", "W/H"),
    ],
)  # fmt: skip
def test_a_size_is_shown_as_people_write_it(written, shown):
    assert str(parse_size(written)) == shown


@pytest.mark.parametrize(
    "written",
    [
        "", "H+1", "H-1", "2H", "*H", "H*", "H**2", "-3", 0, -1, "0*H", "H/0", "(H)", "H;W", "½H", "٣", "é", "H*" * 40,
        10**12,
    ],
)  # fmt: skip
def test_what_is_no_product_of_numbers_and_letters_is_refused(written):
    with pytest.raises(ShapeError):
        parse_size(written)


@PATIENT
@given(st.text(max_size=50))
def test_any_text_is_a_size_above_zero_or_is_refused(text):
    with suppress(ShapeError):
        assert parse_size(text).factor > 0


def test_a_decimal_setting_is_exactly_what_is_written():
    """In binary a tenth of a tenth of 100 would not be 1."""
    assert number(0.1) * number(0.1) * number(100) == number(1)


@PATIENT
@given(st.lists(st.tuples(FACTORS, LETTERS), min_size=1, max_size=4), st.dictionaries(LETTERS, SIZES, min_size=4))
def test_matching_finds_the_sizes_from_which_a_shape_was_made(axes, sizes):
    declared = tuple(Size(factor, ((letter, 1),)) for factor, letter in axes)
    incoming = replace(declared, sizes)

    known, wrong = match([(declared, incoming)], {})

    assert wrong == set()
    assert known == {letter: sizes[letter] for _, letter in axes}


@PATIENT
@given(SIZES, SIZES)
def test_one_letter_cannot_stand_for_two_sizes(a, b):
    declared = parse_shape(["H", "H"])
    assert match([(declared, (a, b))], {})[1] == (set() if a == b else {0})


def test_the_second_of_two_pictures_is_the_one_that_does_not_fit():
    square, tall = parse_shape([3, "H", "H"]), parse_shape([3, "H", "2*H"])
    assert match([(square, square), (square, tall)], {})[1] == {1}


def test_a_picture_with_another_number_of_axes_does_not_fit():
    assert match([(parse_shape([3, "H", "W"]), parse_shape(["H", "W"]))], {})[1] == {0}


def test_a_letter_may_be_known_only_from_a_later_port():
    """The first port alone, s*H, has two unknown letters; the second decides H."""
    pairs = [(parse_shape(["t*H"]), parse_shape(["6*P"])), (parse_shape(["H"]), parse_shape(["2*P"]))]
    known, wrong = match(pairs, {})
    assert (str(known["t"]), wrong) == ("3", set())


def test_a_setting_binds_before_anything_that_comes_in():
    declared = parse_shape([3, "s*H", "s*W"])
    assert match([(declared, parse_shape([3, "8*P", "8*Q"]))], {"s": number(4)})[0]["H"] == parse_size("2*P")


def test_a_squared_letter_is_left_open():
    assert match([(parse_shape(["H*H"]), parse_shape([9]))], {}) == ({}, set())


@pytest.mark.parametrize(
    ("before", "after", "scale"),
    [
        ([3, "H", "W"], [3, "4*H", "4*W"], 4),
        ([3, "H", "W"], [1, "H/2", "W/2"], Fraction(1, 2)),
        ([3, "H", "W"], [3, "2*H", "3*W"], None),
        ([3, "H", "W"], [3, 512, 512], None),
        ([3, "H", "W"], [3, "W", "H"], None),
        ([3, "H", "W"], [768], None),
        ([3, 64, 64], [3, 512, 512], 8),
    ],
)
def test_a_scale_is_one_number_for_both_axes(before, after, scale):
    assert scale_between(parse_shape(before), parse_shape(after)) == scale


def test_a_ratio_may_hold_a_setting():
    assert ratio(parse_shape([3, "H", "W"]), parse_shape([3, "s*H", "s*W"])) == symbol("s")


@PATIENT
@given(FACTORS, SIZES)
def test_solving_gives_what_makes_two_sizes_equal(factor, target):
    size = Size(factor, (("x", 1),))
    name, value = solve(size, target, {})
    assert size.replace({name: value}) == target
    name, value = solve(size**-1, target, {})
    assert (size**-1).replace({name: value}) == target
