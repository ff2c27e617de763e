"""The prose that readers of an essay get to see, wherever it stands: every rule on prose reads it here."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from catalog.answer import Passage
from catalog.essay_cells import cells, code_differs
from catalog.essay_prose import essay_prose, essay_text
from catalog.kept import kept
from catalog.load import Catalog
from catalog.notations import place
from catalog.problems import Problem
from catalog.run_files import NOTEBOOK
from catalog.run_values import rerun
from catalog.runs import Run


@dataclass(frozen=True)
class Prose:
    """A cell of prose: of the essay, or of what a stale run executed, which has a `cell` and what to do about it."""

    passage: Passage
    file: str
    cell: str = ""
    remedy: str = ""

    def problem(self, at: int, message: str) -> Problem:
        """Return a problem at an offset of the passage."""
        if self.cell:
            return Problem(self.file, 1, 1, self.cell, f"{message}; {self.remedy}")
        return Problem(self.file, *place(self.passage, at), "", message)


@kept
def written_text(catalog: Catalog, id: str) -> str | None:
    """Return the text of an essay; None where there is none, or one that is too large."""
    return essay_text(catalog.root / f"notebooks/{id}.py")


@kept
def shown_prose(catalog: Catalog, id: str) -> tuple[Prose, ...]:
    """Return the prose of an essay, then that of its run where other code than the essay's was executed with it.

    The page of such a run shows what was executed, marked as stale; of any other run the prose is the essay's.
    """
    return tuple(_prose(catalog, id))


def _prose(catalog: Catalog, id: str) -> Iterator[Prose]:
    """Yield what is shown of an essay."""
    file, text = f"notebooks/{id}.py", written_text(catalog, id)
    for passage in essay_prose(text or ""):
        yield Prose(passage, file)
    if text is not None and id in catalog.runs:
        yield from _executed_alone(catalog.runs[id], text)


def _executed_alone(run: Run, text: str) -> Iterator[Prose]:
    """Yield the prose that a run with other code shows and an essay's text no longer holds."""
    written, executed = cells(text), run.cells or ()
    known = {cell.text for cell in written if cell.markdown}
    foreign = [(i, cell) for i, cell in enumerate(executed, 1) if cell.markdown and cell.text not in known]
    if foreign and code_differs(written, executed):
        for i, cell in foreign:
            yield Prose(Passage(cell.text, 1), f"{run.folder}/{NOTEBOOK}", f"cell {i}", rerun(run.id))
