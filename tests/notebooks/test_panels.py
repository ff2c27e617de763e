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


def inked(picture):
    """Return the rows and the columns in which something dark stands."""
    from lab.style import CARD

    dark = (picture < int(CARD[1:3], 16) - 40).any(axis=2)
    return np.flatnonzero(dark.any(axis=1)), np.flatnonzero(dark.any(axis=0))


def test_numbers_have_their_unit_and_both_ends_of_the_upright_axis_their_words():
    from lab.panels import FOOT, HEIGHT, panel

    across, plain = [-8, 8], panel([-8, 8], [40, 40], 300, (-4, 4), top=80)
    wide = panel(across, [40, 40], 300, (-4, 4), top=80, unit=" px")
    assert len(inked(wide[HEIGHT - FOOT :])[1]) > len(inked(plain[HEIGHT - FOOT :])[1]) + 20
    told = panel(across, [40, 40], 300, (-4, 4), top=80, ends=("black", "white"))
    changed = np.flatnonzero((told != plain).any(axis=(1, 2)))
    assert (told[HEIGHT - FOOT :] == plain[HEIGHT - FOOT :]).all()
    assert (told[:, 60:] == plain[:, 60:]).all()
    assert {bool(row < 22) for row in changed} == {True, False}
    assert not set(changed) & set(range(24, HEIGHT - FOOT - 20))
