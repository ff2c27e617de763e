"""The temporary folders of killed executions go away; those of living ones, and what is no such folder, stay."""

import os
import shutil
import subprocess
import sys

import pytest

from tests.notebooks.houses import GOOD, run, write

pytestmark = pytest.mark.torch
NAME = "ma-0123456789-abc_d123"


@pytest.fixture
def left(tmp_path, monkeypatch):
    """Return the folder of an execution that ended long ago, in a temporary folder of its own."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    folder = tmp_path / NAME
    (folder / "profile_default").mkdir(parents=True)
    (folder / "complaint").touch()
    os.utime(folder, (0, 0))
    return folder


@pytest.fixture
def remove():
    from runner.leftovers import remove_abandoned

    return remove_abandoned


@pytest.fixture
def living():
    """Return a function that starts a process which lives until the test ends."""
    started = []

    def start(code="", **environment):
        command = [sys.executable, "-c", f"{code}\nprint(flush=True)\ninput()"]
        process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env={**os.environ, **environment}
        )
        process.stdout.readline()
        started.append(process)
        return process

    yield start
    for process in started:
        process.communicate(b"\n")


def test_what_a_killed_execution_left_goes_away(left, remove):
    remove()
    assert not left.exists()


def test_the_folder_of_a_living_process_stays_until_it_ends(left, remove, living):
    locks = f"import fcntl; file = open({str(left / 'complaint')!r}); fcntl.flock(file, fcntl.LOCK_EX)"
    owner = living(locks)
    remove()
    assert left.is_dir()

    owner.kill()
    owner.wait()
    remove()
    assert not left.exists()


def test_a_folder_stays_while_a_process_carries_its_token(left, remove, living):
    living(MODEL_ANSWERS_TOKEN="ma-0123456789-and-more")
    remove()
    assert left.is_dir()


def test_another_token_keeps_no_folder(left, remove, living):
    living(MODEL_ANSWERS_TOKEN="ma-9876543210-and-more")
    remove()
    assert not left.exists()


def young(folder):
    os.utime(folder)


def without_complaint(folder):
    (folder / "complaint").unlink()
    os.utime(folder, (0, 0))


def with_another_name(folder):
    folder.rename(folder.with_name("ma-chine"))


def a_link(folder):
    folder.rename(folder.with_name("elsewhere"))
    folder.symlink_to(folder.with_name("elsewhere"))
    os.utime(folder, (0, 0), follow_symlinks=False)


@pytest.mark.parametrize("change", [young, without_complaint, with_another_name, a_link], ids=lambda f: f.__name__)
def test_what_may_be_anything_else_stays(left, remove, monkeypatch, change):
    change(left)
    before = sorted(left.parent.rglob("*"))
    asked = []
    monkeypatch.setattr("runner.leftovers.remove", asked.extend)  # what removes folders leaves a link by itself

    remove()

    assert asked == []
    assert sorted(left.parent.rglob("*")) == before


def test_the_folder_of_another_user_stays(left, remove, monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: os.getuid() + 1)
    remove()
    assert left.is_dir()


def test_a_folder_into_which_something_is_still_written_goes_away(left, monkeypatch):
    """As by a process that was killed in the middle of writing a file."""
    from runner import leftovers

    removed, rmtree = [], shutil.rmtree

    def written_into(folder, **how):
        rmtree(folder, **how)
        removed.append(folder)
        if len(removed) < 3:
            (left / "late").mkdir(parents=True)

    monkeypatch.setattr(leftovers, "BREATH", 0)
    monkeypatch.setattr(shutil, "rmtree", written_into)
    leftovers.remove([left])
    assert not left.exists()
    assert len(removed) == 3


@pytest.mark.parametrize("alone", [True, False])
def test_an_execution_leaves_no_folder_of_sockets_and_none_at_all_if_its_supervisor_ended(tmp_path, monkeypatch, alone):
    from runner import execute
    from runner.order import Order

    lived, life = os.pipe()
    folders = [tmp_path / "sockets", tmp_path / "run"]
    for folder in folders:
        (folder / "more").mkdir(parents=True)
    monkeypatch.setattr(execute, "carry_out", lambda _: os.close(life) if alone else None)
    order = Order("", "", str(folders[0]), 1, 1, 1, life=lived, leftovers=tuple(map(str, folders)))
    execute.main(order.text())
    assert [folder.name for folder in tmp_path.iterdir()] == ([] if alone else ["run"])


LOCKED = """
import fcntl, os
with open(os.path.join(os.environ["TMPDIR"], "complaint")) as file:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lab.result("locked", 1, "count", "Whether the complaint is locked.")
"""


@pytest.mark.slow
def test_a_run_begins_by_removing_what_others_left_and_claims_its_own_folder(root, left, capsys):
    write(root, GOOD, LOCKED)

    assert run(capsys, root) == (0, "essay: done, in notebooks/outputs/essay")
    assert not left.exists()
    assert "locked: 1" in (root / "notebooks/outputs/essay/notebook.ipynb").read_text()
