"""An edge is as wide as it was drawn, and two lines are two while the gap between them can be seen."""

import numpy as np
import pytest

pytestmark = pytest.mark.torch


def sheet(values):
    """Return a square uint8 picture whose rows are all `values`."""
    row = np.asarray(values).round().astype(np.uint8)
    return np.repeat(np.tile(row, (len(row), 1))[..., None], 3, axis=2)


def test_the_profile_of_a_step_is_that_step():
    from lab.edges import across

    profile = across(sheet([200] * 10 + [40] * 10), 0, 6)
    assert (profile.between(-6, -0.5) == 200).all()
    assert (profile.between(0.5, 6) == 40).all()
    assert profile.between(0, 0) == pytest.approx(120), "half way between the two pixels"


def test_the_width_of_a_ramp_is_eight_tenths_of_it():
    """From 10 to 90 % of the way lie 80 % of a straight ramp, whichever way it goes."""
    from lab.edges import edge_width

    at = np.arange(0, 20.25, 0.25)
    for start, length in ((5, 10), (8, 3)):
        grey = 200 - 150 * np.clip((at - start) / length, 0, 1)
        assert edge_width(at, grey) == pytest.approx(0.8 * length)
        assert edge_width(at[::-1], grey) == pytest.approx(0.8 * length)
        assert edge_width(at, 255 - grey) == pytest.approx(0.8 * length)


def test_the_width_of_a_smooth_edge_is_that_between_its_tenth_and_its_ninetieth_percent():
    """A normal curve's lie 2.5631 standard deviations apart."""
    from lab.edges import edge_width
    from scipy.stats import norm

    at = np.arange(-20, 20.25, 0.25)
    assert edge_width(at, 40 + 150 * norm.cdf(at, scale=3)) == pytest.approx(2.5631 * 3, abs=0.01)


def test_an_edge_that_rings_is_measured_at_its_step_alone():
    from lab.edges import edge_width

    at = np.arange(9.0)
    plain, ringing = ([0, 0, 0, 0, 50, 100, 100, 100, 100], [0, 0, 8, -8, 50, 108, 92, 100, 100])
    assert edge_width(at, np.array(plain)) == pytest.approx(1.6)
    assert edge_width(at, np.array(ringing)) == pytest.approx(1 - 18 / 58 + 40 / 58)


def test_without_a_step_there_is_no_edge():
    from lab.edges import edge_width

    with pytest.raises(ValueError, match="no edge"):
        edge_width(np.arange(3.0), np.array([7.0, 9.0, 7.0]))


@pytest.mark.parametrize("angle", [7, 20, 33, 70])
def test_a_slanted_line_shows_its_own_profile_finer_than_a_pixel(angle):
    from lab.edges import STEP, across, line_edges
    from lab.sketch import straight_lines

    profile = across(straight_lines(64, 4, [0.0], angle), angle, 8, border=4)
    dark = (profile.grey[0] - profile.grey) / (profile.grey[0] - profile.grey.min())
    assert dark.sum() * STEP == pytest.approx(4, rel=0.02)
    assert 0.7 < line_edges(profile) < 1.3, "a pixel wide, as pixels that are square make it"


def test_a_line_beside_the_middle_is_measured_from_its_own():
    from lab.edges import across
    from lab.sketch import straight_lines

    here, there = (across(straight_lines(64, 3, [m], 20), 20, 10, middle=m) for m in (0.0, 5.3))
    assert np.abs(here.grey - there.grey).max() < 12


def test_blurring_makes_edges_wider():
    from lab.edges import across, line_edges
    from lab.sketch import straight_lines
    from scipy.ndimage import gaussian_filter

    line = straight_lines(80, 4, [0.0], 20)
    widths = [line_edges(across(gaussian_filter(line, (s, s, 0)), 20, 16, border=8)) for s in (0.01, 1, 2, 3)]
    assert widths == sorted(widths)
    assert widths[-1] > 2 * widths[0]


def test_a_profile_needs_a_square_sheet_that_reaches_far_enough():
    from lab.edges import across

    picture = sheet([255] * 20)
    with pytest.raises(ValueError, match="no square"):
        across(picture[:10], 0, 2)
    with pytest.raises(ValueError, match="no square of 8"):
        across(picture, 0, 8, border=3)


def test_the_gap_between_two_lines_counts_by_its_brightness():
    """White as the ground is 1, as dark as the lines or darker 0."""
    from lab.edges import Profile, parted

    at = np.arange(-8, 8.25, 0.25)
    lines = (np.abs(np.abs(at) - 2) < 0.5).astype(float)
    gap = np.abs(at) < 1.5
    for grey, share in ((200, 1), (110, 0.5), (20, 0), (10, 0)):
        greys = 200 - 180 * lines
        greys[gap] = grey
        assert parted(Profile(at, greys), 4) == pytest.approx(share)


def test_two_lines_that_are_drawn_apart_are_parted_and_one_band_is_not():
    from lab.edges import across, parted
    from lab.sketch import straight_lines

    pair = across(straight_lines(64, 2, [-4.0, 4.0], 20), 20, 20, border=4)
    band = across(straight_lines(64, 10, [0.0], 20), 20, 20, border=4)
    assert parted(pair, 8) == pytest.approx(1, abs=0.02)
    assert parted(band, 8) == pytest.approx(0, abs=0.02)


def test_a_mean_profile_lies_between_those_it_is_the_mean_of():
    from lab.edges import Profile, mean_profile

    at = np.arange(3.0)
    mean = mean_profile([Profile(at, np.array([0.0, 10, 20])), Profile(at, np.array([10.0, 20, 60]))])
    assert list(mean.grey) == [5, 15, 40]


def test_a_curve_stays_above_from_its_last_crossing_on():
    from lab.edges import stays_above

    assert stays_above([1, 2, 3, 4], [0.6, 0.2, 0.4, 0.8]) == pytest.approx(3.25)
    assert stays_above([1, 2], [0.5, 0.9]) == 1
    with pytest.raises(ValueError, match="wider"):
        stays_above([1, 2], [0.9, 0.3])
