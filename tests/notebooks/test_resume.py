"""A command that is repeated goes on where the last one ended, also in a folder of its own and within a budget."""

import json
import shutil

import pytest

from catalog.digests import file_digest
from catalog.run_files import OUTPUTS
from catalog.seal import sealed
from scripts import run_notebooks
from tests.notebooks.houses import GOOD, run, write

pytestmark = pytest.mark.torch


@pytest.fixture
def out(committed, tmp_path):
    """A folder of its own that holds a full run, made on a CPU."""
    shutil.copytree(committed / OUTPUTS / "essay", tmp_path / "out/essay")
    told(tmp_path / "out", provenance={"device": "cpu, x86_64, 1 thread", "seconds": 300.0, "cpu_seconds": 90.0})
    return tmp_path / "out"


@pytest.fixture
def command(committed, capsys, monkeypatch):
    """Return what runs the command, and which runs it made; none is executed."""
    made = []
    monkeypatch.setattr(run_notebooks, "made", lambda run_id, **_: made.append(run_id) or True)

    def call(*arguments):
        made.clear()
        status, said = run(capsys, committed, "essay", *map(str, arguments))
        return status, said, list(made)

    return call


def told(folder, **changes):
    """Let the record of a run tell something else, sealed."""
    path = folder / "essay/run.json"
    record = json.loads(path.read_text())
    record |= {name: record.get(name, {}) | more for name, more in changes.items() if isinstance(more, dict)}
    path.write_text(sealed(record))


def test_a_run_that_lies_there_is_not_made_again_unless_forced(out, command):
    assert command("--out", out) == (0, f"essay: fresh, in {out}/essay", [])
    assert command("--out", out, "--force")[2] == ["essay"]
    assert command("--out", out.parent / "other")[2] == ["essay"], "the published run is not asked"


def test_a_run_from_other_code_or_in_another_mode_or_one_that_was_changed_is_made_again(out, command, committed):
    assert command("--out", out, "--mode", "quick")[2] == ["essay"]
    write(committed, GOOD, "x = 1\n")
    assert command("--out", out)[2] == ["essay"]
    write(committed, GOOD)
    assert command("--out", out)[2] == []
    path = out / "essay/run.json"
    path.write_text(path.read_text().replace('"seconds": 300.0', '"seconds": 3.0'))
    assert command("--out", out)[2] == ["essay"]


@pytest.mark.parametrize(
    ("asked", "on_cpu", "made"), [("cpu", True, False), ("cpu", False, True), ("auto", False, False)]
)
def test_a_run_on_another_device_than_the_one_that_is_named_is_made_again(out, command, asked, on_cpu, made):
    if not on_cpu:
        told(out, provenance={"device": "NVIDIA H200"})
    assert bool(command("--out", out, "--device", asked)[2]) == made


def test_a_run_is_made_again_with_the_official_weights_that_lie_there_now(out, command, tmp_path, monkeypatch):
    from runner import beforehand, resume

    weights = tmp_path / "weights"
    weights.mkdir()
    file = weights / "edsr-baseline-liif.pth"
    file.write_bytes(b"weights")
    for module in (beforehand, resume):
        monkeypatch.setattr(module, "official_files", lambda *_: [file.name])
    given = ("--out", out, "--weights", weights)

    assert command(*given)[2] == ["essay"], "it was made without"
    told(out, key={f"official:{file.name}": file_digest(file)})
    assert command(*given)[2] == []
    assert command("--out", out)[2] == ["essay"], "it was made with them"
    file.write_bytes(b"other weights")
    assert command(*given)[2] == ["essay"]


@pytest.mark.usefixtures("out")
def test_no_run_is_begun_that_took_longer_the_last_time_than_what_is_left(out, command, committed):
    """The CPU time counts where it is less than the clock's, which a busy machine made long."""
    assert command("--out", out, "--force", "--budget", "91")[2] == ["essay"]
    status, said, made = command("--out", out, "--force", "--budget", "89")
    assert (status, made) == (75, [])
    assert said.splitlines() == [
        "essay: it took 90 s the last time, more than --budget 89; give a larger one",
        "not begun: essay; the same command goes on from here",
    ]
    elsewhere = ("--out", out.parent / "other", "--budget", "89")
    assert command(*elsewhere)[2] == ["essay"], "nobody knows how long it takes"
    told(committed / OUTPUTS, provenance={"device": "cpu, x86_64", "seconds": 90.0})
    assert command(*elsewhere)[2] == [], "the published run tells"
    assert command(*elsewhere, "--mode", "quick")[2] == ["essay"], "which was no quick one"


def test_a_run_that_would_still_run_when_the_time_is_up_is_left_and_a_shorter_one_is_made():
    import threading

    from runner.schedule import Plan, Schedule

    plan = Plan(["long", "short", "unknown"], {}, budget=100, takes={"long": 101, "short": 50, "unknown": 0}.get)
    report = Schedule(plan, lambda _: True, lambda _: True, threading.Event()).carry_out()

    assert (report.done, report.left) == (["short", "unknown"], ["long"])


def test_the_time_of_a_run_in_another_mode_tells_nothing(out, command):
    status, said, made = command("--out", out, "--force", "--budget", 50)
    assert (status, made) == (75, [])
    assert "essay: it took 90 s the last time, more than --budget 50; give a larger one" in said
    assert command("--out", out, "--mode", "quick", "--budget", 50)[2] == ["essay"]


def test_what_computes_on_the_cpu_alone_is_made_though_a_gpu_is_named(out, command, monkeypatch):
    from runner import beforehand, resume

    monkeypatch.setattr(beforehand, "no_gpu", lambda _: "")
    assert command("--out", out, "--device", "cuda")[2] == ["essay"]
    monkeypatch.setattr(resume, "on_cpu_alone", lambda *_: True)
    assert command("--out", out, "--device", "cuda")[2] == []
    assert "it took 90 s the last time" in command("--out", out, "--device", "cuda", "--force", "--budget", "5")[1]
