"""Whatever an essay does, the committed run stays whole, the message names the cell, nothing is left running."""

import os
import re
import shutil
import subprocess

import pytest

from tests.notebooks.houses import GOOD, PLAIN, command, files, processes_with, run, temporary_folders, write

pytestmark = [pytest.mark.torch, pytest.mark.slow]

DEAF = "import signal\nfor n in (2, 15):\n    signal.signal(n, lambda *_: None)\n"
FLED = 'import subprocess\nsubprocess.Popen(["sleep", "60"], start_new_session=True, env={"GONE": "GONE_MARK"})\n'
DIES_LATER = """
import os, threading, time
threading.Thread(target=lambda: (time.sleep(1), os._exit(3))).start()
"""
STOPS_SERVING = """
import asyncio, sys
asyncio.get_running_loop().call_soon(sys.exit, 3)
"""
ABORTS_WITH_MEMORY = """
import os, sys
class Last:
    def __del__(self, abort=os.abort):
        abort()
sys.modules["last"] = Last()
"""
ABORTS_WITH_SOCKETS = """
import os
from ipykernel.heartbeat import Heartbeat
from ipykernel.kernelapp import IPKernelApp
class Beat(Heartbeat):
    __init__ = object.__init__
    context = property(lambda self, abort=os.abort: abort())
IPKernelApp.instance().heartbeat = Beat()
"""
IN_A_CHILD = """
import multiprocessing
child = multiprocessing.get_context("fork").Process(target=lambda: bytearray(2**60))
child.start()
child.join()
"""
FAULTS = {
    "fails": ("x = 1\n1 / 0\n", "fails.py:11: cell 3 failed (x = 1): ZeroDivisionError: division by zero"),
    "exits": ("import os\nos._exit(3)\n", "cell 3 failed (import os): the kernel died: it ended itself with status 3"),
    "killed": ("import os\nos.kill(os.getpid(), 9)\n", "the kernel died: signal 9 (SIGKILL) ended it"),
    "greedy": ("x = bytearray(2**33)\n", "cell 3 failed (x = bytearray(2**33)): memory ran out (MemoryError)"),
    "deaf": (DEAF + "import time\ntime.sleep(60)\n", "cell 3 failed (import signal): the cell took longer than 6 s"),
    "busy": ('import re\nre.match("(a+)+b", "a" * 60)\n', "the cell took longer than 6 s; --cell-seconds allows more"),
    "floods": ('while True:\n    print("x" * 999)\n', "put out more than the 1,000,000 bytes a cell may"),
    "floods-once": ('print("x" * 5_000_000)\n', "put out more than the 1,000,000 bytes a cell may"),
    "floods-in-two-bytes-a-letter": ('print("é" * 600_000)\n', "put out more than the 1,000,000 bytes a cell may"),
    "floods-below": ('import os\nos.system("yes")\n', "put out more than the 1,000,000 bytes a cell may"),
    "asks": ('input("What?")\n', 'cell 3 failed (input("What?")): it asks for input, and nobody is there to answer'),
    "listens": ("import sys\nassert sys.stdin.read()\n", "cell 3 failed (import sys): AssertionError"),
    "flees": (FLED + "1 / 0\n", "cell 3 failed (import subprocess): ZeroDivisionError"),
}


def test_each_fault_names_notebook_and_cell_and_leaves_the_last_run(root, capsys, monkeypatch):
    for name, (code, _) in FAULTS.items():
        write(root, code, name=name, parameters=PLAIN)
        (root / "notebooks/outputs" / name).mkdir(parents=True)
        (root / "notebooks/outputs" / name / "run.json").write_text(f"the last run of {name}")
    before = files(root / "notebooks/outputs")
    mark = str(os.getpid())
    monkeypatch.setenv("MODEL_ANSWERS_TEST", mark)
    limits = ("--cell-seconds", "6", "--memory", "2", "--jobs", "2", "--keep-going")

    status, said = run(capsys, root, *limits)

    lines = dict(line.split(": ", 1) for line in said.splitlines())
    assert status == 1
    assert [name for name in FAULTS if not re.match(rf"{name}\.py:\d+: cell 3 failed \(", lines[name])] == []
    assert {name: lines[name] for name, (_, message) in FAULTS.items() if message not in lines[name]} == {}
    assert files(root / "notebooks/outputs") == before, "the committed runs stay, with nothing beside them"
    assert (processes_with("MODEL_ANSWERS_TEST", mark), processes_with("GONE", "GONE_MARK")) == ([], [])
    assert temporary_folders(root) == []


def test_a_notebook_that_takes_too_long_is_stopped(root, capsys):
    write(root, "import time\ntime.sleep(60)\n", parameters=PLAIN)
    status, said = run(capsys, root, "essay", "--seconds", "20")
    late = "essay: essay.py:9: cell 3 failed (import time): the notebook took longer than 20 s; --seconds allows more"
    assert (status, said) == (1, late)


def test_a_kernel_that_dies_after_its_last_cell_made_no_run(root, capsys):
    write(root, GOOD, DIES_LATER)
    died = "cell 4 failed (import os, threading, time): the kernel died after its last cell: it ended itself with"
    status, said = run(capsys, root, "essay")
    assert (status, f"{died} status 3" in said) == (1, True), said
    assert [*(root / "notebooks/outputs").iterdir()] == []


def test_a_kernel_that_stops_serving_unasked_made_no_run(root, capsys):
    write(root, GOOD, STOPS_SERVING)
    status, said = run(capsys, root, "essay")
    assert (status, "it ended itself with status 1" in said) == (1, True), said


