"""The prose cells of a notebook in percent format, at their places in the file."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

from catalog.answer import Passage
from catalog.essay_cells import MARKDOWN, REMEMBERED, marked

LARGEST = 2**18  # bytes of a notebook
_COMMENT = re.compile("^#", re.MULTILINE)


def essay_prose(path: Path) -> tuple[Passage, ...]:
    """Return the Markdown cells; the `#` of each line is a blank, so that columns stay. A missing file has none."""
    if not path.is_file() or path.stat().st_size > LARGEST:
        return ()
    return _prose(path.read_text(encoding="utf-8", errors="replace"))


@lru_cache(maxsize=REMEMBERED)
def _prose(text: str) -> tuple[Passage, ...]:
    """Return the Markdown cells of an essay's text."""
    found = (cell for cell in marked(text) if MARKDOWN in cell[1])
    return tuple(Passage(_COMMENT.sub(" ", body), mark + 1) for mark, _, body in found)
