"""A claim can be false when some results make it so: all alike, one alone, at another scale or with unlike signs."""

import math

import pytest

from catalog.expression_syntax import parse
from catalog.rules_expressions import says_nothing

NEVER_FALSE = "this claim cannot be false; compare with a value that the results could miss"
KEYS = {name: ("result", "essay", name) for name in "abc"}


@pytest.mark.parametrize(
    ("claim", "values", "said"),
    [
        ("essay.a > 1", {"a": 2.0}, ""),
        ("essay.b > -1 or (essay.a - 1) / 10 > -1", {"a": 20.0, "b": 0.5}, ""),  # all alike
        ("essay.a < 10000000 or essay.b > 0.1", {"a": 2.0, "b": 0.05}, ""),  # one alone
        ("essay.a < 100 or essay.b < 5 or essay.a - essay.b < 5", {"a": 30.0, "b": 2.0}, ""),  # at another scale
        (
            "abs(essay.c) - essay.a * essay.b < 100 or essay.b <= 5",
            {"a": 30.0, "b": 2.0, "c": 20.0},
            "",
        ),  # unlike signs
        ("abs(essay.a - essay.b) >= 0", {"a": 2.0, "b": 2.0}, NEVER_FALSE),
        ("abs(essay.a) + abs(essay.b) > -1", {"a": 2.0, "b": 3.0}, NEVER_FALSE),
    ],
)
def test_a_claim_that_no_results_make_false_is_told(claim, values, said):
    assert says_nothing(parse(claim), {KEYS[name]: value for name, value in values.items()}, {}) == said


def test_no_result_is_taken_to_be_what_its_metric_cannot_be():
    claim = parse("essay.a >= 0")

    assert says_nothing(claim, {KEYS["a"]: 0.5}, {}) == ""
    assert says_nothing(claim, {KEYS["a"]: 0.5}, {KEYS["a"]: (0, math.inf)}) == NEVER_FALSE
