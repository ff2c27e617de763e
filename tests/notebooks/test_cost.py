"""Costs are counted as they fall: bytes held at once, operations, the power of their growth."""

import pytest

pytestmark = pytest.mark.torch


def test_memory_is_what_is_held_at_once_and_not_what_was_held_in_all():
    import torch
    from lab.cost import once

    cpu, megabyte = torch.device("cpu"), 250_000

    def together():
        a, b = torch.empty(megabyte), torch.empty(megabyte)
        return a, b

    def in_turn():
        for _ in range(5):
            torch.empty(megabyte)

    assert once(together, cpu).bytes == pytest.approx(2_000_000, rel=0.01)
    assert once(in_turn, cpu).bytes == pytest.approx(1_000_000, rel=0.01)
    assert once(lambda: None, cpu).bytes == 0
    assert once(lambda: None, cpu).seconds >= 0


def test_a_call_is_repeated_as_often_as_asked():
    import torch
    from lab.cost import cost

    calls = []
    cost(lambda: calls.append(1), torch.device("cpu"), times=3)
    assert len(calls) == 3


def test_operations_of_a_convolution_are_counted_without_computing_it():
    from lab.cost import gmacs
    from torch import nn

    assert gmacs(lambda: nn.Conv2d(3, 8, 5, padding=2), 1, 3, 100, 60) == pytest.approx(100 * 60 * 3 * 8 * 25 / 1e9)


def test_operations_of_a_network_without_borders_grow_with_the_pixels():
    """What a pass costs at one size tells what it costs at another."""
    from lab.cost import gmacs
    from models.mssnet import MSSNet, MSSNetConfig

    small, large = (gmacs(lambda: MSSNet(MSSNetConfig(2, 1, 1)), 1, 3, side, side) for side in (64, 128))
    assert large == pytest.approx(4 * small)


@pytest.mark.parametrize("power", [0, 1, 2])
def test_the_exponent_is_the_power_of_the_growth(power):
    from lab.cost import exponent

    sizes = [100, 300, 1000]
    values = [7 * size**power for size in sizes]
    assert exponent(sizes, values) == pytest.approx(power, abs=1e-9)


def test_waiting_is_no_computing():
    import time

    from lab.moment import Moment

    start = Moment()
    time.sleep(0.2)
    assert start.passed() < 0.1
    while start.passed() < 0.05:
        pass
    assert 0.05 <= start.passed() < 0.2


def test_softmax_written_down_and_fused_is_one_attention():
    import torch
    from lab.attention import fused, softmax, tokens

    q, k, v = tokens(50, torch.device("cpu"))
    assert q.shape == (1, 8, 50, 40)
    assert torch.allclose(softmax(q, k, v), fused(q, k, v), atol=1e-6)


def test_linear_attention_averages_the_values():
    """All values alike come out as they are, but for the little that keeps its normaliser from zero."""
    import torch
    from lab.attention import FORMS, linear, tokens

    q, k, v = tokens(50, torch.device("cpu"))
    assert torch.allclose(linear(q, k, torch.ones_like(v)), torch.ones_like(v), atol=1e-4)
    assert {form(q, k, v).shape for form in FORMS.values()} == {v.shape}


def test_only_written_down_weights_need_memory_that_grows_with_the_square():
    """Sixteen times the tokens in memory is no matter of chance: the bytes are counted, not the process's pages."""
    import torch
    from lab.attention import FORMS, tokens
    from lab.cost import cost, exponent

    cpu, sizes = torch.device("cpu"), (256, 512, 1024)
    bytes_of = {
        name: [cost(lambda form=form, n=n: form(*tokens(n, cpu)), cpu).bytes for n in sizes]
        for name, form in FORMS.items()
    }
    powers = {name: exponent(sizes, values) for name, values in bytes_of.items()}
    assert powers["softmax, weights written down"] > 1.8
    assert powers["softmax, fused"] < 1.2
    assert powers["linear, as in LinFusion"] < 1.2


