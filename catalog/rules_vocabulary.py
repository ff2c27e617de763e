"""The rules within the vocabulary: a task helps others, and readers can tell the words of a list apart."""

from __future__ import annotations

from collections.abc import Iterator

from catalog.load import Catalog
from catalog.problems import Problem

TITLED = ("tasks", "types", "content", "wants", "roles", "operations")  # metrics are told apart by their units, too


def tasks_help_others(catalog: Catalog) -> Iterator[Problem]:
    """No task helps itself: a use that does the task is told as that."""
    for name, task in catalog.vocabulary.tasks.items():
        if name in task.helps:
            message = f"is the task itself (got {name}); write the task that it helps, or take it out"
            yield catalog.vocabulary.source.key_problem(message, "tasks", name, "helps", name)


def titles_are_told_apart(catalog: Catalog) -> Iterator[Problem]:
    """No two words of a list have one title, which pages show in their place."""
    for section in TITLED:
        first: dict[str, str] = {}
        for word, entry in getattr(catalog.vocabulary, section).items():
            other = first.setdefault(entry.title.casefold(), word)
            if other != word:
                message = f'is the title of "{other}", too (got "{entry.title}"); give each its own'
                yield catalog.vocabulary.source.problem(message, section, word, "title")


RULES = (tasks_help_others, titles_are_told_apart)
