"""An essay as text: its cells with their lines, its seed, and whether its prose is the one that was executed.

Standard library alone, so that the state of runs can be told where no notebook package is installed.
"""

from __future__ import annotations

import ast
import itertools
import json
import re
from dataclasses import dataclass
from pathlib import Path

from catalog.digests import code_digest

_MARK = re.compile(r"# %%(?P<title>.*)")


@dataclass(frozen=True)
class Cell:
    """One cell: `line` is that of its mark; `text` is its code, or its Markdown without comment signs."""

    line: int
    markdown: bool
    tags: tuple[str, ...]
    text: str


def notebook_ids(root: Path) -> list[str]:
    """Return the ids of all essays, sorted."""
    return sorted(path.stem for path in (root / "notebooks").glob("*.py"))


def cells(text: str) -> list[Cell]:
    """Return the cells of a percent-format essay, in order."""
    found: list[Cell] = []
    lines = text.splitlines()
    marks = [i for i, line in enumerate(lines) if _MARK.fullmatch(line)] + [len(lines)]
    for start, end in itertools.pairwise(marks):
        title = lines[start][4:]
        body = lines[start + 1 : end]
        markdown = "[markdown]" in title
        if markdown:
            body = [re.sub(r"^# ?", "", line) for line in body]
        tags = re.search(r"tags=(\[[^\]]*\])", title)
        found.append(Cell(start + 1, markdown, tuple(json.loads(tags[1])) if tags else (), "\n".join(body).strip("\n")))
    return found


def seed_of(text: str) -> int:
    """Return the seed that the parameters cell sets, or 0.

    Raises:
        SyntaxError: the essay cannot be parsed.
        ValueError: the seed is no whole number.
    """
    for node in ast.parse(text).body:
        if isinstance(node, ast.Assign) and [getattr(t, "id", None) for t in node.targets] == ["seed"]:
            if isinstance(node.value, ast.Constant) and type(node.value.value) is int:
                return node.value.value
            raise ValueError(f"line {node.lineno}: the seed is no whole number; write seed = 7, say")
    return 0


def reads_of(essay: Path) -> set[str]:
    """Return the ids of the notebooks whose results an essay reads, by `lab.read("ID.name")`; none if it is broken."""
    try:
        nodes = ast.walk(ast.parse(essay.read_text("utf-8")))
    except (OSError, SyntaxError, ValueError):
        return set()
    calls = (node for node in nodes if isinstance(node, ast.Call) and node.args)
    names = [call.args[0] for call in calls if getattr(call.func, "attr", getattr(call.func, "id", "")) == "read"]
    texts = [name.value for name in names if isinstance(name, ast.Constant) and isinstance(name.value, str)]
    return {name.partition(".")[0] for name in texts}


def differences(essay: Path, notebook: Path) -> list[str]:
    """Return how the executed notebook differs from the essay, as sentences.

    Raises:
        OSError, ValueError, KeyError, TypeError: the notebook cannot be read.
    """
    executed = [source for kind, source in _executed(notebook) if kind != "markdown"]
    written = [cell.text for cell in cells(essay.read_text("utf-8")) if not cell.markdown]
    if [*map(code_digest, executed)] != [*map(code_digest, written)]:
        return ["its executed notebook holds other code than the essay; run it again"]
    if prose_differs(essay, notebook):
        return ["its prose changed after this run; run_notebooks --sync puts it in place"]
    return []


def prose_differs(essay: Path, notebook: Path) -> bool:
    """Tell whether the Markdown cells of the executed notebook are not those of the essay."""
    return _written(essay) != [source for kind, source in _executed(notebook) if kind == "markdown"]


def sync_prose(essay: Path, notebook: Path) -> bool:
    """Put the essay's Markdown cells in place of the executed notebook's; tell whether anything changed.

    Raises:
        ValueError: the essay has cells that were not executed, or fewer, so the notebook must be run.
    """
    data = json.loads(notebook.read_text("utf-8"))
    now = cells(essay.read_text("utf-8"))
    if [cell.markdown for cell in now] != [cell["cell_type"] == "markdown" for cell in data["cells"]]:
        raise ValueError(f"{essay.name} has other cells than its run; run it again")
    if not prose_differs(essay, notebook):
        return False
    for cell, executed in zip(now, data["cells"], strict=True):
        if cell.markdown:
            executed["source"] = cell.text.splitlines(keepends=True)
    temporary = notebook.with_name(".notebook.ipynb")
    temporary.write_text(json.dumps(data, indent=1, sort_keys=True, ensure_ascii=False) + "\n", "utf-8")
    temporary.replace(notebook)
    return True


def _written(essay: Path) -> list[str]:
    """Return the Markdown cells of an essay."""
    return [cell.text for cell in cells(essay.read_text("utf-8")) if cell.markdown]


def _executed(notebook: Path) -> list[tuple[str, str]]:
    """Return kind and source of the cells of an executed notebook."""
    data = json.loads(notebook.read_text("utf-8"))
    return [(cell["cell_type"], "".join(cell["source"])) for cell in data["cells"]]