@pytest.mark.parametrize("code", [ABORTS_WITH_MEMORY, ABORTS_WITH_SOCKETS])
def test_what_a_kernel_would_clear_away_at_its_end_spoils_no_run(root, capsys, code):
    write(root, GOOD, code)
    assert run(capsys, root, "essay")[0] == 0


def test_what_an_essay_does_at_its_end_is_done_and_may_spoil_its_run(root, capsys, tmp_path):
    at_its_end = f'import atexit\natexit.register(open({str(tmp_path / "left")!r}, "w").close)\n'
    write(root, GOOD, at_its_end)
    assert (run(capsys, root, "essay")[0], (tmp_path / "left").exists()) == (0, True)

    write(root, GOOD, "import atexit, os\natexit.register(os.abort)\n")
    status, said = run(capsys, root, "essay")
    assert (status, "died after its last cell: signal 6 (SIGABRT) ended it" in said) == (1, True), said


def test_what_failed_in_a_process_of_a_cell_is_told_with_the_cell(root, capsys):
    write(root, GOOD, IN_A_CHILD)
    status, said = run(capsys, root, "essay")
    cell = "essay: notebook.ipynb: cell 4 (import multiprocessing): it printed a traceback, so something failed"
    assert (status, said) == (1, f"{cell}: MemoryError")


INTO_ANOTHER = """
import os
from pathlib import Path
Path(os.environ["MODEL_ANSWERS_RUN"]).parents[1].joinpath("other", "run.json").write_text("{}")
"""


@pytest.mark.parametrize("ending", ["", "1 / 0\n"])
def test_who_writes_into_a_published_run_while_an_essay_runs_is_told_of_and_the_run_stays(committed, capsys, ending):
    outputs = committed / "notebooks/outputs"
    (outputs / "other").mkdir()
    (outputs / "other/run.json").write_text("a run")
    write(committed, GOOD, INTO_ANOTHER + ending)

    status, said = run(capsys, committed, "essay", "--force")

    wrote = "essay: notebooks/outputs/other changed while this ran; if nobody else changed it, put it back, and let "
    assert [line for line in said.splitlines() if "changed" in line] == [wrote + "no cell write there"]
    assert status == bool(ending)
    assert ("essay: done, in notebooks/outputs/essay" in said) == (not ending)


def test_a_run_that_is_made_beside_another_is_not_told_of_nor_are_locks_taken(committed):
    from runner.witness import published, written_into

    from catalog.lock import held
    from catalog.whole_folder import swap

    outputs = committed / "notebooks/outputs"
    shutil.copytree(outputs / "essay", outputs / "other")
    with held(committed / ".cache/locks/other.lock"):
        before = published(committed)
        new = committed / "new"
        shutil.copytree(outputs / "essay", new)
        (new / "run.json").write_text("another")
        swap(new, outputs / "other")
        shutil.copytree(outputs / "essay", outputs / "third")
        assert written_into(before, committed) == []
        (outputs / "essay/run.json").write_text("written into")
        assert written_into(before, committed) == ["notebooks/outputs/essay"]


FULL = {
    "a figure": ('open("figure.svg", "w").write("x" * 400_000)\n', "OSError: [Errno 28] No space left on device"),
    "the executed notebook": ('print("x" * 400_000)\n', "notebook.ipynb cannot be written: No space left on device"),
}
# Runs a command where one folder lies on a small disk of its own, which is gone with the last process that sees it.
ON_A_SMALL_DISK = """
set -e
cp -a "$1" "$1.copy"; mount -t tmpfs -o size=300k small "$1"; cp -a "$1.copy/." "$1"; rm -r "$1.copy"
if [ "$2" = full ]; then cat /dev/zero > "$1/filled" || true; fi
before=$(cd "$1"; find . -type f | sort | xargs -r sha256sum)
status=0; shift 2; place=$1; shift; "$@" || status=$?
[ "$before" = "$(cd "$place"; find . -type f | sort | xargs -r sha256sum)" ] || echo "the folder changed" >&2
exit $status
"""


def on_a_small_disk(folder, how, *arguments):
    """Run a command on a disk of 300 kB that holds `folder`, and is `full` or has room; nobody else sees it."""
    alone = ["unshare", "--mount"] if os.getuid() == 0 else ["unshare", "--map-root-user", "--mount"]
    script = [*alone, "sh", "-c", ON_A_SMALL_DISK, "sh", str(folder), how, str(folder), *arguments]
    return subprocess.run(script, capture_output=True, text=True)


@pytest.mark.parametrize("what", FULL)
def test_where_the_disk_is_full_the_file_or_cell_is_named_and_the_last_run_stays(committed, what):
    code, message = FULL[what]
    write(committed, code, parameters=PLAIN)

    ended = on_a_small_disk(committed / "notebooks/outputs", "with room", *command(committed, "essay"))

    assert ended.returncode == 1
    assert message in ended.stderr
    assert "the folder changed" not in ended.stderr
    assert temporary_folders(committed) == []


def test_where_no_lock_can_be_written_its_file_is_named(committed):
    locks = committed / ".cache/locks"
    locks.mkdir(parents=True)

    ended = on_a_small_disk(locks, "full", *command(committed, "essay", "--force"))

    assert ended.returncode == 1
    named = "essay: .cache/locks/essay.lock cannot be written: No space left on device"
    assert named in ended.stderr
