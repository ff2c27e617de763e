"""Laws of PHI-S: every channel varies equally afterwards, and the step can be undone."""

import pytest

pytestmark = pytest.mark.torch


@pytest.fixture(scope="module")
def samples():
    """Samples whose channels vary very differently, and together."""
    import torch

    torch.set_num_threads(1)
    rng = torch.Generator().manual_seed(0)
    mixed = torch.randn(12, 12, generator=rng, dtype=torch.float64) * torch.logspace(-2, 2, 12, dtype=torch.float64)
    return torch.randn(4000, 12, generator=rng, dtype=torch.float64) @ mixed.T + 7


@pytest.fixture(scope="module")
def step(samples):
    from models.phi_s import PHIStandardize

    return PHIStandardize(12).double().set_by(samples)


@pytest.mark.parametrize("n", [1, 2, 4, 8, 12, 16, 20, 24, 32, 64, 384, 768, 1024, 1152])
def test_the_rows_of_a_matrix_of_hadamard_are_orthogonal_signs(n):
    import torch
    from models.phi_s import hadamard

    found = hadamard(n)

    assert set(found.unique().tolist()) <= {1.0, -1.0}
    assert torch.equal(found @ found.T, n * torch.eye(n, dtype=torch.float64))


@pytest.mark.parametrize("n", [3, 6, 18, 27])
def test_a_size_without_a_known_matrix_is_refused(n):
    from models.phi_s import hadamard

    with pytest.raises(ValueError, match="no matrix of Hadamard"):
        hadamard(n)


def test_every_channel_has_the_variance_one_and_the_mean_zero(step, samples):
    import torch

    made = step(samples.T[None, :, :, None])[0, :, :, 0]

    torch.testing.assert_close(made.mean(1), torch.zeros(12, dtype=torch.float64), atol=1e-9, rtol=0)
    torch.testing.assert_close(
        (made @ made.T / 4000).diagonal(), torch.ones(12, dtype=torch.float64), atol=1e-9, rtol=0
    )


def test_it_is_a_rotation_with_one_scale_so_that_distances_keep_their_order(step, samples):
    import torch

    one, other = samples[:50].T[None, :, :, None], samples[50:100].T[None, :, :, None]
    eye = torch.eye(12, dtype=torch.float64)

    torch.testing.assert_close(step.rotation @ step.rotation.T, eye, atol=1e-12, rtol=0)
    ratio = (step(one) - step(other)).norm(dim=1) / (one - other).norm(dim=1)
    torch.testing.assert_close(ratio, step.alpha.expand_as(ratio), atol=0, rtol=1e-9)


def test_it_can_be_undone(step, samples):
    import torch

    maps = samples[:60].T.reshape(1, 12, 6, 10)

    torch.testing.assert_close(step.undo(step(maps)), maps, atol=1e-9, rtol=0)


def test_before_it_is_set_it_changes_nothing():
    import torch
    from models.phi_s import PHIStandardize

    maps = torch.randn(1, 6, 3, 3)

    torch.testing.assert_close(PHIStandardize(6)(maps), maps)
