"""Progress that people see on a terminal, and that leaves a log alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn


@contextmanager
def bar(title: str, total: int) -> Iterator[Callable[[int, float], None]]:
    """Show a bar with the time left on standard error; yields `tell(done, number)`.

    Without a terminal it prints a line at each tenth instead.
    """
    console = Console(stderr=True)
    if not console.is_terminal:
        yield _lines(console, title, total)
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, TextColumn("{task.fields[number]:.4f}"), console=console) as progress:
        task = progress.add_task(title, total=total, number=0.0)
        yield lambda done, number: progress.update(task, completed=done, number=number)


def _lines(console: Console, title: str, total: int) -> Callable[[int, float], None]:
    """Return a `tell` that prints ten lines in all."""
    every = max(1, total // 10)

    def tell(done: int, number: float) -> None:
        if done % every == 0 or done == total:
            console.print(f"{title}: {done} of {total}, {number:.4f}", soft_wrap=True)

    return tell
