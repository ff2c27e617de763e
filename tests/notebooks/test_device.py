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
