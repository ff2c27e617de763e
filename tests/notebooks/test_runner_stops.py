"""However the command itself ends, runs stay whole, nothing is left running, and the next one cleans up."""

import os
import signal
import subprocess

import psutil
import pytest

from tests.notebooks.houses import (
    GOOD,
    PLAIN,
    command,
    files,
    processes_with,
    run,
    temporary_folders,
    wait_until,
    write,
)
from tests.patience import PATIENCE

pytestmark = [pytest.mark.torch, pytest.mark.slow]
STUCK = """
import subprocess, re
subprocess.Popen(["sleep", "60"], start_new_session=True)
open(r"{}", "w").close()
re.match("(a+)+b", "a" * 60)
"""


@pytest.fixture
def started(committed, monkeypatch):
    """Return a function that starts a command on a stuck essay, and its repository; the essay holds the interpreter."""
    monkeypatch.setenv("MODEL_ANSWERS_TEST", str(os.getpid()))
    runners = []

    def start(*names):
        for name in names:
            write(committed, STUCK.format(committed / f"{name}.begun"), name=name, parameters=PLAIN)
        runner = subprocess.Popen(
            command(committed, *names, "--jobs", str(len(names))), stderr=subprocess.PIPE, text=True
        )
        runners.append(runner)
        wait_until(lambda: all((committed / f"{name}.begun").exists() for name in names))
        return runner

    yield start
    for runner in runners:
        runner.kill()
        runner.wait()
        runner.stderr.close()


def ours():
    return processes_with("MODEL_ANSWERS_TEST", str(os.getpid()))


@pytest.mark.parametrize(
    ("sent", "names"),
    [(signal.SIGTERM, ["essay"]), (signal.SIGINT, ["essay", "other"]), (signal.SIGHUP, ["essay"])],
)
def test_a_signal_stops_the_runs_in_order_and_meanwhile_no_second_run_begins(committed, started, capsys, sent, names):
    before = files(committed / "notebooks/outputs")
    runner = started(*names)

    status, said = run(capsys, committed, "essay")
    runner.send_signal(sent)
    told = runner.communicate(timeout=PATIENCE)[1]

    assert status == 1
    assert said.startswith(f"essay: it is being run by process {runner.pid} on ")
    assert runner.returncode == 128 + sent
    for name in names:
        assert f"{name}: {name}.py:9: cell 3 failed (import subprocess, re): it was stopped" in told
    assert [pid for pid in ours() if pid != runner.pid] == []
    assert files(committed / "notebooks/outputs") == before
    assert temporary_folders(committed) == []


def test_after_a_kill_of_the_command_its_child_cleans_up(committed, started):
    before = files(committed / "notebooks/outputs")
    runner = started("essay")

    runner.kill()
    runner.wait()

    wait_until(lambda: ours() == [])
    wait_until(lambda: temporary_folders(committed) == [])
    wait_until(lambda: [path.name for path in (committed / "notebooks/outputs").iterdir()] == ["essay"])
    assert files(committed / "notebooks/outputs") == before


def test_after_a_kill_of_the_command_behind_the_last_cell_nothing_is_left(committed, monkeypatch):
    monkeypatch.setenv("MODEL_ANSWERS_TEST", str(os.getpid()))
    write(committed, f'open(r"{committed / "ended"}", "w").close()\n', parameters=PLAIN)
    with subprocess.Popen(command(committed, "essay"), stderr=subprocess.DEVNULL) as runner:
        wait_until(lambda: (committed / "ended").exists())
        runner.kill()
    wait_until(lambda: ours() == [])
    assert temporary_folders(committed) == []
    assert [path.name for path in (committed / "notebooks/outputs").iterdir()] == ["essay"]


def test_what_fled_from_a_child_that_a_cell_killed_is_ended_too(root, capsys):
    fled = 'subprocess.Popen(["sleep", "60"], start_new_session=True, env={"ADOPTED": "ADOPTED_MARK"})\n'
    write(root, f"import os, subprocess, time\n{fled}os.kill(os.getppid(), 9)\ntime.sleep(60)\n", parameters=PLAIN)

    assert run(capsys, root, "essay") == (
        1,
        "essay: essay.py:9: cell 3 failed (import os, subprocess, time): the runner died",
    )

    assert processes_with("ADOPTED", "ADOPTED_MARK") == []
    assert temporary_folders(root) == []


def test_a_run_of_another_notebook_cleans_up_after_a_kill_of_all_but_not_what_somebody_runs(committed, started, capsys):
    killed, running = started("essay"), started("running")
    child = psutil.Process(killed.pid).children()[0]
    killed.kill()
    child.kill()
    killed.wait()
    assert len(temporary_folders(committed)) == 2
    write(committed, GOOD, name="third")

    assert run(capsys, committed, "third") == (0, "third: done, in notebooks/outputs/third")

    assert running.poll() is None
    assert len(temporary_folders(committed)) == 1
    left = [path.name for path in (committed / "notebooks/outputs").iterdir()]
    assert sorted(name for name in left if not name.startswith(".running.")) == ["essay", "third"]


def test_after_a_kill_of_the_command_and_its_child_the_next_run_cleans_up(committed, started, capsys):
    before = files(committed / "notebooks/outputs/essay")
    runner = started("essay")
    child = psutil.Process(runner.pid).children()[0]

    runner.kill()
    child.kill()
    runner.wait()

    assert files(committed / "notebooks/outputs/essay") == before
    assert ours() != [], "the kernel holds the interpreter and cannot notice"
    write(committed, GOOD)
    assert run(capsys, committed, "essay", "--force") == (0, "essay: done, in notebooks/outputs/essay")
    assert ours() == []
    assert temporary_folders(committed) == []
    assert [path.name for path in (committed / "notebooks/outputs").iterdir()] == ["essay"]
