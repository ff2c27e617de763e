"""The generated worlds are sound, so that `make bench` measures a build and not a complaint."""

import subprocess
import sys

import pytest

from catalog.load import check_all
from tests.bench.worlds import ROOT, copy_code, populate


@pytest.mark.slow
def test_a_generated_world_has_no_errors_and_becomes_pages_for_plain_mkdocs(tmp_path):
    copy_code(tmp_path / "ours")
    populate(tmp_path / "ours", 11)
    _, problems = check_all(tmp_path / "ours")
    told = [problem for problem in problems if not problem.message.startswith("finding: ")]
    assert told == [], "an error stops the build, and a stale run is not what most runs are"
    peer = [sys.executable, "-m", "tests.bench.peer", str(tmp_path / "ours"), str(tmp_path / "plain")]

    subprocess.run(peer, cwd=ROOT, check=True)

    assert len(list((tmp_path / "plain" / "docs" / "questions").glob("*.md"))) == 16
