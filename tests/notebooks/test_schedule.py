"""Runs are made in the order in which they read each other, side by side, one to a GPU."""

import threading

import pytest

from tests.patience import PATIENCE

pytestmark = pytest.mark.torch


def carry_out(ids, make, reads=None, needed=lambda _: True, **settings):
    from runner.schedule import Plan, Schedule

    stopping = settings.pop("stopping", threading.Event())
    return Schedule(Plan(ids, reads or {}, **settings), needed, make, stopping).carry_out()


def test_what_is_read_is_made_first_however_many_run_side_by_side():
    made = []

    def make(name):
        made.append(name)
        return True

    report = carry_out(["a", "b", "c"], make, {"a": {"b"}, "b": {"c"}}, jobs=3)
    assert (made, report.done) == (["c", "b", "a"], ["c", "b", "a"])


def test_whether_a_run_is_needed_is_asked_after_what_it_reads_was_made():
    made = []
    report = carry_out(
        ["reader", "read"],
        lambda name: not made.append(name),
        {"reader": {"read"}},
        needed=lambda name: name == "read" or "read" in made,
    )
    assert report.done == ["read", "reader"]


def test_essays_that_read_each_other_in_a_circle_are_made_all_the_same():
    assert sorted(carry_out(["a", "b"], lambda _: True, {"a": {"b"}, "b": {"a"}}).done) == ["a", "b"]


def test_the_first_failure_begins_no_more_and_keep_going_does():
    first = carry_out(["a", "b"], lambda name: name != "a")
    assert (first.failed, first.done, first.left) == (["a"], [], ["b"])
    on = carry_out(["a", "b"], lambda name: name != "a", keep_going=True)
    assert (on.failed, on.done, on.left) == (["a"], ["b"], [])


def test_as_many_run_side_by_side_as_was_asked():
    together = threading.Barrier(3, timeout=PATIENCE)
    assert len(carry_out(["a", "b", "c"], lambda _: together.wait() >= 0, jobs=3).done) == 3


def test_nothing_begins_when_somebody_wants_to_stop_and_all_are_left():
    stopping = threading.Event()
    stopping.set()
    assert carry_out(["a", "b"], lambda _: True, stopping=stopping).left == ["a", "b"]


def test_what_would_not_end_in_time_is_left_and_so_is_what_reads_it():
    takes = {"slow": 1e6}
    made = []
    report = carry_out(
        ["reader", "slow", "quick"],
        lambda name: not made.append(name),
        {"reader": {"slow"}},
        budget=1e5,
        takes=lambda name: takes.get(name, 0.0),
    )
    assert (made, report.done, sorted(report.left)) == (["quick"], ["quick"], ["reader", "slow"])


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ('import lab\nx = lab.read("ips.share") + lab.read("mbpu.time")', {"ips", "mbpu"}),
        ('from lab import read\nx = read("ips.share")', {"ips"}),
        ('from lab.record import read as shown\nx = shown("ips.share")', {"ips"}),
        ('from lab import record\nx = record.read("ips.share")', {"ips"}),
        ('import lab as us\nx = us.read("ips.share")', {"ips"}),
        ('x = open("z").read("ips.share") + archive.read("mbpu")\ndef read(name): ...\nread("deepart")', set()),
        ("x = = 3", set()),
    ],
)
def test_what_an_essay_reads_is_found_in_its_text_and_what_reads_a_file_is_none_of_it(tmp_path, text, read):
    from runner.essay import reads_of

    essay = tmp_path / "essay.py"
    essay.write_text(text + "\n")
    assert reads_of(essay) == read


def test_a_log_has_a_line_for_each_cell_of_code_and_a_terminal_a_bar(capsys):
    import io

    from rich.console import Console
    from rich.progress import Progress as Drawn
    from rich.progress import TextColumn
    from runner.display import Bars, Lines
    from runner.essay import Cell
    from runner.supervise import Progress

    cells = [Cell(1, True, (), "Prose."), Cell(4, False, (), "x = [bold]"), Cell(9, False, (), "y = 2")]
    heard = [Progress(3, cell, cell - 1) for cell in (-1, 0, 1, 1, 2)]
    with Lines().notebook("ips", cells) as show:
        for each in heard:
            show(each)
    first, second = capsys.readouterr().err.splitlines()
    assert first.startswith("ips: running cell 2 of 3 (line 4: x = [bold]), after ")
    assert second.startswith("ips: running cell 3 of 3 (line 9: y = 2), after ")

    console = Console(file=io.StringIO(), force_terminal=True, width=120)
    at = TextColumn("{task.description} {task.completed} of {task.total} {task.fields[at]}", markup=False)
    with Drawn(at, console=console) as bars:
        with Bars(console, bars).notebook("ips", cells) as show:
            show(heard[3])
            bars.refresh()
        assert bars.tasks == []
    assert "ips 1 of 3 x = [bold]" in console.file.getvalue()


def test_the_seed_is_a_whole_number():
    from runner.essay import seed_of

    assert (seed_of("seed = 7\n"), seed_of("seed: int = 7\n"), seed_of("x = 1\n")) == (7, 7, 0)
    with pytest.raises(ValueError, match="line 2: the seed is no whole number"):
        seed_of("x = 1\nseed = None\n")
    with pytest.raises(ValueError, match="line 1: the seed is no whole number"):
        seed_of("seed: int\n")


