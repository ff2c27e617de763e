"""Four ways to a finer map keep their shapes and their laws, and the lesson that compares views teaches them."""

import numpy as np
import pytest

pytestmark = pytest.mark.torch


@pytest.fixture(scope="module")
def encoder():
    """An encoder without layers: it says the colours of each patch, and so moves with its picture."""
    import torch

    torch.set_num_threads(1)
    torch.manual_seed(0)
    return torch.nn.Conv2d(3, 32, 4, stride=4).requires_grad_(False)


@pytest.fixture(scope="module")
def pictures():
    from lab import small_shapes

    return small_shapes.pictures_of(small_shapes.scenes(3, 5))


def consistent(kind):
    import torch
    from lab.upsamplers import Consistent, UpsamplerConfig

    torch.manual_seed(0)
    return Consistent(UpsamplerConfig(kind=kind))


@pytest.mark.parametrize("kind", ["bilinear", "jbu", "tiles", "featsharp"])
def test_every_kind_makes_a_map_twice_as_fine(kind, encoder, pictures):
    import torch

    network = consistent(kind)
    with torch.no_grad():
        coarse, fine = network(encoder, pictures)

    assert (coarse.shape, fine.shape) == ((3, 32, 16, 16), (3, 32, 32, 32))


def test_featsharp_begins_as_joint_bilateral_upsampling(encoder, pictures):
    import torch

    guided, sharp = consistent("jbu"), consistent("featsharp")
    sharp.upsampler.ups[0].jbu.load_state_dict(guided.upsampler.jbu.state_dict())
    with torch.no_grad():
        torch.testing.assert_close(sharp(encoder, pictures)[1], guided(encoder, pictures)[1], atol=1e-4, rtol=0)


def test_views_lie_inside_their_pictures_and_differ():
    from lab import views

    found = np.stack([views.corners(np.random.default_rng(i)) for i in range(50)])

    assert np.abs(found).max() <= 1
    assert len(np.unique(found.reshape(50, 8), axis=0)) == 50
    assert np.ptp(found, axis=1).min() > 2 * views.ZOOM * (1 - views.BEND) - 1e-6


def test_an_encoder_that_says_means_of_colours_is_matched_by_its_tiles(encoder, pictures):
    """Its tiles are what it says of the large picture, so that nothing but interpolation is lost in a view."""
    from lab import views

    through = views.drawn(3, 2, np.random.default_rng(0))
    tiles, bilinear = (
        views.fidelity_of(consistent(kind), encoder, pictures, through) for kind in ("tiles", "bilinear")
    )

    assert tiles > bilinear > 1


def test_a_lesson_brings_a_fine_map_nearer_to_what_the_encoder_says(encoder, pictures, monkeypatch):
    import torch
    from lab.lessons import featsharp
    from lab.teaching import descend

    monkeypatch.setattr(featsharp, "encoder", lambda: encoder)
    monkeypatch.setattr(featsharp, "unlabelled", lambda _: pictures)
    torch.manual_seed(0)
    network = featsharp.student(featsharp.LESSONS["featsharp-featsharp-1"].config)
    optimiser = torch.optim.Adam(network.parameters(), lr=2e-3)
    given = pictures[:1], featsharp.views.drawn(1, 2, np.random.default_rng(0))
    losses = []
    for _ in range(4):
        losses.append(featsharp.inconsistency(network, *given))
        descend(network, losses[-1], optimiser)

    assert losses[-1] < losses[0]
    assert all(p.grad is None for p in encoder.parameters())


def test_the_small_encoder_learns_and_its_positions_stretch_to_larger_pictures():
    import torch
    from models.small_vit import SmallViT

    torch.manual_seed(0)
    network = SmallViT()
    network.named(torch.rand(1, 3, 64, 64)).square().sum().backward()

    assert [name for name, p in network.named_parameters() if p.grad is None or not p.grad.any()] == []
    with torch.no_grad():
        assert network(torch.rand(1, 3, 128, 128)).shape == (1, 32, 32, 32)


def test_a_look_shows_a_piece_with_the_shares_of_its_classes(pictures):
    import torch
    from lab.lessons import encoder as lesson

    classes = torch.zeros(128, 128, dtype=torch.long)
    classes[pictures[0, 0] > 0.5] = 2
    for i in range(6):
        seen, shares = lesson.look(pictures[0], classes, np.random.default_rng(i))
        assert (seen.shape, shares.shape) == ((3, 64, 64), (5, 16, 16))
        bright = torch.nn.functional.avg_pool2d((seen[0] > 0.5).float()[None], 4)[0]
        assert torch.corrcoef(torch.stack([bright.flatten(), shares[2].flatten()]))[0, 1] > 0.8
