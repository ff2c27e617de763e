"""The rules on what was executed: a page shows no prose but that of an essay, which the other rules read."""

from __future__ import annotations

from collections.abc import Iterator

from catalog.costly import costly
from catalog.essay_cells import cells, code_differs, foreign_prose, prose_differs
from catalog.essay_prose import LARGEST
from catalog.load import Catalog
from catalog.problems import Problem
from catalog.run_files import NOTEBOOK
from catalog.run_values import rerun, sync
from catalog.runs import Run
from catalog.shown_prose import shown_prose, written_text


def executed_prose_is_that_of_the_essay(catalog: Catalog) -> Iterator[Problem]:
    """The prose of an executed notebook, which the site shows, is that of its essay, which is checked."""
    for run in catalog.runs.values():
        essay, file = f"notebooks/{run.id}.py", f"{run.folder}/{NOTEBOOK}"
        path, text = catalog.root / essay, written_text(catalog, run.id)
        if text is not None:
            yield from _differences(run, text, file)
        elif not path.is_file():
            message = f"{essay}, whose prose this is, is missing; put it there or remove the run"
            yield Problem(file, 1, 1, "", message)
        else:
            message = f"the essay has {path.stat().st_size:,} bytes; at most {LARGEST:,} are allowed"
            yield Problem(essay, 1, 1, "", message)


def _differences(run: Run, text: str, file: str) -> Iterator[Problem]:
    """Yield where the executed prose is not that of an essay's text; a run with other code is stale, and may differ."""
    written, executed = cells(text), run.cells or ()
    foreign = foreign_prose(written, executed)
    other_code = code_differs(written, executed)
    if foreign is None and (other_code or not prose_differs(written, executed)):
        return  # a stale run may lack what was written after it
    where = "" if foreign is None else f"cell {foreign + 1}"
    if other_code:
        message = f"the page shows this prose, and not that of notebooks/{run.id}.py, until it has run; {rerun(run.id)}"
        yield Problem(file, 1, 1, where, message, "notice")
    else:
        yield Problem(file, 1, 1, where, f"its prose is not that of notebooks/{run.id}.py; {sync(run.id)}")


def essays_are_read_in_little_time(catalog: Catalog) -> Iterator[Problem]:
    """No cell of an essay that a page shows holds what makes Markdown slow."""
    for run in catalog.runs.values():
        for prose in shown_prose(catalog, run.id):
            yield from (prose.problem(at, message) for at, message in costly(prose.passage.text))


def essays_are_named_by_a_record(catalog: Catalog) -> Iterator[Problem]:
    """A question, paper or model names each essay; without one nobody knows what the prose on its page may say."""
    essays = {path.stem for path in (catalog.root / "notebooks").glob("*.py")}
    named = {record.notebook for record in (*catalog.sources, *catalog.questions.values()) if record.notebook}
    if catalog.unreadable or catalog.damaged or not named <= essays:
        return  # one of those may name it, or mean it
    answered = catalog.answers.keys() & catalog.runs.keys() & catalog.questions.keys()
    told = {id for id in answered if catalog.questions[id].notebook is None}  # where such a question lacks it
    for id in sorted(essays - named - told):
        shows = "its page shows prose" if id in catalog.runs else "once it has run, its page shows prose"
        remedy = f'write "notebook: {id}" into the question or paper that it serves, or remove it'
        message = f"no record names this essay; {shows} of which no rule asks what was offered or measured; {remedy}"
        yield Problem(f"notebooks/{id}.py", 1, 1, "", message, "notice")


def outputs_can_be_shown(catalog: Catalog) -> Iterator[Problem]:
    """A page shows text, tables and pictures; what else a cell put out is left to the notebook."""
    for run in catalog.runs.values():
        for number, cell in enumerate(run.cells or (), start=1):
            if cell.not_shown:
                kinds = ", ".join(kind[:80] for kind in cell.not_shown)
                message = f"no page shows output of this kind ({kinds}); print text, or draw a picture"
                yield Problem(f"{run.folder}/{NOTEBOOK}", 1, 1, f"cell {number}", message, "notice")


def nothing_private_is_shown(catalog: Catalog) -> Iterator[Problem]:
    """What a cell says or put out names no home folder, and looks like no key or token."""
    for run in catalog.runs.values():
        for number, cell in enumerate(run.cells or (), start=1):
            if cell.private:
                message = f"{cell.private}; take it out of the essay, and {rerun(run.id)}"
                yield Problem(f"{run.folder}/{NOTEBOOK}", 1, 1, f"cell {number}", message, "notice")


RULES = (
    executed_prose_is_that_of_the_essay,
    essays_are_read_in_little_time,
    essays_are_named_by_a_record,
    outputs_can_be_shown,
    nothing_private_is_shown,
)
