"""A run is put in place as a whole, wherever the process is killed."""

import subprocess
import sys

import pytest
from runner import publish

from catalog.load import ROOT
from tests.home_folders import IN_HOME_FOLDERS, OF_A_PERSON, below_root
from tests.notebooks.houses import GOOD, files, run, write

pytestmark = pytest.mark.torch

# Publishes a new run over an old one, and is killed at the n-th thing that it asks of the system, for each n.
KILLED_EVERYWHERE = """
import json, os, pathlib, shutil, signal, sys
sys.path[:0] = [{root!r}, {root!r} + "/notebooks"]
from runner import publish
from catalog import whole_folder

outputs, atomic = pathlib.Path(sys.argv[1]), sys.argv[2] == "atomic"
old, new = outputs / "essay", outputs / ".essay.made-by-runner-abc_1234" / "essay"

def before():
    shutil.rmtree(outputs, ignore_errors=True)
    old.mkdir(parents=True)
    new.mkdir(parents=True)
    for folder, word in ((old, "old"), (new, "new")):
        for name in ("run.json", f"{{word}}.svg", "notebook.ipynb"):
            (folder / name).write_text(word)

def die_at(n):
    seen = 0
    def look(event, _):
        nonlocal seen
        if event.startswith(("os.", "shutil.", "open", "ctypes.")):
            seen += 1
            if seen == n:
                os.kill(os.getpid(), signal.SIGKILL)
    sys.addaudithook(look)

if not atomic:
    whole_folder._exchange = lambda a, b: False
n, alive = 0, False
while not alive:
    n += 1
    before()
    child = os.fork()
    if child == 0:
        die_at(n)
        whole_folder.swap(new, old)
        os._exit(0)
    alive = os.waitpid(child, 0)[1] == 0
    at_once = sorted(p.read_text() for p in old.iterdir()) if old.exists() else None
    publish.clear(outputs, "essay")
    later = sorted(p.read_text() for p in old.iterdir())
    left = sorted(p.name for p in outputs.iterdir())
    print(json.dumps([at_once, later, left]))
"""


@pytest.mark.parametrize("way", ["atomic", "in two steps"])
def test_a_swap_that_is_killed_anywhere_leaves_the_old_run_or_the_new_one(tmp_path, way):
    import json

    script = KILLED_EVERYWHERE.format(root=str(ROOT))
    ended = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", script, str(tmp_path / "outputs"), way], capture_output=True, text=True
    )
    assert ended.returncode == 0, ended.stderr
    seen = [json.loads(line) for line in ended.stdout.splitlines()]
    whole = (["old"] * 3, ["new"] * 3)
    assert len(seen) > 10
    assert all(later in whole and left == ["essay"] for _, later, left in seen)
    if way == "atomic":
        assert all(at_once in whole for at_once, _, _ in seen)
    assert seen[0][1] == ["old"] * 3
    assert seen[-1][1] == ["new"] * 3


def test_a_swap_replaces_the_whole_folder(tmp_path):
    from catalog.whole_folder import swap

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

    aside = tmp_path / ".essay.put-aside-by-swap"
    aside.mkdir()
    (aside / "run.json").write_text("whole")
    (tmp_path / ".essay.made-by-runner-abc_1234").mkdir()
    clear(tmp_path, "essay")
    assert files(tmp_path) == {"essay/run.json": b"whole"}
    assert [path.name for path in tmp_path.iterdir()] == ["essay"]


@pytest.mark.parametrize("name", [".essay.backup", ".essay.old", ".essay.mybackup", ".essay.made-by-runner-notes"])
def test_a_hidden_folder_that_a_person_put_beside_a_run_is_never_removed(committed, name):
    """Neither as the leftover of an execution nor as that of a swap, whatever essay somebody runs."""
    from runner.attempt import clear, sweep
    from runner.settings import Settings

    outputs = committed / "notebooks" / "outputs"
    (outputs / name).mkdir()
    (outputs / name / "notes.txt").write_text("mine")
    (outputs / ".essay.made-by-runner-abc_1234").mkdir()

    sweep(Settings(committed))
    clear("essay", Settings(committed))

    assert sorted(path.name for path in outputs.iterdir()) == sorted([name, "essay"])
    assert (outputs / name / "notes.txt").read_text() == "mine"


