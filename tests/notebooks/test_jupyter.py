"""Essays and their executed notebooks open and run in Jupyter, and an essay runs as a script, all of it in a clone."""

import json
import os
import shutil
import subprocess
import sys

import pytest

from catalog.load import ROOT
from tests.notebooks.houses import files

pytestmark = pytest.mark.torch
ESSAYS = sorted((ROOT / "notebooks").glob("*.py"))
RUNS = sorted(path.parent.name for path in (ROOT / "notebooks/outputs").glob("*/notebook.ipynb"))


@pytest.fixture
def plain(monkeypatch):
    """Take away what our runner or this test's own environment would add."""
    for name in [*os.environ]:
        if name.startswith("MODEL_ANSWERS_") or name in ("PYTHONPATH", "MPLBACKEND"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("OMP_NUM_THREADS", "1")


def run_all(notebook):
    """Execute a notebook as Jupyter's Run All does: in its folder, with the kernel that it names, changing no file."""
    import nbclient
    import nbformat

    opened = nbformat.read(notebook, as_version=4)
    name = opened.metadata.get("kernelspec", {}).get("name", "python3")
    nbclient.NotebookClient(
        opened, kernel_name=name, timeout=600, resources={"metadata": {"path": str(notebook.parent)}}
    ).execute()
    return opened


@pytest.mark.slow
@pytest.mark.usefixtures("plain")
@pytest.mark.parametrize("run_id", RUNS)
def test_an_executed_notebook_runs_in_a_clone_with_run_all(tmp_path, run_id):
    """It is a quick run there: Jupyter sets no mode."""
    for top in ("catalog", "notebooks"):
        shutil.copytree(ROOT / top, tmp_path / top, ignore=shutil.ignore_patterns("__pycache__", ".ipynb_checkpoints"))
    folder = tmp_path / "notebooks/outputs" / run_id
    before = files(folder)

    run_all(folder / "notebook.ipynb")

    assert files(folder) == before


@pytest.mark.slow
@pytest.mark.usefixtures("plain")
def test_a_small_one_runs_with_run_all_and_its_essay_as_a_script_from_any_folder(committed):
    opened = run_all(committed / "notebooks/outputs/essay/notebook.ipynb")
    printed = [output.text for cell in opened.cells for output in cell.get("outputs", ())]
    assert printed == ["made_up: 2\n"]
    for folder in (committed, committed / "notebooks", committed / "notebooks/outputs/essay"):
        script = [sys.executable, str(committed / "notebooks/essay.py")]
        ended = subprocess.run(script, cwd=folder, capture_output=True, text=True)
        assert (ended.returncode, ended.stdout) == (0, "made_up: 2\n"), ended.stderr


@pytest.mark.slow
@pytest.mark.usefixtures("plain")
def test_a_real_essay_runs_as_a_script_and_writes_nothing(tmp_path):
    """The quickest of them, in the mode of its run: all import lab and models in the same way."""
    runs = {run_id: json.loads((ROOT / "notebooks/outputs" / run_id / "run.json").read_text()) for run_id in RUNS}
    quickest = min(runs, key=lambda run_id: runs[run_id]["provenance"]["seconds"])
    folder = ROOT / "notebooks/outputs" / quickest
    before = files(folder)

    script = [sys.executable, str(ROOT / f"notebooks/{quickest}.py")]
    full = os.environ | {"MODEL_ANSWERS_MODE": "full"}
    ended = subprocess.run(script, cwd=tmp_path, capture_output=True, text=True, env=full)

    assert ended.returncode == 0, ended.stderr
    printed = {line.partition(": ")[0] for line in ended.stdout.splitlines()}
    assert runs[quickest]["results"].keys() <= printed
    assert files(folder) == before
    assert files(tmp_path) == {}, "nor where it was started"


@pytest.mark.parametrize("path", ESSAYS, ids=lambda path: path.stem)
def test_an_essay_that_is_saved_in_jupyter_stays_as_it_is_byte_for_byte(path):
    import jupytext
    from jupytext.config import load_jupytext_config

    config = load_jupytext_config(str(path))
    opened = jupytext.read(path, fmt="py:percent", config=config)
    opened.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    for cell in opened.cells:
        cell.metadata["trusted"] = True
    assert jupytext.writes(opened, fmt="py:percent", config=config) == path.read_text("utf-8")


def test_a_comment_that_looks_like_a_command_stays_a_comment_here_and_in_jupyter(tmp_path):
    import jupytext
    from jupytext.config import load_jupytext_config
    from runner import execute

    text = "# %%\n# %env VALUE=33\n# !ls\n# %run other.py\nx = 1\n"
    essay = tmp_path / "essay.py"
    essay.write_text(text)
    config = load_jupytext_config(str(ESSAYS[0]))
    opened = jupytext.read(essay, fmt="py:percent", config=config)

    assert execute.read(str(essay)).cells[0].source == text.partition("\n")[2].strip()
    assert opened.cells[0].source == text.partition("\n")[2].strip()
    assert jupytext.writes(opened, fmt="py:percent", config=config) == text
