"""The files of code that a notebook imports, followed transitively without running them; standard library alone."""

from __future__ import annotations

import ast
import tomllib
from collections.abc import Callable, Iterable, Iterator
from functools import cached_property
from pathlib import Path
from typing import TypeVar

from catalog.digests import file_digest, tree_digest
from catalog.essay_cells import essay_digests
from catalog.packages import declared, package_of
from catalog.sidecars import not_vouched_for
from catalog.unkept import MAY_NAME_A_FILE, Unkept, UnkeptError

T = TypeVar("T")

PRESENTATION = ("lab/record.py", "lab/progress.py", "lab/style.py")  # they change no number
PASSED = ("lab/workflow.py",)  # it changes none itself, and what it imports may

OF_NO_ESSAY = ("bench", "parity")  # folders of ours that no essay imports
FOLLOWED = ("models", "lab", *OF_NO_ESSAY)
IMPORTING = {"import_module", "__import__"}  # functions that import what they are told by a name
BY_PATH = {"spec_from_file_location", "SourceFileLoader", "run_path", "run_module"}  # by which nobody can follow code


def imported_from(root: Path, start: str) -> tuple[str, ...]:
    """Return the files of models/ and lab/ that a file below notebooks/ imports, followed transitively, sorted."""
    return Code(root).behind(start)


class Code:
    """The files below notebooks/ that runs are made from, as they are at one moment: each is read at most once.

    Its methods raise OSError for a file that cannot be read, and ValueError for one that cannot be parsed, or that uses
    what nobody can follow, the latter as an UnkeptError: then each line of the message is one such place.
    """

    def __init__(self, root: Path) -> None:
        """Begin with none."""
        self.root = root
        self._notebooks = root / "notebooks"
        self._digests: dict[str, str] = {}
        self._imports: dict[str, tuple[str, ...]] = {}
        self._files: dict[str, tuple[str, ...]] = {}
        self._packages: dict[str, frozenset[str]] = {}
        self._weights: dict[str, str | None] = {}
        self._not_vouched_for: dict[str, tuple[str, ...]] = {}
        self._broken: dict[str, Exception] = {}
        self._unkept = Unkept(root, FOLLOWED)

    def digest(self, part: str) -> str:
        """Return the SHA-256 of what a file does."""
        self._read(part)
        return self._digests[part]

    def essay(self, part: str) -> dict[str, str]:
        """Return the digests of an essay, by its parts."""
        self._read(part)
        return _sense_of(self._notebooks / part, essay_digests)

    def same(self, part: str, digest: str) -> bool:
        """Tell whether a file is there, can be read, and does what it did when it had this digest."""
        try:
            return self.digest(part) == digest
        except (OSError, ValueError):
            return False

    def behind(self, start: str) -> tuple[str, ...]:
        """Return the files of ours that a file imports, followed transitively, sorted."""
        found, waiting = {start}, [start]
        while waiting:
            new = [part for part in self._imported_by(waiting.pop()) if part not in found and part not in PRESENTATION]
            found.update(new)
            waiting += new
        return tuple(sorted(found - {start, *PASSED}))

    def packages(self, parts: Iterable[str]) -> dict[str, str]:
        """Return what the project declares of each package that these files import, by the package's name."""
        for part in parts:
            self._read(part)
        names = set().union(*(self._packages[part] for part in parts))
        return {name: self.declared[name] for name in sorted(names & self.declared.keys())}

    @cached_property
    def declared(self) -> dict[str, str]:
        """What the project declares of each package of the notebooks; nothing where it declares none."""
        path = self.root / "pyproject.toml"
        found = _sense_of(path, tomllib.loads) if path.is_file() else {}
        lines = declared(found.get("dependency-groups", {}), "site", "notebooks")
        return {package.lower(): line for package, line in lines.items()}

    def weights(self, part: str) -> str | None:
        """Return the SHA-256 of a file of weights, None if it is not there."""
        if part not in self._weights:
            path = self._notebooks / part
            self._weights[part] = file_digest(path) if path.is_file() else None
        return self._weights[part]

    def not_vouched_for(self, part: str) -> tuple[str, ...]:
        """Return why nobody can rely on what is told of a file of weights that is there, as sentences."""
        if part not in self._not_vouched_for:
            self._not_vouched_for[part] = tuple(not_vouched_for(self._notebooks / part, self.weights(part)))
        return self._not_vouched_for[part]

    def _imported_by(self, part: str) -> tuple[str, ...]:
        """Return the files of ours that a file imports itself."""
        self._read(part)
        return self._imports[part]

    def _read(self, part: str) -> None:
        """Read a file once; its syntax tree is large and does not stay."""
        if part in self._broken:
            raise self._broken[part]
        if part not in self._digests:
            try:
                tree, digest, text = _parsed(self._notebooks / part)
                names = self._imported_names(tree, text, part)
            except (OSError, ValueError) as error:
                self._broken[part] = error
                raise
            tops = {name.partition(".")[0] for name in names}
            self._packages[part] = frozenset(package_of(top).lower() for top in tops)
            self._imports[part] = tuple(dict.fromkeys(file for name in names for file in self._files_of(name)))
            self._digests[part] = digest

    def _imported_names(self, tree: ast.Module, text: str, part: str) -> tuple[str, ...]:
        """Return the dotted names that a file imports.

        Raises:
            UnkeptError: a run that is made from it would depend on what its key does not hold.
        """
        names, refused = list(_imports(tree, part)), []
        if part.partition("/")[0] not in OF_NO_ESSAY:
            if any(function in text for function in IMPORTING | BY_PATH):
                names += _imported_by_calls(tree)
                refused += _unknown_imports(tree)
            refused += self._unkept.imported(names)
            refused += self._unkept.named(tree, part) if MAY_NAME_A_FILE.search(text) else ()
        if refused:
            raise UnkeptError(part, refused)
        return tuple(dict.fromkeys(name for name, _ in names))

    def _files_of(self, dotted: str) -> tuple[str, ...]:
        """Return the files that importing a dotted name runs."""
        if dotted not in self._files:
            self._files[dotted] = tuple(_files(self._notebooks, dotted))
        return self._files[dotted]


