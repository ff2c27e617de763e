"""A run replaces nothing but an earlier run of the same essay, wherever it goes."""

import json
import shutil

import pytest

from catalog.run_files import OUTPUTS
from scripts import run_notebooks
from tests.notebooks.houses import GOOD, files, run, write

pytestmark = pytest.mark.torch


@pytest.fixture
def refused(committed, capsys, monkeypatch):
    """Return what runs the essay with --out, and gives its status and sentence; nothing may be executed or changed."""
    monkeypatch.setattr(run_notebooks, "made", lambda *_, **__: pytest.fail("it was begun"))

    def call(out):
        before = files(committed.parent)
        answer = run(capsys, committed, "essay", "--force", "--out", str(out))
        assert files(committed.parent) == before
        return answer

    return call


def test_a_folder_that_holds_no_run_of_the_essay_is_not_replaced(refused, committed, tmp_path):
    place = tmp_path / "kept" / "essay"
    place.mkdir(parents=True)
    (place / "thesis.txt").write_text("mine")
    told = f"{place} holds no run of essay, and would be replaced by one; give another folder with --out"
    assert refused(tmp_path / "kept") == (2, told)
    record = json.loads((committed / OUTPUTS / "essay/run.json").read_text())
    (place / "run.json").write_text(json.dumps(record | {"id": "other"}))
    assert refused(tmp_path / "kept") == (2, told)
    for text in ("{", "[]", "{}"):
        (place / "run.json").write_text(text)
        assert refused(tmp_path / "kept") == (2, told)


@pytest.mark.parametrize(
    ("names", "told"),
    [
        (["thesis.txt"], "thesis.txt"),
        (["b", ".a"], ".a and b"),
        (["c", "b", "a/d"], "a and 2 more"),
    ],
)
def test_a_folder_that_holds_more_than_a_run_wrote_is_not_replaced(refused, committed, tmp_path, names, told):
    place = tmp_path / "kept" / "essay"
    shutil.copytree(committed / OUTPUTS / "essay", place)
    for name in names:
        (place / name).parent.mkdir(exist_ok=True)
        (place / name).write_text("mine")
    would = f"{place} holds what its run did not write, and would lose it: {told}; give another folder with --out"
    assert refused(tmp_path / "kept") == (2, would)


def test_what_is_no_folder_is_not_replaced(refused, committed, tmp_path):
    (tmp_path / "file").write_text("mine")
    (tmp_path / "kept").mkdir()
    for make in ("write_text", "symlink_to"):
        (tmp_path / "kept/essay").unlink(missing_ok=True)
        getattr(tmp_path / "kept/essay", make)(str(committed / OUTPUTS / "essay"))
        told = f"{tmp_path}/kept/essay is no folder that a run may replace; give another folder with --out"
        assert refused(tmp_path / "kept") == (2, told)
    for inside in ("", "/deep"):
        told = f"--out is a folder, and file is a file (got {tmp_path}/file{inside})"
        assert refused(f"{tmp_path}/file{inside}") == (2, told)


@pytest.mark.parametrize("folder", [".", "notebooks", "notebooks/new", "catalog", "docs/deep", ".git", "kept/../new"])
def test_the_folders_of_the_repository_itself_are_no_place_for_runs(refused, committed, folder):
    (committed / ".gitignore").write_text("/kept/\n/notebooks/outputs/.*/\n")
    told = "--out is a folder outside the repository, or one that git ignores there, as runs/tried"
    assert refused(committed / folder) == (2, f"{told} (got {committed / folder})")


@pytest.fixture
def begun(committed, capsys, monkeypatch):
    """Return what runs the essay with --out, and tells whether the run would be made."""
    made = []
    monkeypatch.setattr(run_notebooks, "made", lambda run_id, **_: made.append(run_id) or True)
    return lambda out: (run(capsys, committed, "essay", "--force", "--out", str(out))[0], made) == (0, ["essay"])


def test_a_folder_of_the_repository_that_git_ignores_is_one(begun, committed):
    (committed / ".gitignore").write_text("/runs/\n")
    assert begun(committed / "runs" / "tried")


