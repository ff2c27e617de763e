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


def _spell(node: ast.AST, write: Callable[[str], None]) -> None:
    """Spell a syntax tree in a way that is the same in all versions of Python that parse it alike.

    Empty fields are left out, because newer versions add fields that are empty for older code.
    """
    kind = type(node)
    begin, fields = _spelling(kind)
    write(begin)
    for name, label in fields:
        value = getattr(node, name, None)
        if isinstance(value, ast.AST):
            write(label)
            _spell(value, write)
        elif (value is not None and value != []) or kind is ast.Constant:
            write(label)
            if isinstance(value, list):
                _spell_list(value[1:] if name == "body" and _is_documented(node) else value, write)
            else:
                write(f"{type(value).__name__}:{value!r}")
    write(")")


def _spell_list(values: list[Any], write: Callable[[str], None]) -> None:
    """Spell a list of nodes, of names, or of nothing where a default or a key is left out."""
    write("[")
    for value in values:
        if isinstance(value, ast.AST):
            _spell(value, write)
        else:
            write(f"{type(value).__name__}:{value!r}")
        write(",")
    write("]")


@lru_cache(maxsize=256)
def _spelling(kind: type[ast.AST]) -> tuple[str, tuple[tuple[str, str], ...]]:
    """Return how a kind of node begins, and its fields that change what code does, sorted, with how each is spelled."""
    fields = sorted(name for name in kind._fields if name not in ("kind", "type_comment"))
    return f"({kind.__name__}", tuple((name, f" {name}=") for name in fields)


def _is_documented(node: ast.AST) -> bool:
    """Tell whether the body of a node begins with a docstring."""
    kinds = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    return isinstance(node, kinds) and ast.get_docstring(node, clean=False) is not None


def file_digest(path: Path) -> str:
    """Return the SHA-256 of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def text_digest(text: str) -> str:
    """Return the SHA-256 of a text."""
    return bytes_digest(text.encode())


def bytes_digest(data: bytes) -> str:
    """Return the SHA-256 of bytes."""
    return hashlib.sha256(data).hexdigest()
