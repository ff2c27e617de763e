"""Laws of solids whose surface is known exactly."""

import numpy as np
import pytest

pytestmark = pytest.mark.torch
KINDS = ["torus", "capsule", "box", "cylinder"]


@pytest.fixture(params=KINDS)
def solid(request):
    from lab import solids

    return solids.turned(getattr(solids, request.param)(rng := np.random.default_rng(3)), solids.rotation(rng))


def test_points_that_are_drawn_lie_on_the_surface_and_in_the_unit_ball(solid):
    points = solid.drawn(500, np.random.default_rng(0))

    assert points.shape == (500, 3)
    assert solid.distance(points).max() < 1e-9
    assert np.linalg.norm(points, axis=-1).max() <= 1 + 1e-9


def test_the_distance_is_that_of_the_nearest_of_very_many_points(solid):
    rng = np.random.default_rng(1)
    places, surface = rng.uniform(-1, 1, (40, 3)), solid.drawn(40_000, rng)
    nearest = np.array([np.linalg.norm(surface - place, axis=-1).min() for place in places])

    assert np.all(nearest > solid.distance(places) - 1e-9)
    assert nearest == pytest.approx(solid.distance(places), abs=0.04)


def test_the_shift_ends_on_the_surface_and_is_as_long_as_the_distance(solid):
    rng = np.random.default_rng(2)
    places = solid.drawn(200, rng) + 0.02 * rng.standard_normal((200, 3))
    shift = solid.shift(places)
    smooth = np.abs(np.linalg.norm(shift, axis=-1) - solid.distance(places)) < 1e-6  # not where two faces are as near

    assert smooth.mean() > 0.97
    assert solid.distance(places + shift)[smooth].max() < 1e-6


def test_points_are_spread_evenly(solid):
    """As many lie on either side of the middle, along each axis: all four solids are symmetric."""
    points = solid.drawn(20_000, np.random.default_rng(4))

    assert np.abs((points > 0).mean(0) - 0.5).max() < 0.02


def test_a_torus_has_as_many_points_outside_its_ring_as_their_area_is():
    from lab import solids

    solid = solids.torus(np.random.default_rng(3))
    tube = np.random.default_rng(3).uniform(0.15, 0.4)
    points = solid.drawn(40_000, np.random.default_rng(5))
    outside = (np.linalg.norm(points[:, :2], axis=-1) > 1 - tube).mean()

    assert outside == pytest.approx(0.5 + tube / (np.pi * (1 - tube)), abs=0.01)


def test_rotations_keep_lengths_and_hands():
    from lab.solids import rotation

    turn = rotation(np.random.default_rng(0))

    assert turn @ turn.T == pytest.approx(np.eye(3), abs=1e-12)
    assert np.linalg.det(turn) == pytest.approx(1)


def test_the_same_seed_gives_the_same_solids():
    from lab import solids

    places = np.random.default_rng(0).uniform(-1, 1, (9, 3))
    first, again, other = (solids.solids(solids.TAUGHT, 4, seed) for seed in (1, 1, 2))

    assert all(np.array_equal(a.signed(places), b.signed(places)) for a, b in zip(first, again, strict=True))
    assert not np.array_equal(first[0].signed(places), other[0].signed(places))
