"""A damaged record never stops the check, and a mistake in it brings no avalanche."""

import shutil
from pathlib import Path

import pytest

from catalog.load import check_all

BASE = Path(__file__).parent / "base"
FILES = ("papers/sharp-features.yml", "models/enlarger.yml", "questions/small-text.md")
MOST = 2  # problems
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


def changed(root, file, old, new):
    path = root / "catalog" / file
    data = path.read_bytes()
    assert data.count(old) == 1
    path.write_bytes(data.replace(old, new))


def told(root):
    return [str(problem) for problem in check_all(root)[1]]


def test_a_byte_that_is_not_utf_8_hides_no_other_problem(tmp_path):
    """It is read as Windows wrote it, so the label of the same file and the citation of another are told too."""
    root = shutil.copytree(BASE, tmp_path / "repository")
    changed(root, "papers/sharp-features.yml", b"short: Sharp Features", b"short: Sh\xe4rp Features")
    changed(root, "questions/small-text.md", b'"A small page"', b'"A sm\xe4ll page", labl: "x"')
    changed(root, "questions/small-text.md", b"[@sharp-features#attention]", b"[@sharp-features#attentions]")

    assert told(root) == [
        "catalog/papers/sharp-features.yml:2:10: is not UTF-8 (got byte 0xE4); save the file as UTF-8",
        "catalog/questions/small-text.md:11:44: is not UTF-8 (got byte 0xE4); save the file as UTF-8",
        "catalog/questions/small-text.md:11:55: workflow.inputs.page.labl: is not a key here; remove it, or use one of "
        "type, shape, range, says, label",
        'catalog/questions/small-text.md:32:53: sources: "sharp-features" has no such fact (got attentions); '
        'did you mean "attention"?',
    ]


def test_a_byte_that_is_not_utf_8_before_a_claim_does_not_keep_its_column_from_being_told(tmp_path):
    root = shutil.copytree(BASE, tmp_path / "repository")
    changed(root, "questions/small-text.md", b"It beats the plain average on text.", b"It beats the \xe4verage.")
    changed(root, "questions/small-text.md", b"small-text.gain > 0.2", b"small-text.gain > small-text.lost")

    assert told(root) == [
        "catalog/questions/small-text.md:17:26: is not UTF-8 (got byte 0xE4); save the file as UTF-8",
        'catalog/questions/small-text.md:17:63: claims.0.holds: the run of "small-text" has no such result (got lost); '
        "choose from gain, plain, seconds, sharp",
    ]


def test_a_byte_that_is_not_utf_8_brings_no_other_problem(tmp_path):
    root = shutil.copytree(BASE, tmp_path / "repository")
    changed(root, "papers/sharp-features.yml", b"Small Pictures Made Clear", b"Small Pictures M\xe4de Clear")

    assert told(root) == [
        "catalog/papers/sharp-features.yml:1:41: is not UTF-8 (got byte 0xE4); save the file as UTF-8"
    ]


@pytest.mark.parametrize("data", ["title: x\n".encode("utf-16"), b"\x89PNG\r\n\x1a\n\0\0", b"title: x\rshort: y\r"])
def test_a_file_that_is_no_text_is_told_once(data, tmp_path):
    root = shutil.copytree(BASE, tmp_path / "repository")
    (root / "catalog/papers/quiet-strokes.yml").write_bytes(data)

    (first, *others) = told(root)
    assert first.startswith("catalog/papers/quiet-strokes.yml:1:")
    assert not [line for line in others if "cannot be seen" not in line]
