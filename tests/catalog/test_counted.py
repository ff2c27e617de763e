import pytest

from catalog.counted import all_digits, counted


@pytest.mark.parametrize(
    ("number", "words"), [(0, "no errors"), (1, "1 error"), (2, "2 errors"), (1024, "1,024 errors"), (-1, "-1 errors")]
)
def test_a_noun_agrees_with_its_number(number, words):
    assert counted(number, "error") == words


@pytest.mark.parametrize(
    ("number", "written"),
    [
        (2, "2"),
        (2.0, "2"),
        (0.4, "0.4"),
        (1.41421356, "1.41421356"),
        (1234567, "1234567"),
        (1e6, "1000000"),
        (1e30, "1e+30"),
    ],
)
def test_a_number_keeps_its_digits(number, written):
    assert all_digits(number) == written
