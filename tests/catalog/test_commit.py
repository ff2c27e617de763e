"""A run names the commit that its code belongs to, and whether the code was edited since."""

import subprocess

import pytest

from catalog.commit import commit


@pytest.fixture
def root(tmp_path):
    """Return a repository with one commit."""
    for name in (
        "notebooks/essay.py",
        "notebooks/outputs/essay/run.json",
        "notebooks/weights/net.json",
        "docs/page.md",
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("x = 1\n")
    who = ["-c", "user.name=A", "-c", "user.email=a@example.org"]
    for arguments in (["init", "-q"], ["add", "."], [*who, "commit", "-q", "-m", "First."]):
        subprocess.run(["git", *arguments], cwd=tmp_path, check=True)
    return tmp_path


@pytest.mark.parametrize(
    ("edited", "dirty"),
    [
        ([], False),
        (["notebooks/outputs/essay/run.json", "docs/page.md"], False),
        (["notebooks/weights/net.json", "notebooks/weights/new.json"], False),
        (["notebooks/essay.py"], True),
        (["notebooks/models.py"], True),
    ],
)
def test_code_that_was_edited_counts_and_what_runs_and_lessons_left_does_not(root, edited, dirty):
    for name in edited:
        (root / name).write_text("x = 2\n")
    found = commit(root)
    head = subprocess.run(["git", "rev-parse", "HEAD"], cwd=root, capture_output=True, text=True, check=True)
    assert found == {"commit": head.stdout.strip(), "dirty": dirty}


def test_outside_a_repository_there_is_none(tmp_path, monkeypatch):
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    assert commit(tmp_path) == {}
    assert commit(tmp_path / "gone") == {}


def test_without_git_there_is_none(root, monkeypatch):
    monkeypatch.setenv("PATH", "")
    assert commit(root) == {}
