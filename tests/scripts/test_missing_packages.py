"""Where a package is not installed, every command ends with one sentence that says how to get it."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from catalog import packages
from tests.built_site import ROOT

COMMANDS = {
    f"scripts.{path.stem}" for path in (ROOT / "scripts").glob("*.py") if "__main__" in path.read_text(encoding="utf-8")
}
NEEDED = {  # what each command is given
    "scripts.export_prompt": ["fine-text-2x"],
    "scripts.import_prompt": ["tests/prompts/000.txt"],
    "scripts.new_record": ["paper", "never-written"],
    "scripts.propose_workflow": ["fine-text-2x"],
    "scripts.run_notebooks": ["--check"],
    "scripts.train_weights": ["anything"],
    "scripts.write_pages": ["never-written"],
}


@pytest.mark.parametrize("name", [*sorted(COMMANDS), "tests.bench", "tests.bench.peer"])
def test_without_any_package_a_command_ends_with_one_sentence(name):
    """`-S` leaves out the packages of the environment."""
    command = [sys.executable, "-S", "-m", name, *NEEDED.get(name, [])]

    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    assert done.returncode == 1
    assert re.fullmatch(r'The Python package ".+" is not installed; .*run: pip install .*\n', done.stderr)


def test_a_command_that_is_started_as_a_file_says_so_too(tmp_path: Path):
    command = [sys.executable, "-S", "-I", ROOT / "scripts" / "check_catalog.py"]

    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)

    assert done.returncode == 1
    assert re.fullmatch(r'The Python package ".+" is not installed; .*run: pip install .*\n', done.stderr)


NOTEBOOKS = "pip install --no-deps -r requirements-notebooks.txt && pip install --no-deps torch=="


@pytest.mark.parametrize(
    ("module", "package", "command"),
    [
        ("yaml", "PyYAML", "pip install -r requirements.txt"),
        ("pydantic_core.x", "pydantic-core", "pip install -r requirements.txt"),
        ("nbclient", "nbclient", NOTEBOOKS),
        ("torch.nn", "torch", NOTEBOOKS),
        ("pytest", "pytest", "pip install -r requirements-test.txt"),
    ],
)
def test_a_package_is_named_as_it_is_installed(module, package, command, monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    monkeypatch.setattr(sys, "prefix", "/somewhere/else")

    said = packages.sentence(ModuleNotFoundError(name=module))

    assert said.startswith(f'The Python package "{package}" is not installed; ')
    assert f"run: {command}" in said


@pytest.mark.parametrize("module", ["catalog.nothing", "yaml.nothing"])
def test_a_module_that_is_missing_in_a_package_that_is_there_is_a_mistake_of_ours(module):
    assert packages.sentence(ModuleNotFoundError(name=module)) == ""


@pytest.mark.parametrize(("prefix", "typed"), [(".venv", ".venv/bin/python"), ("elsewhere", "python")])
def test_a_command_is_named_with_the_python_that_has_its_packages(prefix, typed, monkeypatch, tmp_path):
    (tmp_path / ".venv/bin").mkdir(parents=True)
    (tmp_path / ".venv/bin/python").touch()
    monkeypatch.setattr(packages, "ROOT", tmp_path)
    monkeypatch.setattr(sys, "prefix", str(tmp_path / prefix))

    assert packages.how_to_start_python() == typed


def test_who_has_an_environment_and_does_not_use_it_is_told_so(monkeypatch, tmp_path):
    (tmp_path / ".venv/bin").mkdir(parents=True)
    (tmp_path / ".venv/bin/python").touch()
    for name in ("pyproject.toml", "requirements.txt"):
        (tmp_path / name).write_bytes((ROOT / name).read_bytes())
    monkeypatch.setattr(packages, "ROOT", tmp_path)

    assert "type .venv/bin/python in place of python, or run: " in packages.not_installed("PyYAML")

    monkeypatch.setattr(sys, "prefix", str(tmp_path / ".venv"))
    assert packages.not_installed("PyYAML").endswith("run: .venv/bin/python -m pip install -r requirements.txt")


def test_a_requirement_may_be_spelled_in_every_way(monkeypatch, tmp_path):
    lines = '"pytest~=9", "PyYAML[x] >= 1", "nh3; python_version > \'3\'", {include-group = "test"}, "not.there!=1"'
    (tmp_path / "pyproject.toml").write_text(f"[dependency-groups]\nsite = [{lines}]\n[x]\ny = 'torch==2.13.0'\n")
    for name in ("requirements.txt", "requirements-test.txt"):
        (tmp_path / name).touch()
    monkeypatch.setattr(packages, "ROOT", tmp_path)

    assert packages.missing_for_the_site().startswith('The Python package "not.there" is not installed; ')