LINKING = """
import os
from pathlib import Path
place = Path(os.environ["MODEL_ANSWERS_RUN"])
for name in ("run.json", "notebook.ipynb", "folder"):
    (place / name).symlink_to({outside!r})
(place / "junk").mkdir()
(place / "junk" / "more").touch()
"""


@pytest.mark.slow
def test_a_link_that_a_cell_left_is_not_followed_and_what_else_it_left_is_removed(root, capsys, tmp_path):
    outside = tmp_path / "outside"
    outside.write_text("mine")
    write(root, GOOD, LINKING.format(outside=str(outside)))

    assert run(capsys, root, "essay") == (0, "essay: done, in notebooks/outputs/essay")

    assert outside.read_text() == "mine"
    left = [*(root / "notebooks/outputs/essay").iterdir()]
    assert sorted(path.name for path in left if not path.is_symlink()) == ["notebook.ipynb", "run.json"]
    assert len(left) == 2


def test_a_folder_that_a_cell_made_is_removed_and_one_that_it_linked_stays_whole(tmp_path):
    folder, outside = tmp_path / "essay", tmp_path / "outside"
    for made in (folder / "deep/er", outside):
        made.mkdir(parents=True)
    (outside / "mine.txt").write_text("mine")
    (folder / "linked").symlink_to(outside)
    (folder / "run.json").write_text("{}")

    publish.keep(folder, {"run.json"})

    assert [path.name for path in folder.iterdir()] == ["run.json"]
    assert (outside / "mine.txt").read_text() == "mine"


SECRETS = ["hf_" + "aB3" * 9, "ghp_" + "0" * 36, "-----BEGIN OPENSSH PRIVATE KEY-----"]


@pytest.mark.parametrize("secret", SECRETS)
def test_what_looks_like_a_secret_is_not_published_and_not_repeated(tmp_path, secret):
    import json

    cell = {"cell_type": "code", "id": "c1", "source": ["print(token)"], "outputs": [{"text": [f"token {secret}"]}]}
    (tmp_path / "notebook.ipynb").write_text(json.dumps({"cells": [cell]}))
    (tmp_path / "run.json").write_text("{}")
    with pytest.raises(publish.PublishError, match=r"cell 1 \(print\(token\)\): this looks like a secret") as error:
        publish.refuse_paths(tmp_path, [])
    assert secret not in str(error.value)


@pytest.mark.parametrize("folder", IN_HOME_FOLDERS)
def test_the_home_folder_of_whomever_is_not_published(tmp_path, folder):
    import json

    cell = {"cell_type": "code", "id": "c1", "source": ["print(place)"], "outputs": [{"text": [f"'{folder}' is read"]}]}
    (tmp_path / "notebook.ipynb").write_text(json.dumps({"cells": [cell]}))
    (tmp_path / "run.json").write_text("{}")
    with pytest.raises(publish.PublishError, match=r"cell 1 \(print\(place\)\): an output names a folder"):
        publish.refuse_paths(tmp_path, [])


def test_ordinary_words_are_no_secrets(tmp_path):
    import json

    said = "sk-learn, hf_ and ghp_short; task-oriented-super-resolution-of-many-pictures; "
    said += f"https://example.org{OF_A_PERSON}x, {below_root('root-mean', 'square')}, ..{below_root('root', 'x')}, "
    said += f"a {below_root('home', '')} and nothing"
    cell = {"cell_type": "code", "id": "c1", "source": [""], "outputs": [{"text": [said]}]}
    (tmp_path / "notebook.ipynb").write_text(json.dumps({"cells": [cell]}))
    (tmp_path / "run.json").write_text("{}")
    publish.refuse_paths(tmp_path, [])
