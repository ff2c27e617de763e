"""A file is replaced as a whole, and whatever goes wrong the old one stays and nothing else."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from catalog.load import ROOT
from catalog.whole_file import write_whole


@pytest.fixture
def path(tmp_path):
    (tmp_path / "run.json").write_bytes(b"old")
    return tmp_path / "run.json"


def listing(path):
    return [found.name for found in path.parent.iterdir()]


@pytest.mark.parametrize("data", [b"new \xc3\xa9\r\n", "new \u00e9\r\n"])
def test_bytes_and_text_are_written_as_they_are(path, data):
    write_whole(path, data)

    assert path.read_bytes() == b"new \xc3\xa9\r\n"
    assert listing(path) == ["run.json"]


def test_a_file_that_is_not_there_yet_is_made(tmp_path):
    write_whole(tmp_path / "new", "text")

    assert (tmp_path / "new").read_text() == "text"


@pytest.mark.parametrize(("where", "step"), [(os, "fsync"), (Path, "replace")])
def test_where_the_system_refuses_the_old_file_stays_alone(path, where, step, monkeypatch):
    def refuse(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(where, step, refuse)
    with pytest.raises(OSError, match="No space left"):
        write_whole(path, "new")

    assert path.read_bytes() == b"old"
    assert listing(path) == ["run.json"]


def test_the_old_file_is_whole_until_the_new_one_is(path, monkeypatch):
    seen = []
    replace = Path.replace
    monkeypatch.setattr(Path, "replace", lambda *paths: (seen.append(path.read_bytes()), replace(*paths)))
    write_whole(path, "new")

    assert seen == [b"old"]
    assert path.read_bytes() == b"new"


def test_the_new_file_is_on_the_disk_before_it_takes_the_place_of_the_old_one(path, monkeypatch):
    """After a loss of power there must be no empty file of that name."""
    done = []
    replace, fsync = Path.replace, os.fsync
    monkeypatch.setattr(Path, "replace", lambda *paths: (done.append("replaced"), replace(*paths)))
    monkeypatch.setattr(os, "fsync", lambda number: (done.append(os.fstat(number).st_size), fsync(number)))
    write_whole(path, "four")

    assert done == [4, "replaced"]


KILLED = """
import os, pathlib, signal, sys
from catalog.load import ROOT
from catalog.whole_file import write_whole
pathlib.Path.replace = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
write_whole(pathlib.Path(sys.argv[1]), "new")
"""


def test_what_a_killed_process_left_is_gone_when_the_file_is_written_next_and_what_others_write_stays(path):
    killed = subprocess.Popen([sys.executable, "-c", KILLED, str(path)], cwd=ROOT)
    killed.wait()
    assert f".run.json.{killed.pid}" in listing(path)
    others = [".run.json.1", ".other.json.999999999", ".run.json.old"]
    for name in others:
        (path.parent / name).touch()

    write_whole(path, "new")

    assert sorted(listing(path)) == sorted(["run.json", *others])


def test_two_processes_write_beside_each_other(path, monkeypatch):
    """While one is about to put its file in its place, another does all of it."""
    replace = Path.replace

    def meanwhile(*paths):
        monkeypatch.setattr(Path, "replace", replace)
        monkeypatch.setattr(os, "getpid", lambda: -1)
        write_whole(path, "theirs")
        assert path.read_bytes() == b"theirs"
        return replace(*paths)

    monkeypatch.setattr(Path, "replace", meanwhile)
    write_whole(path, "ours")

    assert path.read_bytes() == b"ours"
    assert listing(path) == ["run.json"]
