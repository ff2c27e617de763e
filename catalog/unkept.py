"""What a file of code uses of this repository and no key of a run holds; standard library alone."""

from __future__ import annotations

import ast
import os
import re
import sys
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

MAY_NAME_A_FILE = re.compile(r"[./*}]\w{1,40}[\"']")  # stands in each text of code that does
PASSED_OVER = ("catalog",)  # facts and the code that reads them: they change no number
JOINING = ("Path", "PurePath", "join", "joinpath")  # functions that make one path of several texts

_PATH = re.compile(r"(?=.{1,200}\Z)[^\n\0]*[./][^\n\0]*")  # it has a folder or an ending
_TEXTS = (ast.Constant, ast.JoinedStr, ast.BinOp, ast.Call)  # what may spell a path
_ABOVE = re.compile(r"^(?:\.{0,2}/)+")  # essays run where their outputs lie, in a folder below notebooks/
_UNTOLD = "no key of a run holds, so nobody could tell when a run is stale"
_REMEDY = "make data in lab/data.py, take them from a package, or read another run by lab.read"


class UnkeptError(ValueError):
    """A file of code uses what no key of a run holds: `uses` are the lines where, each with a sentence."""

    def __init__(self, part: str, uses: Iterable[tuple[int, str]]) -> None:
        """Keep the file, by its path from notebooks/, and what it uses, in the order of the lines."""
        self.file, self.uses = f"notebooks/{part}", tuple(sorted(uses))
        super().__init__("\n".join(f"{self.file}:{line}: {sentence}" for line, sentence in self.uses))


class Unkept:
    """The modules and files of a repository that code must not use, as they are at one moment."""

    def __init__(self, root: Path, followed: Collection[str]) -> None:
        """Begin without having looked; `followed` are the folders of notebooks/ whose code is in keys."""
        self._root, self._followed = root, followed
        self._begin = f"{root.absolute()}{os.sep}"
        self._ours: dict[str, bool] = {}
        self._listed: dict[str, frozenset[str]] = {}

    def imported(self, names: Iterable[tuple[str, int]]) -> Iterator[tuple[int, str]]:
        """Yield line and sentence for each module that must not be imported, of dotted names with their lines."""
        for top, line in dict.fromkeys((name.partition(".")[0], line) for name, line in names):
            if top not in ("", *self._followed, *PASSED_OVER) and self._is_ours(top):
                yield line, f"it imports {top}, which {_UNTOLD}; put it into lab/"

    def named(self, tree: ast.Module, part: str) -> Iterator[tuple[int, str]]:
        """Yield line and sentence for each file that the texts in a file of code name."""
        texts = (node for node in ast.walk(tree) if isinstance(node, _TEXTS))
        found = ((file, node.lineno) for node in texts for file in self._file(_path(node), part))
        for file, line in dict.fromkeys(found):
            yield line, f"it names {file}, which {_UNTOLD}; {_REMEDY}"

    def _is_ours(self, top: str) -> bool:
        """Tell whether a module is a file, or a folder with code, of notebooks/ or of the repository."""
        if top not in self._ours:
            self._ours[top] = any(_holds(folder, top) for folder in (self._root / "notebooks", self._root))
        return self._ours[top]

    def _file(self, path: str, part: str) -> list[str]:
        """Return the file that a path names from where code stands or runs, of a pattern the first; [] if none.

        What several essays import may name code of its own folders, and patterns: so it finds weights and their code.
        """
        shared = "/" in part
        if not _PATH.fullmatch(path) or (shared and "*" in path):
            return []
        below = _ABOVE.sub("", path.removeprefix(self._begin))
        for folder in dict.fromkeys((f"notebooks/{part}".rpartition("/")[0], "notebooks", ".")):
            for file in self._there(folder, below) if below.partition("/")[0] in self._names(folder) else ():
                code = file.endswith(".py") and file.startswith(tuple(f"notebooks/{name}/" for name in self._followed))
                return [] if shared and code else [file]
        return []

    def _there(self, folder: str, below: str) -> list[str]:
        """Return the file below a folder that is named, or those that fit a pattern, sorted."""
        try:
            paths = sorted(path for path in (self._root / folder).glob(below) if path.is_file())
        except (ValueError, OSError):
            return []  # it is prose
        return [os.path.relpath(path, self._root).replace(os.sep, "/") for path in paths]

    def _names(self, folder: str) -> frozenset[str]:
        """Return the names of all that lies in a folder: most texts begin with none of them."""
        if folder not in self._listed:
            place = self._root / folder
            self._listed[folder] = frozenset(path.name for path in place.iterdir()) if place.is_dir() else frozenset()
        return self._listed[folder]


def _holds(folder: Path, top: str) -> bool:
    """Tell whether a folder holds the module of that name; a folder without `__init__.py` hides no other module."""
    if (folder / f"{top}.py").is_file() or (folder / top / "__init__.py").is_file():
        return True
    return top not in sys.stdlib_module_names and next((folder / top).rglob("*.py"), None) is not None


def _path(node: ast.AST) -> str:
    """Return the path that a piece of code spells, or its end where its beginning is computed; `*` where it varies."""
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else ""
    if isinstance(node, ast.JoinedStr):
        return "".join(_path(value) or "*" for value in node.values)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div | ast.Add):
        begin, end = _path(node.left), _path(node.right)
        return f"{begin}{'/' if begin and isinstance(node.op, ast.Div) else ''}{end}" if end else ""
    if isinstance(node, ast.Call) and _called(node) in JOINING:
        return "/".join(filter(None, map(_path, node.args)))
    return ""


def _called(call: ast.Call) -> str:
    """Return the last word of what is called."""
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
