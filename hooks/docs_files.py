"""The kinds of file that docs/ may hold, because MkDocs publishes whatever lies there."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from catalog.problems import Problem

KNOWN = frozenset({".css", ".js", ".md", ".png", ".svg", ".txt", ".webp", ".woff2", ".yml"})


def unexpected_files(docs: Path, root: Path) -> Iterator[Problem]:
    """Yield a problem for each file below `docs` that is no known kind, or that is a link to somewhere else."""
    for path in sorted(docs.rglob("*")):
        name = path.relative_to(root).as_posix()
        if path.is_symlink():
            yield Problem(name, 1, 1, "", "is a symbolic link; put the file itself here, or remove it")
        elif path.is_file() and path.suffix.lower() not in KNOWN and not path.name.startswith("."):
            kinds = " ".join(sorted(KNOWN))
            yield Problem(name, 1, 1, "", f"is no kind of file that may be published (known: {kinds}); remove it")
