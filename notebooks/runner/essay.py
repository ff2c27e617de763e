"""An essay as text: its seed, what it reads, and whether its prose is the one that was executed.

Standard library alone, so that the state of runs can be told where no notebook package is installed.
"""

from __future__ import annotations

import ast
import json
from pathlib import Path

from catalog import essay_cells
from catalog.essay_cells import Cell as Cell
from catalog.essay_cells import cells as cells
from catalog.executed import read_executed


def notebook_ids(root: Path) -> list[str]:
    """Return the ids of all essays, sorted."""
    return sorted(path.stem for path in (root / "notebooks").glob("*.py"))


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


def prose_differs(essay: Path, notebook: Path) -> bool:
    """Tell whether the Markdown cells of the executed notebook are not those of the essay.

    Raises:
        OSError: the essay cannot be read.
        ValueError: the notebook cannot be read.
    """
    executed, defects = read_executed(notebook)
    if defects:
        raise ValueError(f"its executed notebook cannot be read: {': '.join(filter(None, defects[0]))}; run it again")
    return essay_cells.prose_differs(cells(essay.read_text("utf-8")), executed)


def sync_prose(essay: Path, notebook: Path) -> bool:
    """Put the essay's Markdown cells in place of the executed notebook's; tell whether anything changed.

    Raises:
        ValueError: the essay has cells that were not executed, or fewer, so the notebook must be run.
    """
    differs, now = prose_differs(essay, notebook), cells(essay.read_text("utf-8"))
    data = json.loads(notebook.read_text("utf-8"))
    if [cell.markdown for cell in now] != [cell["cell_type"] == "markdown" for cell in data["cells"]]:
        raise ValueError(f"{essay.name} has other cells than its run; run it again")
    if not differs:
        return False
    for cell, executed in zip(now, data["cells"], strict=True):
        if cell.markdown:
            executed["source"] = cell.text.splitlines(keepends=True)
    temporary = notebook.with_name(".notebook.ipynb")
    temporary.write_text(json.dumps(data, indent=1, sort_keys=True, ensure_ascii=False) + "\n", "utf-8")
    temporary.replace(notebook)
    return True
