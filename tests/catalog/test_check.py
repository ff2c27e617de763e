"""A check works out once what several rules need."""

import shutil
from collections import Counter
from pathlib import Path

from catalog import imported_code, workflow
from catalog import load as load_module
from catalog.load import ROOT, check_all, load
from catalog.stale import stale_comparisons, stale_reasons

BASE = Path(__file__).parent / "base"


def test_the_graph_of_a_workflow_is_built_once_though_a_record_is_damaged(monkeypatch, tmp_path):
    root = shutil.copytree(BASE, tmp_path / "repository")
    paper = root / "catalog/papers/quiet-strokes.yml"
    paper.write_text(paper.read_text(encoding="utf-8") + "strange: 1\n", encoding="utf-8")
    built = Counter()
    build = workflow._build
    monkeypatch.setattr(workflow, "_build", lambda question, of: built.update([question.id]) or build(question, of))

    assert [problem.field for problem in check_all(root)[1]] == ["strange"]
    assert built == {"small-text": 1}


def test_a_question_is_parted_from_its_answer_once(monkeypatch):
    parted = Counter()
    part = load_module.split_front_matter
    monkeypatch.setattr(load_module, "split_front_matter", lambda text, file: parted.update([file]) or part(text, file))

    check_all(BASE)

    assert parted == {"catalog/questions/small-text.md": 1}


def test_the_code_of_runs_and_comparisons_is_parsed_once(monkeypatch):
    parsed = Counter()
    parse = imported_code._parsed
    monkeypatch.setattr(imported_code, "_parsed", lambda path: parsed.update([path]) or parse(path))
    catalog, _ = load(ROOT)

    stale_reasons(catalog)
    stale_comparisons(catalog)

    assert set(parsed.values()) == {1}
