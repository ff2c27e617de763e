"""Laws of Grad-PU's network and refinement that hold for any weights."""

import pytest

pytestmark = pytest.mark.torch


@pytest.fixture(scope="module")
def network():
    import torch
    from models.grad_pu import P2PNet

    torch.set_num_threads(1)
    torch.manual_seed(0)
    return P2PNet().double().eval().requires_grad_(False)


def cloud(n, batch=1, seed=0):
    import torch

    points = torch.randn(batch, 3, n, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)
    return points / points.norm(dim=1, keepdim=True)


def test_points_in_another_order_give_the_same_distances(network):
    import torch

    points, queries, order = cloud(60), cloud(20, seed=1), torch.randperm(60)

    torch.testing.assert_close(network(points[..., order], queries), network(points, queries), atol=1e-12, rtol=0)


def test_distances_are_not_negative_and_each_query_is_answered_for_itself(network):
    import torch

    points, queries = cloud(60, 2), 2 * cloud(20, 2, seed=1)
    found = network(points, queries)

    assert found.shape == (2, 1, 20)
    assert bool((found >= 0).all())
    torch.testing.assert_close(network(points, queries[..., 5:9]), found[..., 5:9], atol=1e-12, rtol=0)


def test_the_slope_is_that_of_finite_differences(network):
    import torch
    from models.grad_pu import slope

    points, queries, step = cloud(60), 0.9 * cloud(6, seed=1), 1e-6
    features = network.features(points)
    found = slope(network, points, features, queries)

    for axis in range(3):
        ahead = torch.zeros_like(queries)
        ahead[:, axis, 2] = step
        difference = (
            network.distance(points, *features, queries + ahead).mean()
            - network.distance(points, *features, queries - ahead).mean()
        )
        assert float(difference) / (2 * step) == pytest.approx(float(found[0, axis, 2]), abs=1e-7)


def test_no_step_leaves_all_where_it_was_and_many_go_down(network):
    import torch
    from models.grad_pu import descended

    points, queries = cloud(60), 1.2 * cloud(40, seed=1)

    assert torch.equal(descended(network, points, queries, step=1.0, times=0), queries)
    lower = network(points, descended(network, points, queries, step=0.5, times=10)).mean()
    assert float(lower) < float(network(points, queries).mean())


def test_a_refined_cloud_has_as_many_points_wherever_it_lies_and_however_large_it_is(network):
    import torch
    from models.grad_pu import updated

    points = cloud(90)
    found = updated(network, points, size=30, step=1.0, times=2)

    assert found.shape == (1, 3, 90)
    moved = updated(network, 5 * points + 3, size=30, step=1.0, times=2)
    torch.testing.assert_close(moved, 5 * found + 3, atol=1e-9, rtol=0)


def test_every_parameter_learns():
    import torch
    from models.grad_pu import P2PNet

    torch.manual_seed(0)
    network = P2PNet()
    network(cloud(60, 4).float(), cloud(20, 4, seed=1).float()).square().sum().backward()

    idle = [name for name, p in network.named_parameters() if p.grad is None or not p.grad.any()]
    assert idle == []