def test_a_larger_job_is_recorded_as_scaled_and_not_run_time_by_operations_and_memory_by_pixels(monkeypatch):
    import torch
    from lab import full_size

    said = {}

    def keep(name, value, _, says, kind="exact"):
        said[name] = (value, says, kind)

    monkeypatch.setattr(full_size, "result", keep)
    calls = []

    spent = full_size.record_pass(
        "A network",
        lambda: calls.append(1) or torch.zeros(3, 8, 8) + torch.zeros(8, 8),
        torch.device("cpu"),
        full_size.Job("one_pass", "8x8 pixels", 2.0, 64, (3, 8, 8)),
        full_size.Job("poster", "24x24 pixels", 36.0, 128, (3, 24, 24)),
    )

    assert len(calls) == 1
    assert said["seconds_one_pass"][0] == spent.seconds
    assert said["seconds_poster"][0] == 18 * spent.seconds
    out, larger_out = 4 * 3 * 8 * 8, 4 * 3 * 24 * 24
    assert spent.bytes > out
    assert said["gigabytes_poster"][0] == pytest.approx((2 * (spent.bytes - out) + larger_out) / 1e9)
    assert said["gmacs_poster"] == (36.0, "A network, 24x24 pixels, 3x24x24 out, counted.", "exact")
    assert said["seconds_poster"][1] == "A network, 24x24 pixels, scaled by operations from 8x8 pixels, not run."
    by_size = "scaled by the pixels worked on at once from 8x8 pixels, not run"
    held = "tensors held at once, besides the weights."
    assert said["gigabytes_poster"][1] == f"A network, 24x24 pixels, {by_size}: {held}"
    assert said["gigabytes_one_pass"][1] == f"A network, 8x8 pixels: {held}"


def test_an_output_of_another_shape_than_was_told_is_refused(monkeypatch):
    import torch
    from lab import full_size

    monkeypatch.setattr(full_size, "result", lambda *_, **__: None)
    job = full_size.Job("one_pass", "8x8 pixels", 2.0, 64, (3, 16, 16))

    with pytest.raises(ValueError, match=r"\(3, 16, 16\) was told \(got \[\(3, 8, 8\)\]\)"):
        full_size.record_pass("A network", lambda: torch.zeros(3, 8, 8), torch.device("cpu"), job, job)


def test_memory_by_pixels_is_what_a_larger_pass_of_mssnet_really_holds():
    """Maps of the whole picture, so four times the pixels are four times the bytes."""
    import torch
    from lab import full_size
    from lab.cost import cost
    from models.mssnet import MSSNet, MSSNetConfig

    network = MSSNet(MSSNetConfig(8, 4, 4)).eval()
    small, large = (full_size.Job("", "", 1.0, n * n, (1, 3, n, n)) for n in (64, 128))
    held = [cost(lambda n=n: network.deblur(torch.zeros(1, 3, n, n)), torch.device("cpu")).bytes for n in (64, 128)]

    assert full_size.scaled_memory(held[0], small, large) == pytest.approx(held[1], rel=0.05)


def test_the_pixels_that_liif_encodes_band_by_band_are_those_that_it_really_encodes(monkeypatch):
    import torch
    from lab import bands
    from models import liif_bands
    from models.liif import LIIFConfig

    monkeypatch.setattr(liif_bands, "PIXELS", 64)
    monkeypatch.setattr(liif_bands, "ROWS", 4)
    network = liif_bands.LIIFInBands(LIIFConfig(n_resblocks=1, n_feats=8, hidden=(16,))).eval()
    seen = []
    encode = network.encode
    monkeypatch.setattr(network, "encode", lambda part: seen.append(part.shape[-2] * part.shape[-1]) or encode(part))

    with torch.no_grad():
        network(torch.rand(1, 3, 30, 11), 60, 22)

    assert len(seen) > 2
    assert bands.encoded(network, 30, 11, 60) == seen


def test_official_weights_serve_at_full_size_and_others_do_not():
    import torch
    from lab.full_size import at_full_size
    from lab.weights import Design, Loaded
    from torch import nn

    design = Design("line", lambda: nn.Linear(4, 4), lambda _: nn.Linear(2, 2), ())
    official = Loaded(nn.Linear(4, 4), "official", smaller=False, file="line.pt")
    small = Loaded(nn.Linear(2, 2), "trained here", smaller=True, file="small.safetensors")

    assert at_full_size(design, official, torch.device("cpu")) is official
    real = at_full_size(design, small, torch.device("cpu"))
    assert (real.origin, real.network.in_features) == ("untrained", 4)
