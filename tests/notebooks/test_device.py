"""A run knows what it computes on, and repeats itself there."""

import random

import pytest

pytestmark = pytest.mark.torch


@pytest.fixture
def places(monkeypatch):
    """Return lab.device on a machine without a GPU, with an empty record."""
    import torch
    from lab import device, record

    monkeypatch.setattr(record, "RECORD", record.Record())
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    return device


@pytest.mark.parametrize(("wanted", "told"), [(None, "auto"), ("auto", "auto"), ("auto", "cpu"), ("cpu", "cuda")])
def test_without_a_gpu_it_is_the_cpu_and_the_record_says_so(places, monkeypatch, wanted, told):
    from lab import record

    monkeypatch.setenv("MODEL_ANSWERS_DEVICE", told)
    assert places.device(wanted).type == "cpu"
    assert record.RECORD.provenance["device"].startswith("cpu, ")
    assert "torch" in record.RECORD.provenance["packages"]


@pytest.mark.parametrize(("wanted", "told"), [("cuda:1", "auto"), (None, "cuda"), ("auto", "cuda")])
def test_a_gpu_that_is_not_there_is_refused(places, monkeypatch, wanted, told):
    monkeypatch.setenv("MODEL_ANSWERS_DEVICE", told)
    with pytest.raises(ValueError, match="no GPU was found"):
        places.device(wanted)


def tool(folder, text, status=0):
    """Put a program in the place of NVIDIA's tool."""
    path = folder / "nvidia-smi"
    path.write_text(f"#!/bin/sh\nprintf '{text}'\nexit {status}\n")
    path.chmod(0o755)


@pytest.mark.parametrize(
    ("text", "status", "told"),
    [
        ("570.124.06\\n570.124.06\\n", 0, {"driver": "570.124.06"}),
        ("", 0, {}),
        ("no driver was found\\n", 9, {}),
        (None, 0, {}),
    ],
    ids=["two GPUs", "silence", "failure", "no tool"],
)
def test_a_gpu_has_the_version_of_its_driver_where_that_tells_one_and_never_that_of_cuda(
    places, monkeypatch, tmp_path, text, status, told
):
    import torch

    if text is not None:
        tool(tmp_path, text, status)
    places.driver.cache_clear()
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(torch.cuda, "get_device_name", lambda _: "A card")
    monkeypatch.setattr(torch.version, "cuda", "12.8")
    try:
        assert places.describe(torch.device("cuda")) == {"device": "A card", "cuda": "12.8", **told}
        assert list(places.describe(torch.device("cpu"))) == ["device"]
    finally:
        places.driver.cache_clear()


def test_a_seed_makes_python_numpy_and_torch_repeat_themselves(places):
    import numpy as np
    import torch

    def drawn(seed):
        places.seed_everything(seed)
        return random.random(), float(np.random.rand()), float(torch.rand(1))

    before = torch.are_deterministic_algorithms_enabled()
    try:
        one, again, other = drawn(1), drawn(1), drawn(2)
        assert torch.are_deterministic_algorithms_enabled()
    finally:
        torch.use_deterministic_algorithms(before)
    assert one == again
    assert all(a != b for a, b in zip(one, other, strict=True))


def test_no_network_is_computed_with_rounded_factors_on_a_gpu_nor_with_whatever_is_fastest(places):
    import torch

    settings = [
        (torch.backends.cuda.matmul, "allow_tf32"),
        (torch.backends.cudnn, "allow_tf32"),
        (torch.backends.cudnn, "benchmark"),
    ]
    deterministic = torch.are_deterministic_algorithms_enabled()
    before = [getattr(part, name) for part, name in settings]
    try:
        for part, name in settings:
            setattr(part, name, True)
        places.seed_everything(1)
        assert [name for part, name in settings if getattr(part, name)] == []
    finally:
        torch.use_deterministic_algorithms(deterministic)
        for (part, name), value in zip(settings, before, strict=True):
            setattr(part, name, value)
