"""Which essays compute on the CPU alone, whatever device a command names: they ask `lab.device` for nothing else."""

from __future__ import annotations

import ast
from pathlib import Path


def on_cpu_alone(run_id: str, root: Path) -> bool:
    """Tell whether an essay asks for the CPU by its name and for no other device; False where it cannot be read."""
    try:
        text = (root / "notebooks" / f"{run_id}.py").read_text("utf-8")
        tree = ast.parse(text if "cpu" in text else "")
    except (OSError, SyntaxError, ValueError):
        return False
    asking = names_of_device(tree)
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and ast.unparse(node.func) in asking]
    return bool(calls) and all([*map(ast.unparse, call.args)] == ["'cpu'"] for call in calls)


def names_of_device(tree: ast.AST) -> set[str]:
    """Return how an essay may call `lab.device.device`, by what it imports."""
    found = {"lab.device.device"}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {f"{each.asname}.device" for each in node.names if each.name == "lab.device" and each.asname}
        elif isinstance(node, ast.ImportFrom) and node.module in ("lab", "lab.device"):
            called = {each.asname or each.name for each in node.names if each.name == "device"}
            found |= {f"{name}.device" if node.module == "lab" else name for name in called}
    return found
