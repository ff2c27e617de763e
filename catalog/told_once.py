"""One wrong value or lost word of the vocabulary is told once, however many records and runs it puts in the wrong."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from catalog.counted import counted
from catalog.problems import Problem
from catalog.records import Vocabulary

MOST = 2  # places at which what they share is told as often as it shows


def told_once(problems: Iterable[Problem], vocabulary: Vocabulary) -> Iterator[Problem]:
    """Yield the problems; of more than MOST that come from one place of the vocabulary one, which counts the others."""
    by_cause: dict[tuple[str, ...], list[Problem]] = {}
    for problem in problems:
        by_cause.setdefault(problem.cause, []).append(problem)
    for cause, found in by_cause.items():
        yield from found if not cause or len(found) <= MOST else [_one_for_all(cause, sorted(found), vocabulary)]


def _one_for_all(cause: tuple[str, ...], found: list[Problem], vocabulary: Vocabulary) -> Problem:
    """Return the one problem: at the value that they don't fit, or at the first use of a word that is lost."""
    first, others = found[0], len(found) - 1
    wrong, end, remedy = first.message.partition("; ")
    if len(cause) == len(("metrics", "psnr")):
        return replace(first, message=f"{wrong}, and so in {counted(others, 'more place')}{end}{remedy}")
    told = f"{first.file}:{first.line}: {first.field}: {wrong}"
    message = f"does not fit {counted(len(found), 'value')} ({told}, and {others:,} more); correct it, or those"
    return vocabulary.source.problem(message, *cause)
