"""Every file of cases/ is one rule: what a catalog says, then all problems that are found in it.

A case is named as a sentence. It starts from the small valid catalog in base/ and states only what differs:

    change:                                  # edits of base files; the text on the left must stand there exactly once
      catalog/papers/sharp-features.yml:
        "short: Sharp Features": "short: 2024-01-31"
    files: {path: text, ...}                 # whole files, added or replaced
    remove: [path, ...]                      # files that are not there
    changed_by_hand: true                    # runs keep the digests of base/; without it a run was made as it stands
    problems: ["path:line:column: field: what is wrong; what to do"]   # the complete list, sorted; [] for none;
                                                                       # a command of ours begins with `python -m`

All paths count from the root of the catalog's repository. Notices begin with "notice: " after the place.
"""

import shutil
from pathlib import Path

import pytest
import yaml

from catalog.load import check_all
from catalog.packages import PYTHON
from catalog.problems import Problem
from tests.sealed import seal

HERE = Path(__file__).parent
CASES = sorted((HERE / "cases").glob("*.yml"))


def told(problem: Problem) -> str:
    """Return a problem as in an environment that a person set up with pip."""
    return str(problem).replace(f"{PYTHON} -m", "python -m")


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_case(path: Path, tmp_path: Path):
    case = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert case.keys() <= {"change", "files", "remove", "changed_by_hand", "problems"}
    root = shutil.copytree(HERE / "base", tmp_path / "repository")
    for name in case.get("remove", []):
        (root / name).unlink()
    for name, edits in case.get("change", {}).items():
        for old, new in edits.items():
            text = (root / name).read_text(encoding="utf-8")
            assert text.count(old) == 1, f"{old!r} must stand once in {name}"
            (root / name).write_text(text.replace(old, new), encoding="utf-8")
    for name, text in case.get("files", {}).items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")

    if not case.get("changed_by_hand"):
        seal(root / "notebooks")

    assert [told(problem) for problem in check_all(root)[1]] == case["problems"]
