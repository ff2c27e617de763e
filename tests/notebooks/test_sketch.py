"""Drawings of thin lines are the same drawing at every size, and their lines lie where they are said to."""

import numpy as np
import pytest

pytestmark = pytest.mark.torch


def test_the_bicycle_is_the_same_drawing_at_every_size():
    from lab.metrics import psnr
    from lab.resize import resize
    from lab.sketch import HEIGHT, WIDTH, bicycle

    large, small = bicycle(6), bicycle(3)
    assert large.shape == (6 * HEIGHT, 6 * WIDTH, 3)
    assert (bicycle(3) == small).all()
    halved = resize(large, 3 * HEIGHT, 3 * WIDTH, "box")
    assert psnr(halved, small) > 25
    assert psnr(np.roll(halved, 2, axis=1), small) < 20, "one drawing moved by two pixels is another"


def test_a_straight_line_holds_as_much_ink_as_its_width_says():
    from lab.sketch import GROUND, INK, straight_lines

    for angle in (0, 20, 45):
        picture = straight_lines(64, 2.5, [0.0], angle)
        share = (GROUND[0] - picture[..., 0].astype(float)) / (GROUND[0] - INK[0])
        length = 64 / max(np.cos(np.radians(angle)), np.sin(np.radians(angle)))
        assert share.sum() == pytest.approx(2.5 * length, rel=0.02)


def test_lines_stand_at_their_places_from_the_middle():
    from lab.sketch import GROUND, INK, straight_lines

    row = straight_lines(16, 2, [-4.0, 3.0], 0)[5, :, 0]
    assert list(np.flatnonzero(row == INK[0])) == [3, 4, 10, 11]
    assert (np.delete(row, [3, 4, 10, 11]) == GROUND[0]).all()


def test_the_middles_of_pixels_are_measured_from_a_line_through_the_middle_of_the_sheet():
    from lab.sketch import distances

    assert list(distances(4, 0)[0]) == [-1.5, -0.5, 0.5, 1.5]
    assert list(distances(4, 90)[:, 2].round(9)) == [-1.5, -0.5, 0.5, 1.5]
    turned = distances(5, 30)
    assert turned[2, 2] == 0
    assert np.allclose(turned, -turned[::-1, ::-1])


def test_hatching_grows_denser_to_the_right():
    from lab.sketch import hatching

    starts = [stroke[0][0] for stroke in hatching()]
    gaps = np.diff(starts)
    assert (np.diff(gaps) < 0).all()
    assert gaps[0] == 4
    assert 1 < gaps[-1] < 1.2


def test_points_along_a_way_keep_its_ends_and_its_corners():
    from lab.sketch import along

    way = along([(0.0, 0.0), (4.0, 0.0), (4.0, 3.0)], 1.0)
    assert len(way) == 8
    assert (way[[0, 4, -1]] == [[0, 0], [4, 0], [4, 3]]).all()
    assert np.allclose(np.linalg.norm(np.diff(way, axis=0), axis=1), 1)
