"""The prose cells of a notebook in percent format, at their places in the file."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from catalog.answer import Passage
from catalog.essay_cells import MARKDOWN, REMEMBERED, marked

LARGEST = 2**18  # bytes of a notebook


def essay_text(path: Path) -> str | None:
    """Return the text of an essay; None where there is no such file, or one that is too large."""
    if not path.is_file() or path.stat().st_size > LARGEST:
        return None
    return path.read_text(encoding="utf-8", errors="replace")


@lru_cache(maxsize=REMEMBERED)
def essay_prose(text: str) -> tuple[Passage, ...]:
    """Return the Markdown cells of an essay's text; the `#` of each line is a blank, so that columns stay."""
    found = (cell for cell in marked(text) if MARKDOWN in cell[1])
    return tuple(Passage(f"\n{body}".replace("\n#", "\n ")[1:], mark + 1) for mark, _, body in found)
