"""A damaged record never stops the check, and a mistake in it brings no avalanche."""

import shutil
from pathlib import Path

import pytest

from catalog.load import check_all

BASE = Path(__file__).parent / "base"
FILES = ("papers/sharp-features.yml", "models/enlarger.yml", "questions/small-text.md")
MOST = 7  # problems; a question that loses its line "workflow:" has so many
MISTAKES = {
    "left out": lambda line: line[:0],
    "a number": lambda line: line.partition(":")[0] + ": 5\n",
    "nothing": lambda line: line.partition(":")[0] + ":\n",
    "a list": lambda line: line.partition(":")[0] + ": [a, b]\n",
    "misspelt": lambda line: line.replace(":", "x:", 1),
    "twice": lambda line: line + line,
    "bracket": lambda line: line.rstrip("\n") + "}\n",
}


@pytest.mark.parametrize("mistake", MISTAKES)
@pytest.mark.parametrize("file", FILES)
def test_one_mistake_in_any_line_of_a_record_gives_few_problems(file, mistake, tmp_path):
    root = shutil.copytree(BASE, tmp_path / "repository")
    path = root / "catalog" / file
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    end = lines.index("---\n", 1) if path.suffix == ".md" else len(lines)
    for i in range(1 if path.suffix == ".md" else 0, end):
        path.write_text("".join([*lines[:i], MISTAKES[mistake](lines[i]), *lines[i + 1 :]]), encoding="utf-8")
        problems = check_all(root)[1]
        assert len(problems) <= MOST, [lines[i], *map(str, problems)]
