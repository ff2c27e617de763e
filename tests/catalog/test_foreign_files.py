"""What lies among runs and weights and belongs to none is told, whoever asks."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from catalog.foreign_files import foreign_files
from catalog.load import load
from catalog.rules_runs import nothing_else_lies_among_runs

BASE = Path(__file__).parent / "base"
WEIGHTS = "notebooks/weights"
UNUSED = "no run loaded these weights, and no others start from them; remove both files"


@pytest.fixture
def root(tmp_path):
    """Return a repository with a run that loaded weights."""
    root = shutil.copytree(BASE, tmp_path / "repository")
    (root / WEIGHTS).mkdir()
    for name in ("net.safetensors", "net.json"):
        (root / WEIGHTS / name).write_text("{}")
    return root


def told(root, *loaded):
    """Return what is told of the repository, whose run loaded these weights too."""
    runs = load(root)[0].runs
    key = dict.fromkeys([f"weights/{name}.safetensors" for name in ("net", *loaded)], "0")
    return dict(foreign_files(root, {id: replace(run, key={**run.key, **key}) for id, run in runs.items()}))


def test_what_a_run_wrote_and_loaded_is_not_foreign_nor_is_what_programs_hide(root):
    (root / "notebooks/outputs/parity.json").write_text("{}")
    (root / "notebooks/outputs/small-text/.ipynb_checkpoints").mkdir()
    assert told(root) == {}


@pytest.mark.parametrize(
    ("file", "message"),
    [
        ("notebooks/outputs/small-text/notes.txt", "the run of small-text did not write this; remove it"),
        ("notebooks/outputs/small-text/old.png", "the run of small-text did not write this; remove it"),
        ("notebooks/outputs/notes.txt", "this file is no run and of none; remove it"),
        (f"{WEIGHTS}/notes.txt", "this is no file of weights, and tells of none; remove it"),
        (f"{WEIGHTS}/old.json", "old.safetensors, of which it tells, is missing; put it back or remove this file"),
        (f"{WEIGHTS}/old.safetensors", UNUSED),
    ],
)
def test_a_file_that_belongs_to_none_is_told(root, file, message):
    (root / file).write_text("{}")
    assert told(root) == {file: message}


def test_a_folder_of_another_kind_is_told_as_one(root):
    (root / "notebooks/outputs/small-text/more").mkdir()
    (root / WEIGHTS / "more.safetensors").mkdir()
    assert list(told(root)) == ["notebooks/outputs/small-text/more", f"{WEIGHTS}/more.safetensors"]


def test_weights_from_which_others_were_taught_are_not_foreign(root):
    for name in ("first.safetensors", "first.json"):
        (root / WEIGHTS / name).write_text("{}")
    assert told(root) == {f"{WEIGHTS}/first.safetensors": UNUSED}
    (root / WEIGHTS / "net.json").write_text(json.dumps({"key": {"weights/first.safetensors": "0"}}))
    assert told(root) == {}


@pytest.mark.parametrize("key", [7, "weights/first.safetensors", ["weights/first.safetensors"], None])
def test_a_key_that_is_none_names_no_weights(root, key):
    for name in ("first.safetensors", "first.json"):
        (root / WEIGHTS / name).write_text("{}")
    (root / WEIGHTS / "net.json").write_text(json.dumps({"key": key}))
    assert told(root) == {f"{WEIGHTS}/first.safetensors": UNUSED}


def test_while_a_run_cannot_be_read_nobody_knows_which_weights_it_loaded(root):
    (root / WEIGHTS / "other.safetensors").write_text("{}")
    assert dict(foreign_files(root, {"broken": None})) == {}


def test_the_check_of_the_catalog_notices_it(root):
    (root / "notebooks/outputs/small-text/notes.txt").touch()
    found = [(problem.file, problem.level) for problem in nothing_else_lies_among_runs(load(root)[0])]
    assert ("notebooks/outputs/small-text/notes.txt", "notice") in found
