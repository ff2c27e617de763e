"""The command that checks the catalog says everything that is wrong, from wherever it is started."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from catalog.load import ROOT
from scripts import export_prompt, import_prompt, propose_workflow
from scripts.check_catalog import main

BASE = ROOT / "tests" / "catalog" / "base"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return shutil.copytree(BASE, tmp_path / "repository")


def test_a_valid_catalog_gives_a_summary_and_exit_status_0(root: Path, capsys: pytest.CaptureFixture):
    assert main([str(root)]) == 0
    assert capsys.readouterr().out == "no errors and no notices in 5 records\n"


def test_asked_for_more_it_says_first_how_long_each_answer_is_and_may_be(root: Path, capsys: pytest.CaptureFixture):
    assert main([str(root), "--verbose"]) == 0

    *lengths, summary = capsys.readouterr().out.splitlines()
    (length,) = lengths
    said = re.fullmatch(
        r"catalog/questions/(\S+)\.md: 250 to 600 words in the three parts"
        r" \(it has (\d+): task (\d+), workflow (\d+), sources (\d+)\)",
        length,
    )
    assert int(said[2]) == sum(map(int, said.groups()[2:])) > 0
    assert summary == "no errors and no notices in 5 records"


def test_an_error_gives_exit_status_1_and_the_problems_come_before_the_summary(root: Path, capsys):
    (root / "catalog/papers/quiet-strokes.yml").write_text("title: 5\n")
    (root / "catalog/models/Steadier.yml").write_text("")

    assert main([str(root)]) == 1

    lines = capsys.readouterr().out.splitlines()
    assert [line.split(":")[0] for line in lines[:-1]] == [
        "catalog/models/Steadier.yml",
        "catalog/papers/quiet-strokes.yml",
        "catalog/papers/quiet-strokes.yml",
    ]
    assert lines[-1] == "3 errors and no notices in 5 records"


def test_errors_and_notices_stand_in_the_order_of_files_and_lines(root: Path, capsys: pytest.CaptureFixture):
    with (root / "notebooks/small-text.py").open("a") as essay:
        essay.write("loss = 1\n")
    (root / "catalog/papers/zoo.yml").write_text("title: 5\n")
    (root / "notebooks/outputs/zoo").mkdir()

    assert main([str(root)]) == 1

    lines = capsys.readouterr().out.splitlines()
    assert [line.split(":")[0] for line in lines[:-1]] == sorted(line.split(":")[0] for line in lines[:-1])
    assert [": notice: " in line for line in lines[:-1]] == [False, False, True, False]
    assert lines[-1] == "3 errors and 1 notice in 6 records"


def test_a_notice_is_printed_and_changes_no_exit_status(root: Path, capsys: pytest.CaptureFixture):
    with (root / "notebooks/small-text.py").open("a") as essay:
        essay.write("loss = 1\n")

    assert main([str(root)]) == 0

    lines = capsys.readouterr().out.splitlines()
    assert ": notice: " in lines[0]
    assert lines[-1] == "no errors and 1 notice in 5 records"


def test_a_folder_without_a_catalog_is_told_so(tmp_path: Path, capsys: pytest.CaptureFixture):
    (tmp_path / "file").touch()
    for name in ("nothing", "file"):
        assert main([str(tmp_path / name)]) == 1
        assert capsys.readouterr().err.startswith(f"{tmp_path / name} is no folder; ")

    assert main([str(tmp_path)]) == 1
    printed = capsys.readouterr()
    assert (printed.out, printed.err.count("\n")) == ("", 1)
    assert printed.err.startswith(f"{tmp_path} holds no catalog/; ")


def test_a_catalog_without_its_vocabulary_is_told_so_at_that_file(root: Path, capsys: pytest.CaptureFixture):
    (root / "catalog/vocabulary.yml").unlink()

    assert main([str(root)]) == 1
    assert "catalog/vocabulary.yml:1:1: cannot be read" in capsys.readouterr().out


@pytest.mark.parametrize("command", [import_prompt, export_prompt, propose_workflow])
def test_the_other_commands_tell_of_a_folder_without_a_catalog_in_the_same_words(command, tmp_path: Path, capsys):
    assert main([str(tmp_path)]) == 1
    told = capsys.readouterr().err

    assert command.main(["small-text", "--root", str(tmp_path)]) == 1
    assert capsys.readouterr().err == told


def run(*arguments: str | Path, folder: Path) -> subprocess.CompletedProcess:
    return subprocess.run([sys.executable, *arguments], cwd=folder, capture_output=True, text=True, check=False)


def test_it_runs_from_any_folder_with_a_path_relative_to_it(root: Path):
    done = run(ROOT / "scripts" / "check_catalog.py", "repository", folder=root.parent)

    assert (done.returncode, done.stdout) == (0, "no errors and no notices in 5 records\n")


def test_the_catalog_of_this_repository_has_no_error(capsys: pytest.CaptureFixture):
    assert main([]) == 0, capsys.readouterr().out


@pytest.mark.parametrize("old", ["  psnr: {title", "metrics:\n"])
def test_a_vocabulary_that_lost_a_word_lets_other_rules_wait_and_the_summary_says_so(root: Path, capsys, old):
    file = root / "catalog/vocabulary.yml"
    file.write_text(file.read_text(encoding="utf-8").replace(old, old.replace(":", "", 1)), encoding="utf-8")

    assert main([str(root)]) == 1

    summary = capsys.readouterr().out.splitlines()[-1]
    waiting = "rules between records wait until catalog/vocabulary.yml can be read with all its words"
    assert summary.endswith(f"in the catalog; {waiting}")