UNSEEDED = {
    "seed = 7\n": "line 1: nothing is seeded with this number; ",
    "x = 1\n": "its parameters set no seed; write seed = 7, say; ",
    "seed = 7\nx = 1\nplaces.seed_everything(3)\n": "line 3: it is seeded otherwise than by its parameter seed; ",
    "seed = 7\nplaces.seed_everything()\n": "line 2: it is seeded otherwise than by its parameter seed; ",
    "seed = 7\nplaces.seed_everything\n": "line 1: nothing is seeded with this number; ",
}
SEEDED = (
    "seed = 7\nplaces.seed_everything(seed)\n",
    "seed = 7\nif seed:\n    lab.device.seed_everything(seed=seed)\n",
    "from lab.device import seed_everything as sow\nseed = 7\nsow(seed)\n",
)


@pytest.mark.parametrize("text", [*UNSEEDED, *SEEDED])
def test_an_essay_that_draws_from_no_seed_is_told_with_the_line(text):
    from runner.essay import not_seeded

    call = "call places.seed_everything(seed) before anything is drawn by chance, where places is lab.device"
    assert not_seeded(text) == ([UNSEEDED[text] + call] if text in UNSEEDED else [])


def test_two_runs_get_two_gpus_and_a_third_waits(monkeypatch, tmp_path):
    from runner import gpus

    monkeypatch.setattr(gpus.tempfile, "gettempdir", lambda: str(tmp_path))
    told, stopping = [], threading.Event()

    def give_up(text):
        told.append(text)
        stopping.set()

    with gpus.one_of(["0", "1"], stopping, told.append) as a, gpus.one_of(["0", "1"], stopping, told.append) as b:
        assert (a, b, told) == ("0", "1", [])
        with pytest.raises(gpus.GivenUpError), gpus.one_of(["0", "1"], stopping, give_up):
            pytest.fail("there is no third")
    assert told == ["waits for a GPU; 0 and 1 are in use"]
    with gpus.one_of(["0", "1"], threading.Event(), told.append) as free:
        assert free == "0"


def test_the_first_gpu_of_another_job_of_slurm_is_another_gpu(monkeypatch, tmp_path):
    from runner import gpus

    monkeypatch.setattr(gpus.tempfile, "gettempdir", lambda: str(tmp_path))
    monkeypatch.setenv("SLURM_JOB_ID", "7")
    with gpus.one_of(["0"], threading.Event(), pytest.fail):
        monkeypatch.setenv("SLURM_JOB_ID", "8")
        with gpus.one_of(["0"], threading.Event(), pytest.fail) as free:
            assert free == "0"


@pytest.mark.parametrize(
    ("device", "there", "wanted"),
    [
        ("cpu", ("0", "1"), ()),
        ("auto", (), ()),
        ("auto", ("0", "1"), ("0", "1")),
        ("cuda", ("0", "1"), ("0", "1")),
        ("cuda:1", ("4", "7"), ("7",)),
        ("cuda:1", (), ("1",)),
    ],
)
def test_a_device_names_the_gpus_that_would_do(device, there, wanted):
    from runner.gpus import choices

    assert choices(device, there) == wanted


@pytest.mark.parametrize(
    ("torch_says", "given"),
    [
        ("print('none', 0)", {"MODEL_ANSWERS_DEVICE": "auto"}),
        ("print('12.8', 0)", {"MODEL_ANSWERS_DEVICE": "auto"}),
        ("raise ImportError('no torch')", {"MODEL_ANSWERS_DEVICE": "auto"}),
        ("print('12.8', 2)", {"MODEL_ANSWERS_DEVICE": "auto", "CUDA_VISIBLE_DEVICES": "1"}),
    ],
)
def test_auto_waits_for_a_gpu_only_where_torch_can_use_one(monkeypatch, tmp_path, torch_says, given):
    from runner import attempt, gpus

    monkeypatch.setattr(gpus.tempfile, "gettempdir", lambda: str(tmp_path))
    monkeypatch.setattr(gpus, "ASK", torch_says)
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "0,1")
    with (
        gpus.one_of(["0"], threading.Event(), pytest.fail),
        attempt.gpu("essay", "auto", None, threading.Event()) as found,
    ):
        assert found == given


def test_a_gpu_that_is_not_there_is_told():
    from runner.gpus import choices

    with pytest.raises(ValueError, match="there is no GPU 2; this machine has 1, counted from 0"):
        choices("cuda:2", ("0",))


def test_a_lock_tells_who_has_it_and_ends_with_its_holder(tmp_path):
    import os

    from catalog.lock import HeldError, held

    with (
        held(tmp_path / "a.lock"),
        pytest.raises(HeldError, match=f"process {os.getpid()} on "),
        held(tmp_path / "a.lock"),
    ):
        pytest.fail("nobody else may have it")
    with held(tmp_path / "a.lock"):
        assert (tmp_path / "a.lock").read_text().startswith(str(os.getpid()))
