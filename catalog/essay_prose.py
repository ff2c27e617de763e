"""The prose cells of a notebook in percent format, at their places in the file."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from catalog.answer import Passage

LARGEST = 2**18  # bytes of a notebook
REMEMBERED = 256  # notebooks: several rules read the same ones


def essay_prose(path: Path) -> tuple[Passage, ...]:
    """Return the Markdown cells; the `#` of each line is a blank, so that columns stay. A missing file has none."""
    if not path.is_file() or path.stat().st_size > LARGEST:
        return ()
    return _prose(path.read_text(encoding="utf-8", errors="replace"))


@lru_cache(maxsize=REMEMBERED)
def _prose(text: str) -> tuple[Passage, ...]:
    """Return the Markdown cells of an essay's text."""
    return tuple(_cells(text.split("\n")))


def _cells(lines: list[str]) -> Iterator[Passage]:
    """Yield the Markdown cells of an essay, given as lines."""
    start = None
    for i, line in enumerate([*lines, "# %%"]):
        if line.startswith("# %%"):
            if start is not None:
                yield Passage("\n".join(map(_bare, lines[start:i])), start + 1)
            start = i + 1 if "[markdown]" in line else None


def _bare(line: str) -> str:
    """Return a line of prose with a blank in place of its comment sign."""
    return " " + line[1:] if line.startswith("#") else line
