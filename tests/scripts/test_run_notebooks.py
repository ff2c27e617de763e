"""Telling which runs are stale reads each file of code once, however many runs there are."""

from pathlib import Path

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
