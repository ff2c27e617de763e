"""The rules on characters that nobody sees, where neither a record nor an answer holds them."""

from __future__ import annotations

from collections.abc import Iterator

from catalog.contributed_text import read_corrected, text_problems
from catalog.load import Catalog
from catalog.plain_markdown import hidden_characters, hidden_entities
from catalog.problems import Problem
from catalog.rules_runs import in_run
from catalog.shown_prose import shown_prose


def essays_hide_no_character(catalog: Catalog) -> Iterator[Problem]:
    """The prose of a notebook holds no entity of a character that nobody sees; what ran no such character either."""
    for notebook in _essays(catalog):
        for prose in shown_prose(catalog, notebook):
            yield from (prose.problem(at, message) for at, message in hidden_characters(prose.passage))
            if prose.cell:  # that of the essay is told with its file
                found = text_problems(prose.passage.text, prose.file)
                yield from (prose.problem(0, problem.message) for problem in found)


def essays_are_text(catalog: Catalog) -> Iterator[Problem]:
    """The file of a notebook is UTF-8 without a character that nobody sees, in its prose and its code."""
    for notebook in _essays(catalog):
        path = catalog.root / f"notebooks/{notebook}.py"
        if path.exists():  # one that does not is told where it is named
            yield from read_corrected(path, catalog.root)[1]


def _essays(catalog: Catalog) -> list[str]:
    """Return the ids of the essays that records name, sorted."""
    records = (*catalog.questions.values(), *catalog.sources)
    return sorted({record.notebook for record in records if record.notebook})


def runs_hide_no_character(catalog: Catalog) -> Iterator[Problem]:
    """What a run says of its figures and results holds no entity of a character that nobody sees."""
    for run in catalog.runs.values():
        said = [(("figures", name, "alt"), figure.alt) for name, figure in run.figures.items()]
        said += [(("figures", name, "caption"), figure.caption) for name, figure in run.figures.items()]
        said += [(("results", name, "says"), result.says) for name, result in run.results.items()]
        for path, text in said:
            yield from in_run(run, catalog, [(path, message) for _, message in hidden_entities(text)])


RULES = (essays_are_text, essays_hide_no_character, runs_hide_no_character)
