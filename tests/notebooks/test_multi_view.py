"""Laws of views: how a picture is warped, how a fine map is made coarse, and how near they come."""

import pytest

pytestmark = pytest.mark.torch
CORNERS = [[-1, -1], [1, -1], [1, 1], [-1, 1]]


@pytest.fixture
def maps():
    import torch

    torch.set_num_threads(1)
    return torch.randn(2, 5, 8, 8, generator=torch.Generator().manual_seed(0), dtype=torch.float64)


def corners(*points):
    import torch

    return torch.tensor([points], dtype=torch.float64)


def test_a_homography_takes_the_corners_where_it_is_told():
    import torch
    from models.multi_view import homography

    wanted = corners([-0.9, -0.7], [0.8, -1.0], [0.9, 0.6], [-0.5, 1.0])
    moved = torch.tensor([[x, y, 1] for x, y in CORNERS], dtype=torch.float64) @ homography(wanted)[0].T

    torch.testing.assert_close(moved[:, :2] / moved[:, 2:], wanted[0], atol=1e-12, rtol=0)


def test_the_view_of_everything_is_the_map_itself(maps):
    import torch
    from models.multi_view import homography, warped

    same = homography(corners(*CORNERS).expand(2, -1, -1))

    torch.testing.assert_close(same, torch.eye(3, dtype=torch.float64).expand(2, 3, 3), atol=1e-12, rtol=0)
    torch.testing.assert_close(warped(maps, same), maps, atol=1e-12, rtol=0)


def test_a_view_from_the_other_side_is_the_mirrored_map(maps):
    import torch
    from models.multi_view import homography, warped

    turned = homography(corners([1, -1], [-1, -1], [-1, 1], [1, 1]).expand(2, -1, -1))

    torch.testing.assert_close(warped(maps, turned), maps.flip(-1), atol=1e-12, rtol=0)


def test_a_view_of_a_quarter_shows_it_twice_as_large(maps):
    """Every second place between the true ones lies where the bilinear enlargement has it."""
    import torch
    import torch.nn.functional as F  # noqa: N812 (its usual name)
    from models.multi_view import homography, warped

    quarter = homography(corners([-1, -1], [0, -1], [0, 0], [-1, 0]).expand(2, -1, -1))
    enlarged = F.interpolate(maps, scale_factor=2, mode="bilinear", align_corners=False)[..., :8, :8]

    torch.testing.assert_close(warped(maps, quarter), enlarged, atol=1e-12, rtol=0)


def test_making_coarse_keeps_constants(maps):
    import torch
    from models.multi_view import AttentionDownsampler

    torch.manual_seed(0)
    network = AttentionDownsampler(5, 2).double()
    network.attention.weight.data.normal_()
    network.place.data.normal_()
    constant = maps[:, :, :1, :1].expand_as(maps)

    torch.testing.assert_close(network(constant), constant[..., :4, :4], atol=1e-12, rtol=0)


def test_at_first_a_coarse_place_is_mostly_the_mean_of_those_under_it(maps):
    import torch
    from models.multi_view import AttentionDownsampler

    network = AttentionDownsampler(5, 2).double()
    network.place.data[network.place < 0] = -torch.inf

    torch.testing.assert_close(network(maps), torch.nn.functional.avg_pool2d(maps, 2), atol=1e-12, rtol=0)


def test_every_weight_of_it_learns(maps):
    from models.multi_view import AttentionDownsampler

    network = AttentionDownsampler(5, 2).double()
    network.attention.weight.data.normal_()
    network(maps).square().sum().backward()

    assert network.attention.weight.grad.any()
    assert network.place.grad.any()


def test_fidelity_is_one_for_the_mean_and_four_for_half_the_way_to_the_truth(maps):
    import pytest
    from models.multi_view import fidelity

    mean = maps.mean((0, 2, 3), keepdim=True).expand_as(maps)

    assert fidelity(maps, mean) == pytest.approx(1)
    assert fidelity(maps, (maps + mean) / 2) == pytest.approx(4)
