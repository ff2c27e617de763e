"""Packages are installed when what is pinned reads otherwise, and only then; people are told that it takes a while."""

import os
import re
import shutil
import subprocess

import pytest

from catalog.load import ROOT

PYTHON = """#!/bin/sh
# stands for Python: makes an environment, and notes what it was asked for
echo "$*" >> log
if [ "$2" = venv ]; then mkdir -p "$3/bin" && cp python "$3/bin/python"; fi
"""


@pytest.fixture
def project(tmp_path):
    """Return a folder with the Makefile and what it installs from."""
    for name in ("Makefile", "pyproject.toml", *(path.name for path in ROOT.glob("requirements*.txt"))):
        shutil.copy(ROOT / name, tmp_path / name)
    python = tmp_path / "python"
    python.write_text(PYTHON, "utf-8")
    python.chmod(0o755)
    return tmp_path


def make(project, target="site"):
    """Run make; return what it printed, and what Python was asked for."""
    (project / "log").write_text("", "utf-8")
    command = ["make", target, "PYTHON=./python"]
    alone = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))}
    done = subprocess.run(command, cwd=project, env=alone, capture_output=True, text=True, check=True)
    return done.stdout, (project / "log").read_text("utf-8")


def later(path):
    """Let a file look as if a checkout had just written it."""
    os.utime(path, (path.stat().st_atime + 3600, path.stat().st_mtime + 3600))


def test_the_first_time_says_that_it_takes_a_while_before_it_does(project):
    said, asked = make(project)

    assert re.match(r"Installing the packages of the site into \.venv; this takes", said)
    assert "pip install" in asked


def test_nothing_is_installed_again_because_a_checkout_wrote_the_same_pins(project):
    make(project, "runs")
    for name in ("requirements.txt", "requirements-notebooks.txt", "pyproject.toml"):
        later(project / name)

    said, asked = make(project, "runs")

    assert "pip install" not in asked
    assert "Installing" not in said


OTHER_PINS = [("requirements.txt", "jinja2==", "jinja2==0"), ("pyproject.toml", "torch==", "torch==9")]


@pytest.mark.parametrize(("file", "old", "new"), OTHER_PINS)
def test_other_pins_are_installed_although_their_file_is_older_than_the_packages(project, file, old, new):
    make(project, "runs")
    path = project / file
    path.write_text(path.read_text("utf-8").replace(old, new, 1), "utf-8")
    os.utime(path, (0, 0))

    assert "pip install" in make(project, "runs")[1]


def test_the_site_is_checked_once(project):
    assert re.findall(r"-m scripts\.\w+", make(project)[1]) == ["-m scripts.build_site"]
