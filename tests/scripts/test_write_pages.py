"""The same pages, as files for another site generator."""

import subprocess
import sys

import pytest

from hooks import site_content
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
    for page in content.pages:
        text = (written / written_uri(page.uri)).read_text(encoding="utf-8")
        assert text.startswith("---\ntitle: ")
        assert page.html.strip().splitlines()[0] in text


def test_files_of_runs_styles_and_scripts_are_beside_them(written, content):
    for asset in content.assets:
        assert (written / asset.uri).read_bytes() == asset.path.read_bytes()
    assert (written / "assets" / "model-answers.css").is_file()


def test_a_folder_that_holds_something_is_left_alone(tmp_path):
    (tmp_path / "letter.txt").touch()

    command = [sys.executable, "-m", "scripts.write_pages", str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    assert done.returncode == 2
    assert "is not empty" in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]
