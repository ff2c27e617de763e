"""Many questions with their models, papers and runs, made from the real ones by renaming them."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import yaml

from catalog.digests import file_digest
from catalog.essay_cells import essay_digests
from catalog.load import load
from catalog.seal import sealed
from catalog.workflow import spec_digest

ROOT = Path(__file__).resolve().parent.parent.parent
CODE = (
    "catalog",
    "hooks",
    "docs",
    "notebooks",
    "scripts",
    "tests/parity",
    "mkdocs.yml",
    "pyproject.toml",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "README.md",
)


def copy_code(to: Path) -> None:
    """Copy the tracked files that a build needs, records and runs included, to the folder `to`."""
    listed = subprocess.run(["git", "ls-files", "-z", "--", *CODE], cwd=ROOT, capture_output=True, check=True)
    for name in filter(None, listed.stdout.decode().split("\0")):
        if (ROOT / name).is_file():
            (to / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, to / name)
    (to / "notebooks" / "outputs").mkdir(exist_ok=True)  # there may be no run yet


def letters(number: int) -> str:
    """Return a suffix of small letters, a different one for each number; digits would read as measured numbers.

    Each letter stands three times, since titles that differ in one or two would read as one title.
    """
    return (letters(number // 26 - 1) if number >= 26 else "") + 3 * chr(ord("a") + number % 26)


def records(root: Path) -> dict[str, dict]:
    """Return every paper, model and question of `root` as plain data, by its path."""
    found = {}
    for path in sorted((root / "catalog").glob("*/*")):
        if path.parent.name in ("papers", "models", "questions"):
            text = path.read_text(encoding="utf-8")
            front = text.split("---\n")[1] if path.suffix == ".md" else text
            found[path.relative_to(root).as_posix()] = yaml.load(front, yaml.CSafeLoader)
    return found


def renaming(data: dict[str, dict]) -> re.Pattern[str]:
    """Return a pattern of everything that names a record: ids, titles, names, links."""
    ids = {Path(path).stem for path in data}
    names = {r[k] for r in data.values() for k in ("title", "short", "name", "family", "question") if r.get(k)}
    arxiv = {m for r in data.values() for m in re.findall(r"\d{4}\.\d{5}", str(r.get("link") or r.get("paper") or ""))}
    words = sorted(map(re.escape, names), key=len, reverse=True)
    slugs = sorted(map(re.escape, ids), key=len, reverse=True)
    return re.compile(
        rf"(?P<repository>(?<=github\.com/)[\w.-]+/[\w-]+)"
        rf"|(?<![A-Za-z0-9])(?P<name>{'|'.join(words)})(?![A-Za-z0-9])"
        rf"|(?<![A-Za-z0-9._-])(?<!import )(?<!implementation: )(?P<id>{'|'.join(slugs)})(?![A-Za-z0-9_]|-[a-z]|\.py)"
        rf"|(?P<arxiv>{'|'.join(map(re.escape, sorted(arxiv)))})"
    )


def renamed(text: str, pattern: re.Pattern[str], number: int) -> str:
    """Return `text` with every record renamed for the copy of this number, the same way everywhere."""
    suffix = letters(number)

    def new_name(match: re.Match[str]) -> str:
        if match["name"] or match["repository"]:
            return match[0] + suffix
        if match["id"]:
            return f"{match['id']}-{suffix}"
        month, serial = match["arxiv"].split(".")
        return f"{month}.{(int(serial) + number + 1) % 100_000:05}"

    return pattern.sub(new_name, text)


def populate(root: Path, questions: int) -> None:
    """Fill `root`, a copy of the repository, until it holds at least `questions` questions."""
    data = records(root)
    pattern = renaming(data)
    real = sum(path.startswith("catalog/questions/") for path in data)
    runs = [p.parent for p in sorted((root / "notebooks" / "outputs").glob("*/run.json"))]
    texts = {path: (root / path).read_text(encoding="utf-8") for path in data}
    for number in range(-(-questions // real) - 1):
        for path, text in texts.items():
            new = (root / path).with_stem(f"{Path(path).stem}-{letters(number)}")
            new.write_text(renamed(text, pattern, number), encoding="utf-8")
        for folder in runs:
            copy_run(root, folder, pattern, number)
    freshen(root)


def freshen(root: Path) -> None:
    """Give each run the key of the code and workflows beside it, as most runs of a real catalog have it."""
    catalog, _ = load(root)
    specs = {id: spec_digest(question) for id, question in catalog.questions.items() if question.workflow}
    for path in (root / "notebooks" / "outputs").glob("*/run.json"):
        run = json.loads(path.read_text(encoding="utf-8"))
        essay = root / "notebooks" / f"{run['id']}.py"
        run["key"] |= {f"workflow:{id}": digest for id, digest in specs.items() if f"workflow:{id}" in run["key"]}
        run["key"] |= essay_digests(essay.read_text(encoding="utf-8"))
        run["provenance"]["essay"] = file_digest(essay)
        run["notebook"] = file_digest(path.with_name("notebook.ipynb"))
        path.write_text(sealed(run), encoding="utf-8")


def copy_run(root: Path, folder: Path, pattern: re.Pattern[str], number: int) -> None:
    """Copy a run and its essay under the new name."""
    name = f"{folder.name}-{letters(number)}"
    essay = root / "notebooks" / f"{folder.name}.py"
    essay.with_stem(name).write_text(renamed(essay.read_text(encoding="utf-8"), pattern, number), encoding="utf-8")
    shutil.copytree(folder, folder.with_name(name))
    for path in (folder.with_name(name) / "run.json", folder.with_name(name) / "notebook.ipynb"):
        path.write_text(renamed(path.read_text(encoding="utf-8"), pattern, number), encoding="utf-8")
        json.loads(path.read_text(encoding="utf-8"))
