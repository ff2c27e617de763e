"""What the Snakefile decides before Snakemake has a word, with what the profiles share; tested without Snakemake."""

import ast
import shlex
import subprocess
import sys
from types import ModuleType, SimpleNamespace

import pytest
import yaml

from catalog.load import ROOT
from tests.cluster.house import House, number

READER = 'lab.result("made_up", lab.read("maker.made_up"), "count", "A number.")\n'


@pytest.fixture
def decided(tmp_path, monkeypatch):
    """Return a repository, and a function that gives what the Snakefile has decided at its first directive."""
    house = House(tmp_path, "local")
    exceptions = ModuleType("snakemake.exceptions")
    exceptions.WorkflowError = RuntimeError
    monkeypatch.setitem(sys.modules, "snakemake", ModuleType("snakemake"))
    monkeypatch.setitem(sys.modules, "snakemake.exceptions", exceptions)
    monkeypatch.setattr(sys, "path", [*sys.path])
    file = house.root / "notebooks" / "Snakefile"

    def decide(main=True):
        known = {
            "workflow": SimpleNamespace(basedir=str(file.parent), is_main_process=main),
            "config": {"python": sys.executable},
        }
        exec(file.read_text().partition("\nworkdir:")[0], known)  # noqa: S102 (our own file)
        return known

    return house, decide


def test_what_is_stale_is_run_after_what_it_reads(decided):
    house, decide = decided
    house.write("maker", number(1))
    house.write("reader", READER)
    done = house.root / ".cache" / "cluster" / "maker.done"
    done.parent.mkdir(parents=True)
    done.touch()

    found = decide()

    assert found["TARGETS"] == {"maker", "reader"}
    assert found["READS"] == {"maker": set(), "reader": {"maker"}}
    assert not done.exists(), "a stale notebook would pass for done"
    assert decide(main=False)["TARGETS"] == set()


def test_a_notebook_that_asks_for_a_gpu_takes_any_that_is_free(decided):
    """Two that ask must not both wait for the first one."""
    _, decide = decided
    device = decide()["device"]
    assert [device(None, asked) for asked in ({"gpu": 1}, {"gpu": 0}, {})] == ["cuda", "auto", "auto"]


def test_a_check_that_breaks_is_not_taken_for_all_is_fresh(decided):
    house, decide = decided
    (house.root / "scripts" / "run_notebooks.py").write_text("import nothing_of_this_name\n")
    with pytest.raises(RuntimeError, match="No module named 'nothing_of_this_name'"):
        decide()


def test_a_file_that_belongs_to_no_run_is_said_and_stops_nothing(decided, capsys):
    house, decide = decided
    house.write("maker", number(1))
    (house.outputs / "notes.txt").write_text("mine")

    assert decide()["TARGETS"] == {"maker"}

    assert capsys.readouterr().err == "notebooks/outputs/notes.txt: this file is no run and of none; remove it\n"
    (house.root / "notebooks" / "maker.py").unlink()
    assert decide()["TARGETS"] == set(), "nothing is stale, and the check fails for the file alone"


def test_a_run_without_an_essay_is_said_and_is_no_target(decided, capsys):
    house, decide = decided
    house.write("maker", number(1))
    (house.outputs / "ghost").mkdir(parents=True)

    assert decide()["TARGETS"] == {"maker"}

    assert capsys.readouterr().err.startswith("ghost: stale: notebooks/outputs/ghost/run.json:1:1: the file is missing")


def test_a_job_finds_its_way_where_the_path_has_a_space(tmp_path):
    """Snakemake fills in the command, and quotes what it is asked to quote; the folder it starts in is not."""
    shell = (ROOT / "notebooks" / "Snakefile").read_text().partition("shell:\n")[2]
    command = "".join(map(ast.literal_eval, shell.strip().splitlines()))
    (done := tmp_path / "a folder").mkdir()
    given = {"{ROOT:q}": shlex.quote(str(done)), "{PYTHON:q}": "true", "{log:q}": "a.log", "{output:q}": "a.done"}
    for name, value in given.items():
        command = command.replace(name, value)

    ended = subprocess.run(["bash", "-euo", "pipefail", "-c", command], cwd=done, capture_output=True, text=True)

    assert (ended.returncode, ended.stderr) == (0, "")
    assert sorted(path.name for path in tmp_path.rglob("a.*")) == ["a.done", "a.log"]


def test_all_profiles_name_the_same_file_and_folder_and_go_on_after_a_failure():
    for name in ("local", "slurm", "kubernetes"):
        profile = yaml.safe_load((ROOT / "notebooks" / "profiles" / name / "config.v9+.yaml").read_text())
        assert (profile["snakefile"], profile["directory"]) == ("notebooks/Snakefile", ".cache/cluster")
        assert profile["keep-going"] is True
