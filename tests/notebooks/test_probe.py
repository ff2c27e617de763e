"""What a linear layer reads from features is the best that it could."""

import pytest

pytestmark = pytest.mark.torch


@pytest.fixture
def maps():
    import torch

    torch.set_num_threads(1)
    return torch.randn(3, 4, 10, 12, generator=torch.Generator().manual_seed(0))


def test_classes_that_a_line_divides_are_all_told(maps):
    import torch
    from lab import probe

    classes = (maps[:, 0] + 2 * maps[:, 1] > 0.3).long()
    shares = torch.nn.functional.one_hot(classes, 2).permute(0, 3, 1, 2).float()

    told = probe.named(maps, probe.classifier(maps, shares))

    assert (told == classes).float().mean() > 0.97


def test_features_that_say_nothing_leave_the_most_frequent_class(maps):
    import torch
    from lab import probe

    shares = torch.tensor([0.2, 0.5, 0.3])[None, :, None, None].expand(3, 3, 10, 12)

    told = probe.named(maps, probe.classifier(maps, shares))

    assert set(told.unique().tolist()) == {1}


def test_values_that_are_linear_in_the_features_are_read_without_error(maps):
    import torch
    from lab import probe

    wanted = torch.einsum("dc,bchw->bdhw", torch.tensor([[1.0, 0, -2, 3], [0, 0.5, 0, 1]]), maps) + 4

    torch.testing.assert_close(probe.read(maps, probe.regression(maps, wanted)), wanted, atol=5e-3, rtol=0)


def test_colours_do_not_depend_on_the_channels_in_which_features_are_told(maps):
    """A rotation of the channels turns the directions with it; only the sign of each colour is then free."""
    import numpy as np
    import torch
    from lab import principal

    spread = maps * torch.tensor([8.0, 4.0, 2.0, 1.0])[:, None, None]
    turn, _ = torch.linalg.qr(torch.randn(4, 4, generator=torch.Generator().manual_seed(1)))
    turned = torch.einsum("kc,bchw->bkhw", turn, spread)

    one, two = (np.stack(principal.coloured(list(each))).astype(int) for each in (spread, turned))

    for colour in range(3):
        apart = [np.abs(one[..., colour] - other).max() for other in (two[..., colour], 255 - two[..., colour])]
        assert min(apart) <= 1


def test_the_same_features_have_the_same_colour_at_every_size(maps):
    import numpy as np
    from lab import principal

    small, large = principal.coloured([maps[0], maps[0].repeat_interleave(3, 1).repeat_interleave(3, 2)])

    assert np.array_equal(small.repeat(3, 0).repeat(3, 1), large)
