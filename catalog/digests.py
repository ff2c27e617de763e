"""SHA-256 digests of what a run is made from: code by what it does, anything else by its bytes."""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any


def code_digest(text: str) -> str:
    """Return the SHA-256 of what code does: its syntax tree without docstrings, comments, layout or positions."""
    return tree_digest(ast.parse(text))


def tree_digest(tree: ast.Module) -> str:
    """Return the SHA-256 of what a syntax tree does."""
    pieces: list[str] = []
    _spell(tree, pieces.append)
    return hashlib.sha256("".join(pieces).encode("utf-8", "surrogatepass")).hexdigest()


def _spell(node: Any, write: Callable[[str], None]) -> None:
    """Spell a syntax tree in a way that is the same in all versions of Python that parse it alike."""
    if isinstance(node, ast.AST):
        _spell_node(node, write)
    elif isinstance(node, list):
        write("[")
        for inner in node:
            _spell(inner, write)
            write(",")
        write("]")
    else:
        write(f"{type(node).__name__}:{node!r}")


def _spell_node(node: ast.AST, write: Callable[[str], None]) -> None:
    """Spell a node without its empty fields, because newer versions add fields that are empty for older code."""
    begin, fields = _spelling(type(node))
    write(begin)
    for name, label in fields:
        value = getattr(node, name, None)
        if (value is not None and value != []) or isinstance(node, ast.Constant):
            write(label)
            _spell(_without_docstring(node, value) if name == "body" else value, write)
    write(")")


@lru_cache(maxsize=256)
def _spelling(kind: type[ast.AST]) -> tuple[str, tuple[tuple[str, str], ...]]:
    """Return how a kind of node begins, and its fields that change what code does, sorted, with how each is spelled."""
    fields = sorted(name for name in kind._fields if name not in ("kind", "type_comment"))
    return f"({kind.__name__}", tuple((name, f" {name}=") for name in fields)


def _without_docstring(node: ast.AST, body: Any) -> Any:
    """Return a body without its docstring."""
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    if isinstance(node, documented) and ast.get_docstring(node, clean=False) is not None:
        return body[1:]
    return body


def file_digest(path: Path) -> str:
    """Return the SHA-256 of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def text_digest(text: str) -> str:
    """Return the SHA-256 of a text."""
    return hashlib.sha256(text.encode()).hexdigest()
