"""The same pages, as files for another site generator."""

import subprocess
import sys

import pytest

from catalog.problems import CatalogError, Problem
from hooks import site_content
from hooks.pages import Page
from hooks.written_pages import written_uri
from scripts import write_pages
from tests.built_site import ROOT


@pytest.fixture(scope="module")
def content():
    return site_content.read(ROOT, ROOT / "docs")


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pages") / "new"
    assert write_pages.main([str(folder)]) == 0
    return folder


def test_every_page_is_written_whole(written, content):
    assert content.pages
    for page in content.pages:
        text = (written / written_uri(page.uri)).read_text(encoding="utf-8")
        assert text.startswith("---\ntitle: ")
        assert page.html.strip().splitlines()[0] in text


def test_files_of_runs_styles_and_scripts_are_beside_them(written, content):
    assert content.assets
    for asset in content.assets:
        assert (written / asset.uri).read_bytes() == asset.read()
    assert (written / "assets" / "model-answers.css").is_file()


def run(folder):
    command = [sys.executable, "-m", "scripts.write_pages", str(folder)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def test_a_folder_that_holds_something_else_is_left_alone(tmp_path):
    (tmp_path / "letter.txt").touch()

    done = run(tmp_path)

    assert done.returncode == 2
    assert "is not empty and was not written by this command (it holds letter.txt)" in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]


def test_a_file_is_left_alone(tmp_path):
    (tmp_path / "letter.txt").touch()

    done = run(tmp_path / "letter.txt")

    assert done.returncode == 2
    assert "is no folder" in done.stderr


def test_a_folder_that_was_written_before_is_replaced_whole(monkeypatch, tmp_path):
    folder = tmp_path / "pages"
    write_small(monkeypatch, folder, "old")
    (folder / "questions").mkdir()
    (folder / "questions" / "gone.md").touch()

    write_small(monkeypatch, folder, "new")

    assert "new" in (folder / "index.md").read_text(encoding="utf-8")
    assert not (folder / "questions").exists()
    assert [path.name for path in tmp_path.iterdir()] == ["pages"]


def test_a_catalog_with_problems_leaves_what_was_written_before(monkeypatch, tmp_path, capsys):
    folder = tmp_path / "pages"
    write_small(monkeypatch, folder, "old")

    def broken(*_):
        raise CatalogError([Problem("catalog/papers/a.yml", 1, 1, "title", "is wrong")])

    monkeypatch.setattr(site_content, "read", broken)

    assert write_pages.main([str(folder)]) == 1
    assert capsys.readouterr().err.endswith("\n1 error; nothing was written.\n")
    assert "old" in (folder / "index.md").read_text(encoding="utf-8")


def write_small(monkeypatch, folder, text):
    page = Page("index.md", text, "", f"<h1>{text}</h1>", nav="")
    monkeypatch.setattr(site_content, "read", lambda *_: site_content.Content([page]))
    assert write_pages.main([str(folder)]) == 0
