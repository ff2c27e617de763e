"""Residual diffusion: what the network sees, what noise becomes, and the lesson it is taught."""

import numpy as np
import pytest

pytestmark = [
    pytest.mark.torch,
    pytest.mark.filterwarnings("ignore:The given NumPy array is not writable"),  # lessons only read their pictures
]


@pytest.fixture
def network():
    import torch
    from models.residual_diffusion import ResidualDiffusion, ResidualDiffusionConfig

    torch.manual_seed(0)
    return ResidualDiffusion(ResidualDiffusionConfig((8, 8, 16), (0.3, 0.1, 0.2))).eval()


def test_it_answers_with_a_noise_of_the_residuals_shape(network):
    import torch

    for height, width in ((16, 16), (24, 32)):
        noisy, soft = torch.randn(2, 2, 3, height, width)
        assert network(noisy, soft, torch.tensor([3, 900])).shape == noisy.shape


def test_a_picture_of_any_size_keeps_it_and_each_seed_draws_another(network):
    import torch

    soft = torch.rand(3, 20, 13)
    made = network.sampled(soft, 2, [1, 2])
    assert made.shape == (2, 3, 20, 13)
    assert bool((made >= 0).all() and (made <= 1).all())
    assert torch.equal(network.sampled(soft, 2, [2])[0], made[1])
    assert not torch.equal(made[0], made[1])


def test_a_network_that_sees_all_the_noise_draws_the_true_picture(network, monkeypatch):
    """DDIM on Stable Diffusion's schedule, residuals divided by their spread: steps undo what the lesson does."""
    import torch
    from models.small_denoiser import picture_left

    truth, soft = torch.rand(2, 3, 16, 16)
    residual = network.residual(2 * truth[None] - 1, 2 * soft[None] - 1)

    def seen(noisy, known, time):
        left = picture_left(time)[:, None, None, None]
        assert torch.allclose(known, 2 * soft - 1)
        return (noisy - left.sqrt() * residual) / (1 - left).sqrt()

    monkeypatch.setattr(network, "forward", seen)
    assert torch.allclose(network.sampled(soft, 10, [5])[0], truth, atol=0.02)


def test_a_residual_taken_apart_into_components_gives_the_picture_back(network):
    import torch

    pictures, soft = torch.rand(2, 2, 3, 4, 5)
    residual = network.residual(pictures, soft)
    assert torch.allclose(network.restored(residual, soft), pictures, atol=1e-6)
    brighter = network.residual(soft + 0.1, soft)
    assert torch.allclose(brighter[:, 0], torch.tensor(0.1 * 3**0.5 / 0.3))
    assert torch.allclose(brighter[:, 1:], torch.zeros(2, 2, 4, 5), atol=1e-6), "grey has no colour"


def test_residuals_of_the_lesson_have_a_spread_of_one():
    """As the noise has that they are mixed with."""
    import torch
    from lab.lessons import residual
    from lab.resize import resize, shrunk
    from lab.tensors import to_tensor

    found = []
    for truth in residual.painting.pictures(12, 1, residual.SIDE):
        soft = resize(shrunk(truth, residual.SCALE)[1], *truth.shape[:2])
        both = (2 * to_tensor(picture)[None] - 1 for picture in (truth.copy(), soft))
        found.append(residual.ResidualDiffusion(residual.CONFIG).residual(*both))
    assert torch.allclose(torch.cat(found).std((0, 2, 3)), torch.ones(3), atol=0.1)


def test_a_batch_holds_a_painting_beside_its_own_enlargement(monkeypatch):
    from lab.lessons import residual
    from lab.resize import resize

    monkeypatch.setattr(residual, "PICTURES", 1)
    (both,) = residual.pairs(1)
    truth, soft = both[..., :3], both[..., 3:]
    assert np.array_equal(soft, resize(resize(truth, 16, 16), *truth.shape[:2]))
    one, other, time, noise = residual.cropped([both], np.random.default_rng(0))
    assert one.shape == other.shape == noise.shape == (3, residual.PATCH, residual.PATCH)
    assert 0 <= time < 1000
    assert abs(float((one - other).mean())) < 0.1, "an enlargement has the painting's mean colour"
