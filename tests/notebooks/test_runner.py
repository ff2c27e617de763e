"""Whatever an essay does, the committed run stays whole, the message names the cell, nothing is left running."""

import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from catalog.load import ROOT

pytestmark = [pytest.mark.torch, pytest.mark.slow]
PARAMETERS = '# %% tags=["parameters"]\nimport lab\n\nmode = lab.mode()\ndevice = "auto"\nseed = 3\n'
GOOD = 'lab.result("made_up", 2, "count", "A number.")\n'


def house(folder):
    """Return a repository with our lab and catalog, and no essay yet."""
    notebooks = folder / "house" / "notebooks"
    notebooks.mkdir(parents=True)
    (folder / "house" / "catalog").symlink_to(ROOT / "catalog")
    for name in ("lab", "models", "runner"):
        (notebooks / name).symlink_to(ROOT / "notebooks" / name)
    return folder / "house"


@pytest.fixture
def root(tmp_path):
    """Return a repository without runs."""
    return house(tmp_path)


@pytest.fixture(scope="module")
def good(tmp_path_factory):
    """Run a good essay once, for all tests that begin with a committed run."""
    root = house(tmp_path_factory.mktemp("good"))
    write(root, GOOD)
    assert run(root, "essay")[0] == 0
    return root


@pytest.fixture
def committed(root, good):
    """Return a repository with a good essay and its run."""
    shutil.copytree(good / "notebooks" / "outputs", root / "notebooks" / "outputs")
    write(root, GOOD)
    return root


def write(root, *cells, name="essay"):
    text = "# %% [markdown]\n# # A claim that is made up\n\n" + PARAMETERS
    for cell in cells:
        text += "\n# %%\n" + cell
    (root / "notebooks" / f"{name}.py").write_text(text)


def run(root, *arguments):
    """Run the command; return its status and what it said."""
    from scripts import run_notebooks

    lines = []
    tell, run_notebooks.tell = run_notebooks.tell, lines.append
    try:
        return run_notebooks.main([*arguments], root), "\n".join(lines)
    finally:
        run_notebooks.tell = tell


def files(folder):
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def our_processes():
    found = []
    for process in psutil.process_iter():
        try:
            if str(os.getpid()) == process.environ().get("MODEL_ANSWERS_TEST"):
                found.append(process.pid)
        except psutil.Error:
            continue
    return found


def test_a_run_holds_what_the_essay_found_and_is_then_fresh(root):
    write(root, GOOD + 'print("seen")\n')

    status, said = run(root, "essay")

    assert (status, said) == (0, "essay: done, in notebooks/outputs/essay")
    made = json.loads((root / "notebooks/outputs/essay/run.json").read_text())
    notebook = json.loads((root / "notebooks/outputs/essay/notebook.ipynb").read_text())
    assert made["results"]["made_up"]["value"] == 2
    assert (made["mode"], made["provenance"]["seed"]) == ("full", 3)
    assert "".join(notebook["cells"][2]["outputs"][0]["text"]) == "made_up: 2\nseen\n"
    assert run(root, "--check") == (0, "1 of 1 runs are fresh")
    assert run(root, "essay") == (0, "essay: fresh")


def test_two_runs_of_one_essay_are_the_same_bytes_but_for_time_and_memory(root):
    write(root, GOOD + "for i in range(200):\n    print(i, flush=True)\n")
    taken = []
    for _ in range(2):
        assert run(root, "essay", "--force")[0] == 0
        found = files(root / "notebooks/outputs/essay")
        made = json.loads(found.pop("run.json"))
        made.pop("provenance")
        taken.append((found, made))
    assert taken[0] == taken[1]


def test_a_quick_run_leaves_the_published_one_alone(root, tmp_path):
    write(root, GOOD)
    assert run(root, "essay", "--mode", "quick", "--out", str(tmp_path / "tried"))[0] == 0
    assert json.loads((tmp_path / "tried/essay/run.json").read_text())["mode"] == "quick"
    assert not (root / "notebooks/outputs").exists()
    assert run(root, "--check") == (1, "essay: stale: it has not been run\n0 of 1 runs are fresh")


