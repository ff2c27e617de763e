"""Which runs the command makes, and what it reads to tell."""

import json
import shutil
from pathlib import Path

import pytest

from catalog import imported_code
from catalog.load import ROOT
from scripts import run_notebooks


def test_the_files_that_several_runs_import_are_parsed_once(monkeypatch, capsys):
    parsed: list[Path] = []
    parse = imported_code._parsed
    monkeypatch.setattr(imported_code, "_parsed", lambda path: parsed.append(path) or parse(path))
    monkeypatch.setattr(run_notebooks.state, "specs_now", lambda _: None)

    run_notebooks.check(["fine-text-2x", "fine-text-2x"], ROOT)

    assert parsed
    assert len(parsed) == len(set(parsed))
    assert "of 2 runs are fresh" in capsys.readouterr().err


def committed(root, **devices):
    """Put the run of an essay where each id wants it, made on the device that is given."""
    for run_id, device in devices.items():
        place = root / "notebooks" / "outputs" / run_id
        shutil.copytree(ROOT / "notebooks" / "outputs" / "deepart", place)
        told = json.loads((place / "run.json").read_text())
        told["id"], told["provenance"]["device"] = run_id, device
        (place / "run.json").write_text(json.dumps(told))


@pytest.mark.parametrize(
    ("device", "made"),
    [("cuda", ["first", "second"]), ("cuda:1", ["first", "second"]), ("auto", []), ("cpu", [])],
)
def test_where_a_gpu_is_asked_for_a_run_on_a_cpu_counts_as_not_made(tmp_path, monkeypatch, device, made):
    """What one call made on the GPU the next call leaves alone, so that a budget of seconds can be spent in calls."""
    committed(tmp_path, first="cpu, x86_64, 1 thread", second="cpu, x86_64, 2 threads", third="NVIDIA H200")
    monkeypatch.setattr(run_notebooks.state, "stale", lambda *_, **__: [])
    monkeypatch.setattr(run_notebooks.state, "specs_now", lambda _: None)
    monkeypatch.setattr(run_notebooks.essay, "reads_of", lambda _: set())
    monkeypatch.setattr(run_notebooks, "told_fresh", lambda *_: True)
    seen = []
    monkeypatch.setattr(run_notebooks, "made", lambda run_id, **_: seen.append(run_id) or True)
    options = run_notebooks.arguments(["--device", device])

    run_notebooks.run(["first", "second", "third"], options, tmp_path)

    assert seen == made


@pytest.mark.parametrize(("asked", "made"), [("device", ["essay"]), ('"cpu"', [])])
def test_what_computes_on_the_cpu_alone_is_not_made_again_for_a_gpu(tmp_path, monkeypatch, asked, made):
    committed(tmp_path, essay="cpu, x86_64, 1 thread")
    code = f"from lab import device as places\nimport torch\nplaces.device({asked})\ntorch.device('meta')\n"
    (tmp_path / "notebooks" / "essay.py").write_text(code)
    monkeypatch.setattr(run_notebooks.state, "stale", lambda *_, **__: [])
    monkeypatch.setattr(run_notebooks, "told_fresh", lambda *_: True)
    seen = []
    monkeypatch.setattr(run_notebooks, "made", lambda run_id, **_: seen.append(run_id) or True)

    run_notebooks.run(["essay"], run_notebooks.arguments(["--device", "cuda"]), tmp_path)

    assert seen == made
