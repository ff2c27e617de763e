"""The cells of an essay, and how they differ from those that were executed; standard library alone."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from catalog.digests import code_digest
from catalog.runs import ExecutedCell

ESSAY = ("code", "parameters")  # the parts of a run's key that an essay is
PARAMETERS = "parameters"  # the tag of the cell that a reader may change

MARKDOWN = "[markdown]"  # what the mark of a cell of prose says
REMEMBERED = 4096  # essays: several rules read the same ones

_MARK = re.compile(r"\n(# %%(?:%*[ \t][^\n]*)?)(?![^\n])")  # `# %%time` marks no cell, for Jupyter neither
_COMMENT = re.compile("\n# ?")  # behind a break: `^` is slow to look for
_DOES_SOMETHING = re.compile(r"^[^\S\n]*[^\s#]", re.MULTILINE)
_TAGS = re.compile(r"tags=\[([^\]]*)\]")


class Cell(NamedTuple):
    """One cell: `line` is that of its mark; `text` is its code, or its Markdown without comment signs."""

    line: int
    markdown: bool
    tags: tuple[str, ...]
    text: str


@lru_cache(maxsize=REMEMBERED)
def cells(text: str) -> tuple[Cell, ...]:
    """Return the cells of a percent-format essay, in order; what stands above the first mark is code."""
    found = []
    for start, mark, body in marked(text):
        markdown = MARKDOWN in mark
        cell = Cell(start, markdown, _tags(mark), (_without_signs(body) if markdown else body).strip("\n"))
        if start or cell.text.strip():
            found.append(cell)
    return tuple(found)


@lru_cache(maxsize=8)  # the cells of an essay and its prose are asked for one after the other
def marked(text: str) -> tuple[tuple[int, str, str], ...]:
    """Return what stands below each mark: the line of the mark, the mark, the text; line 0 is above the first mark."""
    first, *parts = _MARK.split(f"\n{text}")  # other signs that end a line would hide a mark from Jupyter
    found, line = [(0, "", first[1:])], first.count("\n")
    for mark, body in zip(parts[::2], parts[1::2], strict=True):
        found.append((line + 1, mark, body[1:]))
        line += body.count("\n") + 1
    return tuple(found)


def _without_signs(body: str) -> str:
    """Return prose without the comment sign of each line, and with a break before the first."""
    return _COMMENT.sub("\n", f"\n{body}")


def _tags(title: str) -> tuple[str, ...]:
    """Return the tags that a mark gives its cell; either kind of quotation mark may stand around them."""
    tags = _TAGS.search(title)
    return tuple(tag for _, tag in re.findall(r"""(["'])(.*?)\1""", tags[1])) if tags else ()


def essay_digests(text: str) -> dict[str, str]:
    """Return the SHA-256 of what the code of an essay does, by ESSAY: all other cells, and the parameters.

    Raises:
        SyntaxError: a cell cannot be parsed.
    """
    code = [cell for cell in cells(text) if not cell.markdown]
    parts = ([cell.text for cell in code if (PARAMETERS in cell.tags) == wanted] for wanted in (False, True))
    return {part: code_digest("\n".join(texts)) for part, texts in zip(ESSAY, parts, strict=True)}


# --- what was written, and what was executed -------------------------------------------------------------------------


def holds_code(cell: Cell | ExecutedCell) -> bool:
    """Tell whether a cell is code that does something: one of comments alone may come and go without a run."""
    return not cell.markdown and _DOES_SOMETHING.search(cell.text) is not None


def same_kinds(written: Sequence[Cell], executed: Sequence[ExecutedCell]) -> bool:
    """Tell whether prose and code stand in the same order."""
    return [cell.markdown for cell in written] == [cell.markdown for cell in executed]


def code_differs(written: Sequence[Cell], executed: Sequence[ExecutedCell]) -> bool:
    """Tell whether other code was executed than is written; comments and layout don't count."""
    ours, theirs = ([cell.text for cell in group if holds_code(cell)] for group in (written, executed))
    return len(ours) != len(theirs) or not all(map(_is_same_code, ours, theirs))


def _is_same_code(ours: str, theirs: str) -> bool:
    """Tell whether two cells do the same."""
    try:
        return ours == theirs or code_digest(ours) == code_digest(theirs)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False  # what is no Python is compared as text


def prose_differs(written: Sequence[Cell], executed: Sequence[ExecutedCell]) -> bool:
    """Tell whether the prose is not the written one, or stands elsewhere among the code."""
    ours, theirs = (
        [cell.text if cell.markdown else None for cell in group if cell.markdown or holds_code(cell)]
        for group in (written, executed)
    )
    return ours != theirs


def foreign_prose(written: Sequence[Cell], executed: Sequence[ExecutedCell]) -> int | None:
    """Return the place of the first cell of executed prose that is not the written one; None where there is none.

    Where prose and code stand in another order than was executed, it may stand anywhere in the essay.
    """
    if same_kinds(written, executed):
        pairs = enumerate(zip(written, executed, strict=True))
        return next((i for i, (ours, theirs) in pairs if theirs.markdown and ours.text != theirs.text), None)
    known = {cell.text for cell in written if cell.markdown}
    return next((i for i, cell in enumerate(executed) if cell.markdown and cell.text not in known), None)
