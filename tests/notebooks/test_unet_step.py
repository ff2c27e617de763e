"""What one step of a UNet costs, at sizes that a CPU can run."""

import pytest

pytestmark = pytest.mark.torch
TINY = {
    "block_out_channels": (16, 16),
    "down_block_types": ("CrossAttnDownBlock2D", "DownBlock2D"),
    "up_block_types": ("UpBlock2D", "CrossAttnUpBlock2D"),
    "layers_per_block": 1,
    "attention_head_dim": 2,
    "cross_attention_dim": 8,
    "norm_num_groups": 4,
}


@pytest.fixture
def cpu():
    import torch

    return torch.device("cpu")


@pytest.mark.parametrize("linear", [False, True])
def test_a_step_returns_the_noise_of_a_latent_with_an_eighth_of_each_side(cpu, linear):
    import torch
    from lab.unet_step import built, step_of

    with torch.no_grad():
        assert step_of(built(linear, cpu, torch.float32, TINY), 128)().shape == (1, 4, 16, 16)


def test_softmax_costs_the_square_of_the_pixels_in_the_end_and_linear_attention_the_pixels():
    from lab.unet_step import operations

    growth = {linear: operations(linear, 16384, TINY) / operations(linear, 8192, TINY) for linear in (False, True)}
    assert growth[False] > 15  # four times the pixels: sixteen times the work
    assert growth[True] == pytest.approx(4, rel=0.01)


def test_steps_are_measured_from_small_to_large_until_memory_does_not_suffice(monkeypatch, cpu):
    import torch
    from lab import unet_step
    from lab.cost import Cost

    sides = iter((64, 128, 256))

    def full_at_the_third(*_, **__):
        if next(sides) == 256:
            raise torch.OutOfMemoryError
        return Cost(1.0, 1)

    found = unet_step.costs(True, (128, 64), cpu, torch.float32, TINY)
    assert list(found) == [64, 128]
    assert found[128].bytes > found[64].bytes > 0
    monkeypatch.setattr(unet_step, "cost", full_at_the_third)
    assert list(unet_step.costs(True, (64, 128, 256, 512), cpu, torch.float32, TINY)) == [64, 128]


def test_what_the_device_refuses_at_one_size_loses_none_of_the_smaller_ones(monkeypatch, cpu, capsys):
    from lab import unet_step
    from lab.cost import Cost

    sides = iter((64, 128))

    def refused_at_the_second(*_, **__):
        if next(sides) == 128:
            raise RuntimeError("CUDA error: invalid configuration argument\nand more lines of advice")
        return Cost(1.0, 1)

    monkeypatch.setattr(unet_step, "cost", refused_at_the_second)
    assert list(unet_step.costs(True, (64, 128, 256), cpu, config=TINY)) == [64]
    assert capsys.readouterr().out == "no step at 128 pixels: CUDA error: invalid configuration argument\n"
