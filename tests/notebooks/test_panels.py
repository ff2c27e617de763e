"""A panel shows its curve where the numbers say."""

import numpy as np
import pytest

pytestmark = pytest.mark.torch


def columns_of(panel):
    """Return for each column of a panel the row of its bluest pixel."""
    from lab.panels import FOOT, HEIGHT

    colour = panel[: HEIGHT - FOOT].astype(int)
    return (colour[..., 2] - colour[..., 0]).argmax(axis=0)


def test_a_curve_rises_from_the_lower_left_to_the_upper_right():
    from lab.panels import FOOT, HEIGHT, panel

    made = panel([-1, 0, 1], [0, 50, 100], 120, top=100)
    rows = columns_of(made)
    assert made.shape == (HEIGHT, 120, 3)
    assert made.dtype == np.uint8
    assert (np.diff(rows[3:-3]) <= 0).all()
    assert rows[60] == pytest.approx((HEIGHT - FOOT) / 2, abs=2)
    assert rows[3] > HEIGHT - FOOT - 6
    assert rows[-4] < 6


def test_numbers_stand_below_their_places():
    from lab.panels import FOOT, HEIGHT, panel
    from lab.style import CARD

    card = int(CARD[1:3], 16)
    foot = panel([0, 10], [1, 1], 200, ticks=(2, 8))[HEIGHT - FOOT :]
    inked = np.flatnonzero((foot < card - 40).any(axis=(0, 2)))
    assert inked.min() == pytest.approx(40, abs=6)
    assert inked.max() == pytest.approx(160, abs=6)
    assert not ((inked > 60) & (inked < 140)).any()
