"""A folder is replaced as a whole, and whatever goes wrong the old one stays or comes back."""

import errno
import os
from pathlib import Path

import pytest

from catalog import whole_folder
from catalog.whole_folder import FolderError, bring_back, replaced, swap


def folder(path, text):
    path.mkdir()
    (path / "page").write_text(text)
    return path


def listing(path):
    return sorted(found.name for found in path.iterdir())


@pytest.fixture
def old(tmp_path):
    return folder(tmp_path / "site [2]", "old")


@pytest.fixture
def new(tmp_path):
    return folder(tmp_path / "new", "new")


def answering(monkeypatch, number):
    """Let the system's exchange of two folders fail with an error number."""

    class System:
        @staticmethod
        def renameat2(*_):
            whole_folder.ctypes.set_errno(number)
            return -1

    monkeypatch.setattr(whole_folder.ctypes, "CDLL", lambda *_, **__: System)


@pytest.mark.parametrize("number", [errno.EINVAL, errno.ENOSYS, errno.ENOTSUP])
def test_a_system_that_knows_no_exchange_replaces_in_two_steps(old, new, monkeypatch, number):
    answering(monkeypatch, number)
    swap(new, old)
    assert (old / "page").read_text() == "new"
    assert listing(old.parent) == [old.name]


@pytest.mark.parametrize("number", [errno.EIO, errno.ENOSPC, errno.EXDEV, errno.EACCES])
def test_a_system_that_refuses_the_exchange_is_told_by_its_reason(old, new, monkeypatch, number):
    answering(monkeypatch, number)
    with pytest.raises(OSError, match="site") as refused:
        swap(new, old)
    assert refused.value.errno == number
    assert (old / "page").read_text() == "old"
    assert listing(old.parent) == ["new", old.name]


def test_where_the_second_of_two_steps_fails_the_first_is_taken_back(old, new, monkeypatch):
    answering(monkeypatch, errno.ENOSYS)
    rename = Path.rename

    def full(self, target):
        if self == new:
            raise OSError(errno.ENOSPC, "No space left on device")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", full)
    with pytest.raises(OSError, match="No space left"):
        swap(new, old)
    assert (old / "page").read_text() == "old"
    assert listing(old.parent) == ["new", old.name]


def test_a_refusal_of_the_system_is_one_sentence_for_who_builds(old, monkeypatch):
    answering(monkeypatch, errno.EIO)
    with pytest.raises(FolderError, match=r"site \[2\]: Input/output error"), replaced(old) as new:
        folder(new, "new")
    assert (old / "page").read_text() == "old"
    assert listing(old.parent) == [old.name]


def test_all_files_and_folders_are_on_the_disk_before_the_swap_and_the_swap_after_it(old, new, monkeypatch):
    (new / "deep").mkdir()
    (new / "deep" / "down").touch()
    (new / "link").symlink_to("/nowhere")
    seen = []
    monkeypatch.setattr(os, "fsync", lambda number: seen.append(Path(f"/proc/self/fd/{number}").readlink()))
    swap(new, old)
    assert set(seen[:-1]) == {new, new / "page", new / "deep", new / "deep" / "down"}
    assert seen[-1] == old.parent


def test_a_folder_that_a_killed_swap_left_aside_comes_back_even_if_the_next_build_fails(old):
    old.rename(old.with_name(f".{old.name}.put-aside-by-swap"))
    with pytest.raises(ZeroDivisionError), replaced(old):
        raise ZeroDivisionError
    assert (old / "page").read_text() == "old"
    assert listing(old.parent) == [old.name]


def test_what_a_swap_left_that_was_killed_at_its_end_is_removed(old):
    folder(old.with_name(f".{old.name}.put-aside-by-swap"), "older")
    bring_back(old)
    assert (old / "page").read_text() == "old"
    assert listing(old.parent) == [old.name]


def test_only_what_killed_builds_left_is_removed(old):
    for name in (f"{old.name}.tmp-77", f"{old.name}.tmp-notes", "site 2.tmp-77"):
        folder(old.with_name(name), "x")
    with replaced(old) as new:
        folder(new, "new")
    assert listing(old.parent) == ["site 2.tmp-77", old.name, f"{old.name}.tmp-notes"]


def test_a_second_build_is_told_which_process_is_at_the_first(old):
    with replaced(old) as new:
        folder(new, "new")
        with pytest.raises(FolderError, match=rf"another build .* \(process {os.getpid()} on "), replaced(old):
            pytest.fail("nobody else may")
    assert (old / "page").read_text() == "new"