def test_an_earlier_run_is_replaced_though_somebody_looked_at_it(begun, committed, tmp_path):
    shutil.copytree(committed / OUTPUTS / "essay", tmp_path / "kept/essay")
    (tmp_path / "kept/essay/.ipynb_checkpoints").mkdir()
    assert begun(tmp_path / "kept")


def test_an_empty_folder_is_taken(begun, tmp_path):
    (tmp_path / "kept/essay").mkdir(parents=True)
    assert begun(tmp_path / "kept")


@pytest.mark.slow
def test_what_a_person_puts_there_while_the_essay_runs_stays(root, capsys, tmp_path):
    place = tmp_path / "kept" / "essay"
    write(root, GOOD, f'import pathlib\nplace = pathlib.Path(r"{tmp_path}") / "kept/essay"\nplace.mkdir()')
    source = root / "notebooks/essay.py"
    source.write_text(source.read_text() + '\n(place / "thesis.txt").write_text("mine")\n')

    status, said = run(capsys, root, "essay", "--out", str(tmp_path / "kept"))

    told = f"essay: {place} holds no run of essay, and would be replaced by one; give another folder with --out"
    assert (status, said) == (1, told)
    assert files(tmp_path / "kept") == {"essay/thesis.txt": b"mine"}


@pytest.mark.parametrize(("names", "told"), [(["notes.txt"], "notes.txt"), ([".a", "b/c", "d"], ".a and 2 more")])
def test_what_a_person_put_beside_a_published_run_is_not_lost_with_it(committed, capsys, monkeypatch, names, told):
    from runner import supervise

    monkeypatch.setattr(supervise, "run", lambda *_: pytest.fail("it was executed"))
    place = committed / OUTPUTS / "essay"
    for name in names:
        (place / name).parent.mkdir(exist_ok=True)
        (place / name).write_text("mine")
    before = files(committed / OUTPUTS)

    would = f"essay: {OUTPUTS}/essay holds what its run did not write, and would lose it: {told}"
    assert run(capsys, committed, "essay", "--force") == (1, f"{would}; put that elsewhere first")
    assert files(committed / OUTPUTS) == before


def test_a_published_run_that_cannot_be_read_is_replaced_with_its_pictures_and_nothing_else(committed):
    from runner.destination import not_of_it

    place = committed / OUTPUTS / "essay"
    for text in ("<<<<<<< HEAD", "{}", (place / "run.json").read_text()):
        (place / "run.json").write_text(text)
        (place / ".ipynb_checkpoints").mkdir(exist_ok=True)
        assert not_of_it(place, place) == ""
    (place / "words.webp").write_text("of no figure in its record")
    assert "would lose it: words.webp; " in not_of_it(place, place)
    (place / "run.json").write_text("{}")
    assert not_of_it(place, place) == ""
    (place / "notes.txt").write_text("mine")
    assert "would lose it: notes.txt; " in not_of_it(place, place)


def test_a_link_at_the_place_of_a_published_run_stays(committed, capsys):
    place = committed / OUTPUTS / "essay"
    place.rename(committed / "kept")
    place.symlink_to(committed / "kept")
    told = f"essay: {OUTPUTS}/essay is no folder that a run may replace; put that elsewhere first"
    assert run(capsys, committed, "essay", "--force") == (1, told)
    assert place.is_symlink()


BESIDE = """
import os
from pathlib import Path
Path(os.environ["MODEL_ANSWERS_RUN"]).parents[1].joinpath("essay", "notes" + ".txt").write_text("mine")
"""


@pytest.mark.slow
def test_what_a_person_puts_beside_a_published_run_while_the_essay_runs_stays(committed, capsys):
    write(committed, GOOD, BESIDE)

    status, said = run(capsys, committed, "essay")

    assert status == 1
    assert said.endswith("would lose it: notes.txt; put that elsewhere first"), said
    assert (committed / OUTPUTS / "essay/notes.txt").read_text() == "mine"
