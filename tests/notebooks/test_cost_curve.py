"""A curve of quality against cost keeps what nothing cheaper beats, and tells where a share of the gain is reached."""

import pytest

pytestmark = pytest.mark.torch
POINTS = {"dear": (9.0, 30.0), "poor": (2.0, 20.0), "cheap": (1.0, 21.0), "middle": (4.0, 29.0), "waste": (6.0, 28.0)}


def test_the_frontier_holds_what_no_cheaper_point_beats():
    from lab.cost_curve import frontier

    assert frontier(POINTS) == ["cheap", "middle", "dear"]


def test_of_two_equally_dear_points_the_better_one_stays():
    from lab.cost_curve import frontier

    assert frontier({"a": (1.0, 5.0), "b": (1.0, 6.0), "c": (2.0, 6.0)}) == ["b"]


def test_the_cheapest_with_a_share_of_the_gain_is_found_beyond_the_base():
    """From 20 the best gain is 10: nine tenths of it is 29."""
    from lab.cost_curve import cheapest

    assert cheapest(POINTS, 0.9, base=20) == "middle"
    assert cheapest(POINTS, 0.91, base=20) == "dear"
    assert cheapest(POINTS, 0.1, base=20) == "cheap"


def test_without_a_gain_there_is_no_share_of_it():
    from lab.cost_curve import cheapest

    with pytest.raises(ValueError, match="no gain"):
        cheapest(POINTS, 0.5, base=30)
