"""Shapes of blocks and cones look as they must from every side."""

import math

import numpy as np
import pytest

pytestmark = pytest.mark.torch


def cube(centre=(0, 0, 0), half=1.0):
    from lab.furniture import Box
    from lab.polyhedra import block

    return block(Box(tuple(centre), (half,) * 3, 0))


def ends(lines):
    """Return lines as a set of unordered pairs of rounded places."""
    return {tuple(sorted(map(tuple, np.round(line, 2)))) for line in lines.tolist()}


def test_a_cube_from_the_front_is_a_square():
    from lab.polyhedra import FINE, GROUND, seen

    sight = seen([cube()], 0, 0)

    corners = [(-1, -1), (1, -1), (1, 1), (-1, 1)]
    assert ends(sight.lines) == {tuple(sorted((corners[i], corners[i - 1]))) for i in range(4)}
    assert sight.greys.shape == (FINE, FINE)
    assert len(np.unique(sight.greys)) == 1
    assert sight.greys[0, 0] != GROUND


def test_a_cube_from_a_corner_shows_three_faces_and_nine_of_its_twelve_edges():
    from lab.polyhedra import GROUND, seen

    sight = seen([cube()], 30, 20)

    assert len(sight.lines) == 9
    assert len(set(np.unique(sight.greys)) - {GROUND}) == 3


def test_the_top_is_lighter_than_the_sides():
    from lab.polyhedra import seen

    greys = seen([cube()], 30, 30).greys

    column = greys[:, greys.shape[1] // 2]
    inked = column[column < 1]
    assert inked[-1] == max(inked)
    assert inked[0] < inked[-1]


def test_what_stands_behind_a_wall_is_not_seen():
    from lab.furniture import Box
    from lab.polyhedra import block, seen

    wall, behind = block(Box((0, 0, 0), (1, 0.1, 1), 0)), cube((0, 2, 0), 0.5)

    alone, both = seen([wall], 0, 0), seen([wall, behind], 0, 0)
    assert ends(both.lines) == ends(alone.lines)
    assert np.array_equal(both.greys, alone.greys)
    before = seen([wall, cube((0, -2, 0), 0.5)], 0, 0)
    assert len(before.lines) == 8


def test_the_order_of_bodies_changes_nothing():
    from lab.polyhedra import seen

    bodies = [cube(), cube((0.5, -1.5, 0.2), 0.4), cube((-1, 0.5, 1), 0.5)]
    one, other = seen(bodies, 25, 20), seen(bodies[::-1], 25, 20)

    assert np.array_equal(one.greys, other.greys)
    assert ends(one.lines) == ends(other.lines)


@pytest.mark.parametrize("around", [0, 25, 65, 130])
def test_size_and_place_do_not_matter(around):
    """A shape is fitted into the square, so a larger one elsewhere looks alike."""
    from lab.polyhedra import Body, seen

    shape = [cube(), cube((0.5, -1.5, 0.2), 0.4)]
    moved = [Body(7 * body.corners + (3, -2, 11), body.faces) for body in shape]
    one, other = seen(shape, around, 20), seen(moved, around, 20)

    assert np.abs(one.greys - other.greys).mean() < 1e-3
    assert np.abs(one.lines).max() <= 1 + 1e-9
    assert other.lines == pytest.approx(one.lines, abs=0.1)


def test_the_camera_turns_and_keeps_lengths():
    from lab.polyhedra import camera

    turn = camera(math.radians(65), math.radians(20))

    assert turn @ turn.T == pytest.approx(np.eye(3), abs=1e-12)
    assert np.linalg.det(turn) == pytest.approx(1)
    assert (camera(0.3, 0.4) @ (0, 0, 1))[1] > 0  # what is higher is seen higher


def test_faces_look_outwards_and_their_areas_cancel():
    """Over a closed body the areas of the faces, as vectors, sum to nothing."""
    from lab.polyhedra import cone, outward

    for body in (cube((3, 1, 2)), cone((0, 0, 0), (0.2, 0.1, 1), 0.5, 0.2)):
        middle, total = body.corners.mean(0), np.zeros(3)
        for face, normal in zip(body.faces, outward(body), strict=True):
            corners = body.corners[list(face)]
            assert (corners.mean(0) - middle) @ normal > 0
            spokes = corners - corners.mean(0)
            area = np.linalg.norm(np.cross(spokes, np.roll(spokes, -1, axis=0)).sum(0)) / 2
            total += area * normal
        assert total == pytest.approx(np.zeros(3), abs=1e-9)


def test_a_round_side_has_no_creases():
    """Of a cylinder from the front only the outline is drawn, with the edges of its lids where they are seen."""
    from lab.polyhedra import cone, seen

    sight = seen([cone((0, 0, 0), (0, 0, 2), 0.5, 0.5, 24)], 0, 0)

    upright = [line for line in sight.lines if np.ptp(line[:, 0]) < 0.01]
    assert len(upright) == 2
    assert np.abs([line[:, 0] for line in upright]) == pytest.approx(0.5, abs=0.02)
