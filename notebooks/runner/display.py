"""Show people how far runs have come: bars on a terminal, lines in a log."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from runner.essay import Cell
from runner.spoken import tell
from runner.supervise import Progress as Heard
from runner.supervise import Show


class Lines:
    """One line for each cell of code that begins."""

    def __init__(self) -> None:
        """Begin silent."""
        self._lock = threading.Lock()

    def tell(self, text: str) -> None:
        """Print a line."""
        with self._lock:
            tell(text)

    @contextmanager
    def notebook(self, run_id: str, cells: Sequence[Cell]) -> Iterator[Show]:
        """Yield what shows the progress of one notebook."""
        started, seen = time.monotonic(), -1

        def show(heard: Heard) -> None:
            nonlocal seen
            if heard.cell > seen and heard.cell < len(cells) and not cells[heard.cell].markdown:
                self.tell(f"{run_id}: running {where(heard.cell, cells)}, after {time.monotonic() - started:.0f} s")
            seen = max(seen, heard.cell)

        yield show


class Bars:
    """One bar of cells for each notebook that runs."""

    def __init__(self, console: Console, bars: Progress) -> None:
        """Draw on a console."""
        self._console, self._bars = console, bars

    def tell(self, text: str) -> None:
        """Print a line above the bars."""
        self._console.print(text, markup=False, highlight=False, soft_wrap=True)

    @contextmanager
    def notebook(self, run_id: str, cells: Sequence[Cell]) -> Iterator[Show]:
        """Yield what shows the progress of one notebook."""
        bar: TaskID = self._bars.add_task(run_id, total=len(cells), at="")

        def show(heard: Heard) -> None:
            at = first_line(cells[heard.cell]) if 0 <= heard.cell < len(cells) else ""
            self._bars.update(bar, completed=heard.done + 1, at=at)

        try:
            yield show
        finally:
            self._bars.remove_task(bar)


Display = Lines | Bars


@contextmanager
def display() -> Iterator[Display]:
    """Yield bars on a terminal, else lines."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield Lines()
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TextColumn("cells"))
    with Progress(
        *columns, TimeElapsedColumn(), TextColumn("{task.fields[at]}", markup=False), console=console
    ) as bars:
        yield Bars(console, bars)


def where(index: int, cells: Sequence[Cell]) -> str:
    """Return which cell is meant: its number and the line of the essay."""
    return f"cell {index + 1} of {len(cells)} (line {cells[index].line}: {first_line(cells[index])})"


def first_line(cell: Cell) -> str:
    """Return how a cell begins, for people to find it."""
    return next((line.strip() for line in cell.text.splitlines() if line.strip()), "")[:60]