FAULTS = {
    "a cell fails": ("x = 1\n1 / 0\n", "essay.py:14: cell 4 failed (x = 1): ZeroDivisionError: division by zero"),
    "the process ends": ("import os\nos._exit(0)\n", "cell 4 failed (import os): the kernel died"),
    "a cell takes too long": ("import time\ntime.sleep(60)\n", "the cell took longer than a cell may"),
    "a cell ignores interrupts": (
        "import signal, time\nfor n in (2, 15):\n    signal.signal(n, lambda *_: None)\ntime.sleep(60)\n",
        "the cell took longer than a cell may",
    ),
    "a child outlives its cell": (
        'import subprocess\nsubprocess.Popen(["sleep", "60"], start_new_session=True)\n1 / 0\n',
        "ZeroDivisionError",
    ),
    "a cell asks for input": ("input()\n", "cell 4 failed (input()): StdinNotImplementedError"),
    "a number that cannot be": ('lab.result("x", -5, "psnr", "Wrong.")\n', "ValueError: x: -5.0 lies outside"),
    "a path is printed": ("print(lab.__file__)\n", "an output names a folder of this machine"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_names_the_cell_and_leaves_the_last_run(committed, monkeypatch, fault):
    root, (code, message) = committed, FAULTS[fault]
    before = files(root / "notebooks")
    before.pop("essay.py")
    write(root, GOOD, code)
    monkeypatch.setenv("MODEL_ANSWERS_TEST", str(os.getpid()))

    status, said = run(root, "essay", "--cell-seconds", "6", "--seconds", "40")

    after = files(root / "notebooks")
    after.pop("essay.py")
    assert status == 1
    assert message in said
    assert after == before, "the committed run must stay byte-identical, with nothing beside it"
    assert our_processes() == []


def test_a_notebook_that_takes_too_long_is_stopped(root):
    write(root, GOOD, "import time\ntime.sleep(60)\n")
    started = time.monotonic()
    status, said = run(root, "essay", "--seconds", "8")
    assert status == 1
    assert "longer than it may" in said
    assert time.monotonic() - started < 40


def test_an_essay_that_records_nothing_is_no_run(root):
    write(root, "x = 1\n")
    assert run(root, "essay") == (1, "essay: the essay recorded nothing; call lab.result or lab.figure")
    assert not (root / "notebooks/outputs/essay").exists()


def test_an_essay_that_is_edited_while_it_runs_is_no_run(root):
    write(root, GOOD, f'open(r"{root}/notebooks/essay.py", "a").write("y = 2\\n")\n')
    status, said = run(root, "essay")
    assert (status, said) == (1, "essay: its code was edited while it ran; run it again")


def test_two_runs_of_one_essay_at_once_are_kept_apart(root):
    from scripts.run_notebooks import locked

    write(root, GOOD)
    with locked("essay", root):
        assert run(root, "essay") == (1, "essay: it is being run by another process; wait for that one")


def test_the_first_failure_stops_and_keep_going_does_not(root):
    write(root, "1 / 0\n", name="a")
    write(root, GOOD, name="b")
    assert run(root)[0] == 1
    assert not (root / "notebooks/outputs/b").exists()
    assert run(root, "--keep-going")[0] == 1
    assert (root / "notebooks/outputs/b/run.json").is_file()


def test_an_unknown_notebook_is_named(root):
    write(root, GOOD)
    assert run(root, "essai") == (2, "there is no notebook 'essai'; there are essay")


def test_a_killed_runner_leaves_the_last_run_and_no_process(committed, monkeypatch):
    root = committed
    before = files(root / "notebooks/outputs/essay")
    write(root, GOOD, f'import time\nopen(r"{root}/started", "w").close()\ntime.sleep(90)\n')
    monkeypatch.setenv("MODEL_ANSWERS_TEST", str(os.getpid()))
    script = "import pathlib, sys, scripts.run_notebooks as r; r.main(['essay'], pathlib.Path(sys.argv[1]))"
    runner = subprocess.Popen([sys.executable, "-c", script, str(root)], cwd=ROOT)
    wait_until((root / "started").exists)

    runner.kill()
    runner.wait()

    wait_until(lambda: our_processes() == [])
    assert files(root / "notebooks/outputs/essay") == before
    write(root, GOOD)
    assert run(root, "essay", "--force")[0] == 0
    assert [path.name for path in (root / "notebooks/outputs").iterdir()] == ["essay"]


def wait_until(true, seconds=60):
    ends = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < ends
        time.sleep(0.1)


def test_prose_can_be_edited_and_put_in_place_without_running(committed):
    root = committed
    essay = root / "notebooks" / "essay.py"
    essay.write_text(essay.read_text().replace("# # A claim that is made up", "# # Another claim, in other words"))

    assert run(root, "--check")[0] == 1
    assert run(root, "--sync") == (0, "essay: prose put in place")
    assert run(root, "--check")[0] == 0
    assert "Another claim" in (root / "notebooks/outputs/essay/notebook.ipynb").read_text()
    assert run(root, "--sync") == (0, "essay: nothing to do")


def test_the_state_of_runs_is_told_without_torch_or_a_notebook_package():
    """The site's environment has neither; --check must not import them."""
    blocked = ["torch", "numpy", "PIL", "jupytext", "nbclient", "nbformat", "psutil", "rich", "matplotlib"]
    script = f"""
import sys
for name in {blocked}:
    sys.modules[name] = None
from scripts.run_notebooks import main
main(["--check"])
"""
    told = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True)
    assert told.returncode == 0, told.stderr
    assert "runs are fresh" in told.stderr


def test_swapping_never_shows_half_a_run(tmp_path):
    from runner.publish import swap

    place = tmp_path / "outputs" / "essay"
    for n in range(3):
        new = tmp_path / f"new{n}"
        new.mkdir()
        (new / "run.json").write_text(str(n))
        (new / f"figure{n}.png").write_text("x")
        swap(new, place)
        assert sorted(p.name for p in place.iterdir()) == [f"figure{n}.png", "run.json"]
        assert not new.exists()


def test_a_run_that_a_killed_swap_left_aside_comes_back(tmp_path):
    from runner.publish import clear

    (tmp_path / ".essay.old").mkdir()
    (tmp_path / ".essay.old" / "run.json").write_text("whole")
    (tmp_path / ".essay.x7").mkdir()
    clear(tmp_path, "essay")
    assert files(tmp_path) == {"essay/run.json": b"whole"}
    assert [path.name for path in Path(tmp_path).iterdir()] == ["essay"]
