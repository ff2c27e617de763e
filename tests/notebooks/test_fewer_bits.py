"""Weights in fewer bits stay near what they were, in as many levels as the bits can tell apart."""

import pytest
import torch

pytestmark = pytest.mark.torch


@pytest.fixture
def values():
    return torch.randn(3, 2, 3, 3, generator=torch.Generator().manual_seed(2)) * torch.tensor([1.0, 10.0, 0.1]).view(
        3, 1, 1, 1
    )


@pytest.mark.parametrize("bits", [2, 3, 4, 8])
def test_each_row_keeps_its_largest_value_and_no_more_levels_than_the_bits_have(values, bits):
    from lab.fewer_bits import rounded

    kept = rounded(values, bits)
    for row, before in zip(kept, values, strict=True):
        assert len(row.unique()) <= 2**bits - 1
        assert row.abs().max() == pytest.approx(before.abs().max())
        step = before.abs().max() / (2 ** (bits - 1) - 1)
        assert (row - before).abs().max() <= step / 2 * 1.0001


def test_rounding_again_changes_nothing(values):
    from lab.fewer_bits import rounded

    kept = rounded(values, 5)
    assert torch.allclose(rounded(kept, 5), kept)


def test_a_row_of_zeros_stays_zero_and_one_bit_is_refused():
    from lab.fewer_bits import rounded

    assert not rounded(torch.zeros(2, 3, 1, 1), 4).any()
    with pytest.raises(ValueError, match="two bits"):
        rounded(torch.ones(1, 1), 1)


def test_a_network_in_fewer_bits_leaves_the_first_one_alone_and_takes_less_space():
    from lab.fewer_bits import in_bits, megabytes
    from lab.weights import Loaded
    from models.mssnet import MSSNet, MSSNetConfig

    network = MSSNet(MSSNetConfig(4, 2, 2))
    before = [parameter.clone() for parameter in network.parameters()]
    coarse = in_bits(Loaded(network, "trained here", smaller=True, file=None), 3)
    assert all(torch.equal(a, b) for a, b in zip(before, network.parameters(), strict=True))
    assert len(coarse.network.tail3_3.weight[0].unique()) <= 7
    assert coarse.origin == "trained here"
    weights = sum(p.numel() for p in network.parameters()) - 1  # the slope of the PReLU is no convolution
    assert megabytes(network, 8) - megabytes(network, 4) == pytest.approx(weights * 4 / 8 / 1e6)
