"""An essay as text: its seed, what it reads, and whether its prose is the one that was executed.

Standard library alone, so that the state of runs can be told where no notebook package is installed.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from pathlib import Path

from catalog import essay_cells
from catalog.essay_cells import Cell as Cell
from catalog.essay_cells import cells as cells
from catalog.executed import read_executed
from catalog.run_files import bytes_of
from catalog.runs import ExecutedCell

SEEDING = "seed_everything"  # what makes Python, NumPy and torch draw the same on each run


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
        if "seed" in assigned(node):
            if isinstance(node.value, ast.Constant) and type(node.value.value) is int:
                return node.value.value
            raise ValueError(f"line {node.lineno}: the seed is no whole number; write seed = 7, say")
    return 0


def mode_by_hand(text: str) -> list[str]:
    """Return, as a sentence, where an essay sets its mode otherwise than by `lab.mode()`; nothing if it does not.

    Raises:
        SyntaxError: the essay cannot be parsed.
    """
    tree = ast.parse(text)
    set_in = sorted(names_set(tree, "mode"), key=lambda name: name.lineno)
    statements = [node for node in ast.walk(tree) if isinstance(node, ast.stmt) and "mode" in assigned(node)]
    asking = [node for node in statements if node.value is not None and ast.unparse(node.value) == "lab.mode()"]
    asked = {id(target) for node in asking for target in ast.walk(node)}
    told = "write mode = lab.mode() in the cell of parameters, so that what is published is a full run"
    if not set_in:
        return [f"it does not ask for its mode; {told}"]
    return [f"line {name.lineno}: its mode is set by hand; {told}" for name in set_in if id(name) not in asked]


def names_set(tree: ast.Module, name: str) -> Iterator[ast.Name]:
    """Yield where a name gets a value: by =, in a row of names, by :=, for or with; but not inside a comprehension."""
    inner = (node.target for node in ast.walk(tree) if isinstance(node, ast.comprehension))
    passing = {id(each) for target in inner for each in ast.walk(target)}
    stored = (node for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store))
    yield from (each for each in stored if each.id == name and id(each) not in passing)


def not_seeded(text: str) -> list[str]:
    """Return, as a sentence, where an essay sets a seed and draws from none; nothing if it calls seed_everything(seed).

    Raises:
        SyntaxError: the essay cannot be parsed.
    """
    tree = ast.parse(text)
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and is_seeding(node, tree)]
    given = [[*call.args, *(word.value for word in call.keywords)] for call in calls]
    told = "call places.seed_everything(seed) before anything is drawn by chance, where places is lab.device"
    if any(ast.unparse(value) == "seed" for values in given for value in values):
        return []
    if calls:
        return [f"line {calls[0].lineno}: it is seeded otherwise than by its parameter seed; {told}"]
    lines = (node.lineno for node in tree.body if "seed" in assigned(node))
    set_in = next((f"line {line}: nothing is seeded with this number" for line in lines), "")
    return [f"{set_in or 'its parameters set no seed; write seed = 7, say'}; {told}"]


def is_seeding(call: ast.Call, tree: ast.Module) -> bool:
    """Tell whether a call is one of lab.device.seed_everything, by whichever name an essay imports it."""
    froms = (node for node in tree.body if isinstance(node, ast.ImportFrom))
    named = {name.asname for node in froms for name in node.names if name.name == SEEDING}
    return ast.unparse(call.func).rpartition(".")[2] in {SEEDING, *named}


def assigned(node: ast.stmt) -> list[str]:
    """Return the names that a statement gives a value, with a type (seed: int = 7) or without."""
    targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
    return [target.id for target in targets if isinstance(target, ast.Name)]


def reads_of(essay: Path) -> set[str]:
    """Return the ids of the notebooks whose results an essay reads, by `lab.read("ID.name")`; none if it is broken."""
    try:
        tree = ast.parse(essay.read_text("utf-8"))
    except (OSError, SyntaxError, ValueError):
        return set()
    calls = (node for node in ast.walk(tree) if isinstance(node, ast.Call) and node.args)
    ours = reading_names(tree)
    names = [call.args[0] for call in calls if ast.unparse(call.func) in ours]
    texts = [name.value for name in names if isinstance(name, ast.Constant) and isinstance(name.value, str)]
    return {name.partition(".")[0] for name in texts}


def reading_names(tree: ast.AST) -> set[str]:
    """Return how an essay may call what reads another run: lab.read, and as what it imports it by its own name."""
    found = {"lab.read", "lab.record.read"}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {f"{name.asname}.read" for name in node.names if name.name in ("lab", "lab.record")}
        elif isinstance(node, ast.ImportFrom) and node.module in ("lab", "lab.record"):
            called = {name.name: name.asname or name.name for name in node.names}
            found |= {called["read"]} if "read" in called else set()
            found |= {f"{called['record']}.read"} if "record" in called else set()
    return found


def prose_differs(essay: Path, notebook: Path) -> bool:
    """Tell whether the Markdown cells of the executed notebook are not those of the essay, or stand elsewhere.

    Raises:
        OSError: the essay cannot be read.
        ValueError: the notebook cannot be read.
    """
    return essay_cells.prose_differs(cells(essay.read_text("utf-8")), executed_cells(notebook))


def executed_cells(notebook: Path) -> Sequence[ExecutedCell]:
    """Return the cells of an executed notebook.

    Raises:
        ValueError: it cannot be read.
    """
    executed, defects = read_executed(bytes_of(notebook.parent, notebook.name))
    if defects:
        raise ValueError(f"its executed notebook cannot be read: {': '.join(filter(None, defects[0]))}; run it again")
    return executed
