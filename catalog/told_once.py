"""One wrong value or lost word of the vocabulary is told once, however many records and runs it puts in the wrong."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from catalog.counted import counted
from catalog.problems import Problem, nearest
from catalog.words import words_used

if TYPE_CHECKING:
    from catalog.load import Catalog

MOST = 2  # places at which what they share is told as often as it shows
Cause = tuple[str, ...]


def told_once(problems: Iterable[Problem], catalog: Catalog) -> Iterator[Problem]:
    """Yield the problems; of more than MOST that come from one place of the vocabulary one, which counts the others.

    Where something is wrong with that very value of the vocabulary, this alone is told.
    """
    by_cause: dict[Cause, list[Problem]] = {}
    for problem in problems:
        by_cause.setdefault(problem.cause, []).append(problem)
    told = {problem.field for problem in by_cause.get((), ()) if problem.file == catalog.vocabulary.source.file}
    for cause, found in by_cause.items():
        if not cause or ".".join(cause) not in told:
            yield from found if not cause or len(found) <= MOST else [_one_for_all(cause, sorted(found), catalog)]


def _one_for_all(cause: Cause, found: list[Problem], catalog: Catalog) -> Problem:
    """Return the one problem, in the vocabulary: at the value that they don't fit, or where a lost word would stand."""
    first, source = found[0], catalog.vocabulary.source
    place, more = f"{first.file}:{first.line}: {first.field}", f"and {len(found) - 1:,} more"
    if len(cause) > len(("metrics", "psnr")):
        wrong, _, _ = first.message.partition("; ")
        message = f"does not fit {counted(len(found), 'value')} ({place}: {wrong}, {more}); correct it, or those"
        return source.problem(message, *cause)
    section, word = cause
    used = f"used in {counted(len(found), 'place')} ({place}, {more})"
    if misspelt := nearest(word, _unused(section, catalog)):
        return source.key_problem(f'nothing uses it, and "{word}" is {used}; did you mean "{word}"?', section, misspelt)
    return source.key_problem(f'has no "{word}", which is {used}; add it, or correct those', section)


def _unused(section: str, catalog: Catalog) -> set[str]:
    """Return the words of one list of the vocabulary that nothing uses."""
    known: Mapping[str, object] = getattr(catalog.vocabulary, section)
    records = (catalog.vocabulary, *catalog.own_files, *catalog.sources, *catalog.questions.values())
    used = {use.word for record in records for use in words_used(record) if use.section == section}
    used |= {result.metric for run in catalog.runs.values() for result in run.results.values()}
    workflows = (question.workflow for question in catalog.questions.values() if question.workflow)
    used |= {step.run for workflow in workflows for step in workflow.steps.values()}
    return known.keys() - used
