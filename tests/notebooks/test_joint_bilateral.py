"""Laws of joint bilateral upsampling that hold for any weights."""

import pytest

pytestmark = pytest.mark.torch


@pytest.fixture(scope="module")
def stack():
    import torch
    from models.joint_bilateral import JBUStack

    torch.set_num_threads(1)
    torch.manual_seed(0)
    return JBUStack(5).double().eval().requires_grad_(False)


@pytest.fixture
def uncorrected(stack):
    """One doubling whose kernels are not corrected after they were made to add up to 1."""
    import copy

    level = copy.deepcopy(stack.up1)
    for value in level.fixup_proj["3"].parameters():
        value.zero_()
    return level


def test_shifted_views_are_the_places_of_each_window():
    import torch
    from models.featsharp import views

    padded = torch.rand(2, 3, 9, 8, dtype=torch.float64)
    unfolded = torch.nn.functional.unfold(padded, 5).view(2, 3, 25, 5, 4)

    assert torch.equal(torch.stack(list(views(padded, 2)), dim=2), unfolded)


def test_an_average_is_the_sum_over_the_unfolded_window():
    import torch
    from models.featsharp import averaged

    x, kernel = (torch.rand(2, n, 6, 5, dtype=torch.float64) for n in (3, 25))
    padded = torch.nn.functional.pad(x, [2] * 4, mode="reflect")
    unfolded = torch.nn.functional.unfold(padded, 5).view(2, 3, 25, 6, 5)

    torch.testing.assert_close(averaged(x, kernel, 2), (unfolded * kernel[:, None]).sum(2), atol=1e-14, rtol=0)


def test_a_constant_guide_leaves_a_plain_blur(uncorrected):
    """All pixels are alike, so only nearness counts: a Gaussian over the window, the same everywhere."""
    import torch
    import torch.nn.functional as F  # noqa: N812 (its usual name)
    from models.featsharp import nearness

    x, guide = torch.randn(2, 4, 5, 6, dtype=torch.float64), torch.full((2, 3, 20, 20), 0.3, dtype=torch.float64)
    gauss = nearness(uncorrected.sigma_spatial, 3).view(1, 1, 7, 7)
    enlarged = F.interpolate(x, scale_factor=2, mode="bicubic", align_corners=False).flatten(0, 1)[:, None]
    blurred = F.conv2d(F.pad(enlarged, [3] * 4, mode="reflect"), gauss / gauss.sum()).view(2, 4, 10, 12)

    torch.testing.assert_close(uncorrected(x, guide), blurred, atol=1e-13, rtol=0)


def test_constant_features_stay_as_they_are_whatever_the_guide_shows(uncorrected):
    import torch

    x = torch.tensor([2.0, -3.0], dtype=torch.float64)[None, :, None, None].expand(1, 2, 4, 5)
    guide = torch.rand(1, 3, 33, 47, dtype=torch.float64)

    torch.testing.assert_close(uncorrected(x, guide), x[..., :1, :1].expand(1, 2, 8, 10), atol=1e-13, rtol=0)


def test_an_edge_of_the_guide_stops_the_average(uncorrected):
    """With a sharp comparison nothing is mixed across the edge, while a plain blur would mix both sides."""
    import torch
    from models.featsharp import averaged

    x = torch.zeros(1, 1, 8, 8, dtype=torch.float64)
    x[..., 4:] = 1
    guide = torch.cat([x, x, x], dim=1)
    uncorrected.range_temp.fill_(9)

    made = averaged(x, uncorrected.kernel(guide), 3)

    left, right = made[..., :4], made[..., 4:]
    assert min(float(left.max()), float((1 - right).max())) < 1e-6


def test_features_are_treated_channel_by_channel(uncorrected):
    import torch

    x, guide = torch.randn(1, 6, 4, 4, dtype=torch.float64), torch.rand(1, 3, 16, 16, dtype=torch.float64)

    alone = torch.cat([uncorrected(part, guide) for part in x.split(2, dim=1)], dim=1)

    torch.testing.assert_close(uncorrected(x, guide), alone, atol=1e-14, rtol=0)


def test_four_doublings_enlarge_by_sixteen_and_every_weight_learns(stack):
    import copy

    import torch

    network = copy.deepcopy(stack).requires_grad_(True)
    made = network(torch.randn(1, 5, 2, 3, dtype=torch.float64), torch.rand(1, 3, 32, 48, dtype=torch.float64))
    made.square().sum().backward()

    assert made.shape == (1, 5, 32, 48)
    assert [name for name, p in network.named_parameters() if p.grad is None or not p.grad.any()] == []
