"""A painting by rule is the same every time, and its strokes run where and how their shape says."""

import math

import numpy as np
import pytest

pytestmark = pytest.mark.torch


def square(run=0.0, **settings):
    from lab.painting import Shape

    return Shape([(2, 2), (6, 2), (6, 6), (2, 6)], (250, 200, 150), (50, 40, 30), run, **settings)


def test_the_same_seed_paints_the_same_scene_and_another_seed_another():
    from lab import painting

    (one,), (again,), (other,) = (painting.pictures(1, seed, side=8) for seed in (1, 1, 2))
    assert one.shape == (96, 96, 3)
    assert one.dtype == np.uint8
    assert np.array_equal(one, again)
    assert not np.array_equal(one, other)


def test_the_figure_is_always_the_same_and_as_large_as_asked():
    from lab.painting import HEIGHT, WIDTH, portrait

    small = portrait(4)
    assert small.shape == (4 * HEIGHT, 4 * WIDTH, 3)
    assert np.array_equal(small, portrait(4))


def test_strokes_run_along_an_angle_or_around_a_place():
    middle = (4.0, 4.0)
    assert np.allclose(square(math.pi / 2).direction(np.array([3.0, 3.0])), (0, 1))
    for place in (np.array([5.0, 4.0]), np.array([2.0, 7.0])):
        step = square(middle).direction(place)
        assert step @ (place - middle) == pytest.approx(0)
        assert np.linalg.norm(step) == pytest.approx(1)


def test_light_falls_from_the_upper_left():
    shape = square()
    assert tuple(shape.colour(np.array([2.0, 2.0]))) == shape.light
    assert tuple(shape.colour(np.array([6.0, 6.0]))) == shape.shade
    assert (shape.colour(np.array([4.0, 4.0])) < shape.light).all()


def test_a_stroke_ends_where_its_shape_does():
    from lab.painting import GRAIN, covered, path

    shape = square()
    inside = covered(shape, 8, 8)
    for seed in range(5):
        way = path(shape, np.array([4.0, 4.0]), 20, inside, np.random.default_rng(seed))
        x, y = (way * GRAIN).astype(int).T
        assert inside[y, x].all()
        assert np.linalg.norm(way[-1] - way[0]) > 3, "it goes to both ends"


def test_strokes_cover_their_shape_and_leave_the_rest_alone():
    from lab.painting import painted, sheet_of

    ground = square(0.5)
    ground = type(ground)(sheet_of(8, 8), (10, 10, 10), (10, 10, 10), 0.5)
    bright = type(ground)([(2, 2), (6, 2), (6, 6), (2, 6)], (240, 240, 240), (240, 240, 240), 0.0)
    picture = painted([ground, bright], 8, 8, 12, np.random.default_rng(0)).mean(-1)
    assert np.median(picture[30:66, 30:66]) > 200
    assert picture[:12].max() < 120


def test_no_lesson_shows_the_figure():
    """A scene is made by chance, of few shapes."""
    from lab.painting import figure, scene

    assert all(len(scene(np.random.default_rng(i))) <= 10 < len(figure()) for i in range(20))
