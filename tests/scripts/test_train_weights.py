"""The command that teaches networks says which lessons there are, and beforehand how long each takes."""

import json

import pytest

pytestmark = pytest.mark.torch


@pytest.fixture
def command(monkeypatch, tmp_path, capsys):
    """Return a function that runs the command beside shipped weights of one lesson, which took 100 minutes."""
    from scripts import train_weights

    shipped = tmp_path / "shipped"
    shipped.mkdir()
    took = {"seconds": 6000.0, "device": "an abacus"}
    sidecar = {"sha256": "0" * 64, "lesson": {"steps": 7000}, "provenance": took}
    (shipped / "liif-text.json").write_text(json.dumps(sidecar))
    (shipped / "liif-photographs.json").write_text("{")
    monkeypatch.setattr(train_weights, "SHIPPED", shipped)

    def run(*arguments):
        status = train_weights.main([*arguments])
        return status, *capsys.readouterr()

    return run


def test_every_lesson_is_listed_with_its_time_where_somebody_took_it(command):
    status, out, _ = command("--list")
    lines = out.splitlines()
    timed = (
        "liif-text: Procedural text, icons and thin lines. "
        "7,000 steps, about 100 min (going by the shipped weights, taught on an abacus)"
    )
    assert status == 0
    assert timed in lines
    assert len(lines) > 2
    assert [line for line in lines if line != timed and not line.endswith(" steps; nobody has timed them yet")] == []


def test_how_long_a_part_of_a_lesson_takes_is_said_before_it_begins(command, monkeypatch, tmp_path):
    from lab import teaching

    def diverges(*_):
        raise FloatingPointError("the loss is nan after step 1; lower the rate of the lesson")

    monkeypatch.setattr(teaching, "teach", diverges)
    for name, about in (
        ("liif-text", ", about 60 s (going by the shipped weights, taught on an abacus)"),
        ("liif-photographs", "; nobody has timed them yet"),
    ):
        status, out, err = command(name, "--steps", "70", "--out", str(tmp_path))
        assert (status, out) == (1, f"{name}: 70 steps{about}\n")
        assert err.endswith(f"{name}: the loss is nan after step 1; lower the rate of the lesson\n")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "give a NAME, or --list; there are liif-photographs, liif-text, "),
        (["liif-txt"], 'there is no lesson "liif-txt"; there are liif-photographs, '),
        (["liif-txt"], '; did you mean "liif-text"?'),
        (["liif-text", "--device", "cud"], '--device is auto, cpu, cuda or cuda:N (got "cud")'),
    ],
)
def test_a_wrong_command_line_is_told(command, capsys, arguments, said):
    with pytest.raises(SystemExit) as refused:
        command(*arguments)
    assert refused.value.code == 2
    assert said in capsys.readouterr().err


def test_a_gpu_that_is_not_there_is_told_in_one_sentence(command, monkeypatch):
    import torch

    monkeypatch.setattr(torch.version, "cuda", "12.8")
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)
    told = "there is no GPU 2; this machine has 2, counted from 0\n"
    assert command("liif-text", "--device", "cuda:2") == (2, "", told)