def unreadable(error: OSError | ValueError) -> str:
    """Return, without machine paths, why a file of `Code` cannot be read."""
    if isinstance(error, FileNotFoundError):
        return f"{Path(error.filename or 'a file').name} is missing"
    return str(error) if isinstance(error, ValueError) else f"a file cannot be read ({type(error).__name__})"


def _parsed(path: Path) -> tuple[ast.Module, str, str]:
    """Return the syntax tree of a code file, the SHA-256 of what it does, and its text."""

    def read(text: str) -> tuple[ast.Module, str, str]:
        tree = ast.parse(text)
        return tree, tree_digest(tree), text

    return _sense_of(path, read)


def _sense_of(path: Path, read: Callable[[str], T]) -> T:
    """Return what `read`, which parses, makes of the text of a file."""
    try:
        return read(path.read_text("utf-8"))
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise ValueError(f"{path.name} cannot be parsed ({error})") from error


def _imports(tree: ast.Module, part: str) -> Iterator[tuple[str, int]]:
    """Yield dotted names that a file imports, with their lines; for `from a import b` both `a` and `a.b`."""
    package = part.split("/")[:-1]
    for node in _statements(tree):
        if isinstance(node, ast.Import):
            yield from ((name.name, node.lineno) for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else []
            base = ".".join([*above, *([node.module] if node.module else [])])
            yield base, node.lineno
            yield from ((f"{base}.{name.name}", node.lineno) for name in node.names)


def _statements(tree: ast.Module) -> Iterator[ast.AST]:
    """Yield all statements, those inside others too; expressions hold none."""
    waiting: list[ast.AST] = [tree]
    while waiting:
        node = waiting.pop()
        yield node
        for block in ("body", "orelse", "finalbody", "handlers", "cases"):
            waiting += getattr(node, block, ())


def _imported_by_calls(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Yield dotted names, with their lines, that a file imports by calls such as `import_module("models.liif")`."""
    for call, called in _importing_calls(tree):
        if name := _told_name(call, called):
            yield name, call.lineno


def _unknown_imports(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Yield line and sentence for each call that imports what is known only when it runs."""
    told = "so nobody can tell which code a run is made from; import it by an import statement"
    for call, called in _importing_calls(tree):
        if not _told_name(call, called):
            yield call.lineno, f"what {called} imports is known only when it runs, {told}"


def _importing_calls(tree: ast.Module) -> Iterator[tuple[ast.Call, str]]:
    """Yield the calls that import, each with the function's own name."""
    froms = (node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom))
    meant = {name.asname: name.name for node in froms for name in node.names if name.asname}
    for node in ast.walk(tree):
        called = _last_name(node.func) if isinstance(node, ast.Call) else ""
        if (called := meant.get(called, called)) in IMPORTING | BY_PATH:
            yield node, called


def _told_name(call: ast.Call, called: str) -> str:
    """Return the whole name of the module that a call imports; nothing if it is known only when it runs."""
    name = call.args[0] if call.args and called not in BY_PATH else None
    return name.value if isinstance(name, ast.Constant) and _is_dotted(name.value) else ""


def _last_name(function: ast.expr) -> str:
    """Return the last word of what is called: `import_module` of `importlib.import_module`."""
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def _is_dotted(value: object) -> bool:
    """Tell whether a value is the whole name of a module."""
    return isinstance(value, str) and all(name.isidentifier() for name in value.split("."))


def _files(notebooks: Path, dotted: str) -> Iterator[str]:
    """Yield the files of the folders that are followed that importing a dotted name runs, packages first."""
    names = dotted.split(".")
    if names[0] not in FOLLOWED or not all(name.isidentifier() for name in names):
        return
    for n in range(1, len(names) + 1):
        stem = "/".join(names[:n])
        for file in (f"{stem}/__init__.py", f"{stem}.py"):
            if (notebooks / file).is_file():
                yield file
