"""Laws of near points, far points and the points between."""

from itertools import pairwise

import pytest

pytestmark = pytest.mark.torch


def cloud(n, batch=1, seed=0):
    import torch

    return torch.randn(batch, n, 3, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def test_a_point_is_its_own_nearest_and_the_others_follow_by_distance():
    import torch
    from models.point_clouds import distances, nearest, taken

    points = cloud(40, 2)
    index = nearest(points, points, 7)
    apart = (taken(points, index) - points[:, :, None]).norm(dim=-1)

    assert bool((index[..., 0] == torch.arange(40)).all())
    assert bool((apart.diff(dim=-1) >= 0).all())
    assert bool((distances(points, points).diagonal(dim1=1, dim2=2) == 0).all())


def test_each_far_point_is_at_least_as_near_as_the_one_before_it_and_none_comes_twice():
    from models.point_clouds import distances, farthest, taken

    points = cloud(200, 2)
    index = farthest(points, 50)
    chosen = taken(points, index)
    gaps = [distances(chosen[:, i : i + 1], chosen[:, :i]).amin(-1)[:, 0] for i in range(1, 50)]

    assert all(len(set(row.tolist())) == 50 for row in index)
    assert all(bool((later <= before).all()) for before, later in pairwise(gaps))
    assert index[:, 0].tolist() == [0, 0]
    with pytest.raises(ValueError, match="of 200 points 1 to 200 can be chosen"):
        farthest(points, 201)


@pytest.mark.parametrize("count", [1, 17, 40, 41, 60, 97, 160, 163, 400, 820])
def test_interpolation_gives_the_number_that_was_asked_for_at_any_ratio_and_none_twice(count):
    import torch
    from models.point_clouds import interpolated

    found = interpolated(cloud(40, 2), count)

    assert found.shape == (2, count, 3)
    assert all(len(torch.unique(each.round(decimals=9), dim=0)) == count for each in found)


def test_more_points_than_there_are_midpoints_are_refused():
    from models.point_clouds import interpolated

    with pytest.raises(ValueError, match=r"4 points have 1 to 10 different midpoints \(got 11 to choose\)"):
        interpolated(cloud(4), 11)


def test_midpoints_lie_half_way_and_hold_the_cloud_itself():
    import torch
    from models.point_clouds import midpoints

    points = torch.tensor([[[0.0, 0, 0], [2, 0, 0], [0, 10, 0]]])

    assert midpoints(points, 2)[0].tolist() == [[0, 0, 0], [1, 0, 0], [2, 0, 0], [1, 0, 0], [0, 10, 0], [0, 5, 0]]


def test_what_stands_at_a_point_is_found_there_and_a_flat_map_everywhere():
    import torch
    from models.point_clouds import blended

    points, values = cloud(30), cloud(30, seed=1)

    torch.testing.assert_close(blended(values, points, points), values, atol=1e-6, rtol=0)
    ones = blended(torch.ones(1, 30, 2).double(), points, cloud(9, seed=2))
    torch.testing.assert_close(ones, torch.ones(1, 9, 2).double(), atol=1e-12, rtol=0)


def test_gradients_reach_the_queries_and_are_none_where_a_query_lies_on_a_point():
    import torch
    from models.point_clouds import blended

    points, values = cloud(30), cloud(30, seed=1)
    queries = cloud(5, seed=2).requires_grad_()
    on_points = points[:, :5].clone().requires_grad_()

    assert torch.autograd.gradcheck(lambda q: blended(values, points, q), queries)
    blended(values, points, on_points).sum().backward()
    assert bool(on_points.grad.isfinite().all())


def test_a_framed_cloud_touches_the_unit_sphere_and_comes_back():
    import torch
    from models.point_clouds import framed

    points = 7 * cloud(50, 3) + 4
    inside, centre, radius = framed(points)

    torch.testing.assert_close(inside.norm(dim=-1).amax(-1), torch.ones(3).double())
    torch.testing.assert_close(inside * radius + centre, points)
