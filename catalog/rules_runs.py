"""The rules on runs, and on the claims and reproductions that rest on their results."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from catalog.counted import all_digits
from catalog.expressions import (
    Expression,
    ExpressionError,
    NoRecordError,
    Quantity,
    Term,
    evaluate,
    format_quantity,
    parse,
)
from catalog.foreign_files import foreign_files
from catalog.freshness import CANNOT_BE_READ
from catalog.json_reader import place_in
from catalog.load import Catalog
from catalog.metric_fit import instead, misfit, misnamed
from catalog.notations import FigureRef, ResultRef, place, scan
from catalog.packages import command
from catalog.problems import Level, Problem
from catalog.records import Question, Record
from catalog.run_files import NOTEBOOK
from catalog.run_values import rerun
from catalog.runs import LOADED, Result, Run
from catalog.sidecars import needs_no_run
from catalog.source import Path, problem_at
from catalog.stale import code_of, stale_reasons, workflow_digests
from catalog.unkept import UnkeptError
from catalog.words import VOCABULARY_FILE

_TOLD = {  # what the provenance of each run tells: its form, and what it is
    "commit": (re.compile("[0-9a-f]{7,64}"), "the commit of the code"),
    "date": (re.compile(r"\d{4}-\d\d-\d\d"), "the day such as 2026-01-31"),
    "device": (re.compile(r"\S.*"), "the device it ran on, which an essay tells by places.device(device),"),
}


def results_fit_their_metric(catalog: Catalog) -> Iterator[Problem]:
    """A result has a metric of the vocabulary, which its name does not contradict, its unit, and a value in range."""
    for run in catalog.runs.values():
        misfits = (
            (("results", name, field), message, *cause)
            for name, result in run.results.items()
            for field, message, *cause in (*_misfits(result, catalog), *_misnamed(name, result, catalog))
        )
        yield from in_run(run, catalog, misfits)


def _misfits(result: Result, catalog: Catalog) -> Iterator[tuple[str, ...]]:
    """Yield what is wrong with a result: its field, the message, and the path of what it does not fit."""
    cause = ("metrics", result.metric)
    metric = catalog.vocabulary.metrics.get(result.metric)
    if metric is None:
        hint = instead(result.metric, catalog.vocabulary.metrics)
        yield "metric", f"is no metric of {VOCABULARY_FILE} (got {result.metric}){hint}", *cause
        return
    if result.unit != metric.unit:
        wanted = f'"{metric.unit}"' if metric.unit else "none"
        yield (
            "unit",
            f'the unit of {result.metric} is {wanted} (got "{result.unit}"); run the notebook again',
            *cause,
            "unit",
        )
    broken, wanted = misfit(result.value, metric)
    if broken:
        message = f"{result.metric} {wanted} (got {all_digits(result.value)}); look for the error in the notebook"
        yield "value", message, *cause, broken


def _misnamed(name: str, result: Result, catalog: Catalog) -> Iterator[tuple[str, str]]:
    """Yield what is wrong where the name of a result contradicts its metric."""
    if wrong := misnamed(name, result.metric, catalog.vocabulary.metrics):
        yield "metric", f"{wrong}; name it otherwise, or run the notebook again"


def essays_use_what_keys_hold(catalog: Catalog) -> Iterator[Problem]:
    """An essay, and what it imports, uses no code and no file that no key of a run holds: it would not be run.

    The essay of a draft may still have to be put right.
    """
    for id, error in _unkept(catalog):
        level: Level = "notice" if _is_of_drafts(id, catalog) else "error"
        yield from (Problem(error.file, line, 1, "", sentence, level) for line, sentence in error.uses)


def _unkept(catalog: Catalog) -> Iterator[tuple[str, UnkeptError]]:
    """Yield the essays, by their ids, that use what no key holds; one whose run is fresh was asked about already."""
    stale = stale_reasons(catalog)
    for path in sorted((catalog.root / "notebooks").glob("*.py")):
        if stale.get(path.stem, ("it has not been run",)):
            try:
                code_of(catalog).behind(path.name)
            except UnkeptError as error:
                yield path.stem, error
            except (OSError, ValueError):
                continue  # its run is stale, or has never been made


def _is_of_drafts(essay: str, catalog: Catalog) -> bool:
    """Tell whether only drafts name an essay."""
    named = [question.status for question in catalog.questions.values() if question.notebook == essay]
    return set(named) == {"draft"} and all(record.notebook != essay for record in catalog.sources)


def runs_are_fresh(catalog: Catalog) -> Iterator[Problem]:
    """A run belongs to the code, the weights and the workflows that are here now, else its page says STALE.

    What keeps a workflow from being read, or an essay from being run, is told where it stands.
    """
    unkept = {line for _, error in _unkept(catalog) for line in str(error).splitlines()}
    for id, all_reasons in stale_reasons(catalog).items():
        reasons = [each for each in all_reasons if not each.endswith(CANNOT_BE_READ) and each not in unkept]
        if reasons:
            run = catalog.runs[id]
            why = (
                reasons[0]
                if len(reasons) == 1
                else f"{len(reasons)} reasons, which {command('run_notebooks', '--check')} lists"
            )
            remedy = "" if all(map(needs_no_run, reasons)) else f"; {rerun(run.id)}"
            yield Problem(run.file, 1, 1, "", f"this run is stale: {why}{remedy}", "notice")


def runs_are_as_they_were_made(catalog: Catalog) -> Iterator[Problem]:
    """Nobody changed by hand what a run wrote down: its numbers, figures and outputs, its steps, how it came about."""
    for run in catalog.runs.values():
        if not run.sealed:
            message = f"this, or {NOTEBOOK} beside it, is not what the run wrote; {rerun(run.id)}"
            yield Problem(run.file, 1, 1, "seal", message)


def nothing_else_lies_among_runs(catalog: Catalog) -> Iterator[Problem]:
    """Beside a run lies what it wrote, and among the weights what a run loaded or others were taught from."""
    runs = dict.fromkeys(catalog.unreadable_runs) | catalog.runs
    for file, message in foreign_files(catalog.root, runs):
        yield Problem(file, 1, 1, "", message, "notice")


def only_full_runs_are_published(catalog: Catalog) -> Iterator[Problem]:
    """A run that was published is a full one."""
    for run in catalog.runs.values():
        if run.mode != "full":
            message = f"only a full run is published (got {run.mode}); {rerun(run.id)}"
            yield Problem(run.file, 1, 1, "mode", message)


def runs_say_how_they_came_about(catalog: Catalog) -> Iterator[Problem]:
    """A published run tells the commit of its code, its day and its device."""
    for run in catalog.runs.values():
        yield from in_run(run, catalog, _untold(run))


def _untold(run: Run) -> Iterator[tuple[Path, str]]:
    """Yield what the provenance of a run does not tell: its path and the message."""
    for name, (form, wanted) in _TOLD.items():
        value = run.provenance.get(name)
        if not isinstance(value, str) or not form.fullmatch(value):
            got = f'got "{str(value)[:80]}"' if name in run.provenance else "got nothing"
            yield ("provenance", name), f"{wanted} is wanted ({got}); {rerun(run.id)} in a clone of the repository"


def traces_follow_the_workflow(catalog: Catalog) -> Iterator[Problem]:
    """Each traced step is one of the workflow that was executed, unless that changed since, which makes it stale."""
    traced = [run for run in catalog.runs.values() if run.trace]
    digests = workflow_digests(catalog) if traced else {}
    for run in traced:
        executed = {part.partition(":")[2]: digest for part, digest in run.key.items() if part.startswith("workflow:")}
        if not executed:  # then the steps can only be those of the run's own question
            executed = {
                id: digests.get(id) for id, question in catalog.questions.items() if question.notebook == run.id
            }
        if executed and all(digest and digests.get(question) == digest for question, digest in executed.items()):
            yield from in_run(run, catalog, _unknown_steps(run, [catalog.questions[id] for id in executed]))


def _unknown_steps(run: Run, executed: Iterable[Question]) -> Iterator[tuple[Path, str]]:
    """Yield the traced steps that the workflows of these questions don't have: their paths and the messages."""
    workflows = [question.workflow for question in executed if question.workflow]
    known = {(name, step.run) for workflow in workflows for name, step in workflow.steps.items()}
    for i, step in enumerate(run.trace):
        if (step.step, step.run) not in known:
            message = f'no workflow of this run has the step "{step.step}" that runs "{step.run}"; {rerun(run.id)}'
            yield ("trace", i, "step"), message


def networks_have_their_weights(catalog: Catalog) -> Iterator[Problem]:
    """A run that shows what trained weights did has loaded such a file, whose digest is in its key."""
    for run in catalog.runs.values():
        drawn = ((("figures", name, "weights"), figure.weights) for name, figure in run.figures.items())
        traced = ((("trace", i, "weights"), step.weights) for i, step in enumerate(run.trace))
        message = '"{}" is said of a network, and yet the run loaded no such weights; ' + rerun(run.id)
        misfits = (
            (path, message.format(origin))
            for path, origin in (*drawn, *traced)
            if origin in LOADED and not any(part.startswith(LOADED[origin]) for part in run.key)
        )
        yield from in_run(run, catalog, misfits)


def published_notebooks_have_run(catalog: Catalog) -> Iterator[Problem]:
    """The notebook of a published question has been run."""
    for question in catalog.questions.values():
        notebook = question.notebook
        if question.status != "published" or not notebook or not (catalog.root / f"notebooks/{notebook}.py").is_file():
            continue  # an essay that does not exist is told where files are
        if notebook not in catalog.runs and notebook not in catalog.unreadable_runs:
            message = f'"{notebook}" has not been run yet; {rerun(notebook)}'
            yield question.source.problem(message, "notebook", level="notice")


def claims_hold(catalog: Catalog) -> Iterator[Problem]:
    """Every claim of a question follows from results that belong to it; before the first run of a draft it may wait."""
    for question in catalog.questions.values():
        for i, claim in enumerate(question.claims):
            path = ("claims", i, "holds")
            try:
                parsed = parse(claim.holds)
                quantity = evaluate(parsed, catalog, question.id)
            except NoRecordError:
                continue  # said where the record is offered, or where the run is
            except ExpressionError as error:
                yield _in_expression(question, error, path, _level_of_error(claim.holds, question, catalog))
                continue
            if message := _no_claim(quantity, parsed) or _untrained(quantity, catalog):
                yield question.source.problem(message, *path)
            elif not quantity.value:
                message = f"the claim does not hold: {_measured(quantity)}; say what was measured"
                yield question.source.problem(message, *path)


def reproductions_are_told(catalog: Catalog) -> Iterator[Problem]:
    """A claim of a paper or repository that our run tested is computed; one that fails is a finding, not an error."""
    for record in catalog.sources:
        for name, reproduction in record.reproduction.items():
            if reproduction.holds is None:
                continue
            path = ("reproduction", name, "holds")
            try:
                parsed = parse(reproduction.holds)
                waits = _runs_missing(parsed, catalog)
                quantity = None if waits else evaluate(parsed, catalog)
            except NoRecordError:
                continue  # said where the run is
            except ExpressionError as error:
                yield _in_expression(record, error, path, "error")
                continue
            if quantity is None:
                message = f'not checked yet: there is no run of "{waits[0]}"'
                yield record.source.problem(message, *path, level="notice")
            elif message := _no_claim(quantity, parsed) or _untrained(quantity, catalog):
                yield record.source.problem(message, *path)
            elif not quantity.value:
                message = f"finding: not reproduced: {_measured(quantity)}"
                yield record.source.problem(message, *path, level="notice")


def untrained_networks_say_nothing_about_quality(catalog: Catalog) -> Iterator[Problem]:
    """No answer prints a quality that an untrained network reached, or shows its figure beside such a number."""
    if not any("untrained" in run.origins for run in catalog.runs.values()):
        return
    for id, answer in catalog.answers.items():
        for part, passage in answer.parts if id in catalog.questions else ():
            notations = scan(passage)
            printed = {}
            for found in notations:
                if isinstance(found, ResultRef) and (quantity := _value(found.expression, catalog, id)):
                    printed.update((term.id, str(term)) for term in quantity.terms if _is_quality(term, catalog))
                    if message := _untrained(quantity, catalog):
                        yield Problem(answer.file, *place(passage, found.start), part, message)
            for found in notations:
                if isinstance(found, FigureRef) and found.run in printed and _is_untrained_figure(found, catalog):
                    message = (
                        f'"{found.name}" was drawn by an untrained network and stands beside {printed[found.run]}, a '
                        "quality; show a trained one, or move the figure to where cost or shape is told"
                    )
                    yield Problem(answer.file, *place(passage, found.start), part, message)


# --- the pieces ------------------------------------------------------------------------------------------------------


def _value(expression: str, catalog: Catalog, question_id: str) -> Quantity | None:
    """Return the value of an expression, or None if it has none (which another rule tells)."""
    try:
        return evaluate(parse(expression), catalog, question_id)
    except ExpressionError:
        return None


def _no_claim(quantity: Quantity, parsed: Expression) -> str:
    """Say why an expression can be no claim, or nothing."""
    if not isinstance(quantity.value, bool):
        return f"a claim compares two values, such as {parsed.text.strip()} > 0 (got {format_quantity(quantity)})"
    return "" if quantity.terms else "no result or reported number stands in the claim; it rests on nothing"


def _measured(quantity: Quantity) -> str:
    """Return the values that stand in an expression."""
    return ", ".join(f"{term} is {_printed(term)}" for term in quantity.terms)


def _printed(term: Term) -> str:
    """Return a value with its unit, with all its digits where two decimals would hide them."""
    printed = format_quantity(Quantity(term.value, None, term.unit, term.digits))
    return printed if printed.strip("−0., \u202f" + term.unit) else f"{term.value:g} {term.unit}".strip()


def _untrained(quantity: Quantity, catalog: Catalog) -> str:
    """Say which quality rests on an untrained network, or nothing."""
    for term in quantity.terms:
        if term.kind == "result" and _is_quality(term, catalog) and catalog.runs[term.id].rests_on_untrained:
            return (
                f"{term} is a quality ({term.metric}) from a run with untrained weights, which may speak of cost and "
                "shape alone; load trained weights or take it out"
            )
    return ""


def _is_quality(term: Term, catalog: Catalog) -> bool:
    """Tell whether a term speaks of quality."""
    metric = catalog.vocabulary.metrics.get(term.metric)
    return metric is not None and metric.quality


def _is_untrained_figure(figure: FigureRef, catalog: Catalog) -> bool:
    """Tell whether an untrained network drew a figure."""
    run = catalog.runs.get(figure.run)
    return run is not None and figure.name in run.figures and run.figures[figure.name].weights == "untrained"


def _runs_missing(parsed: Expression, catalog: Catalog) -> list[str]:
    """Return the notebooks of which an expression needs a run that is not there."""
    named = (term.id for term in parsed.references if term.kind == "result")
    return [id for id in named if id not in catalog.runs and id not in catalog.unreadable_runs]


def _level_of_error(holds: str, question: Question, catalog: Catalog) -> Level:
    """Return notice for a draft's claim that waits for a first run, else error."""
    try:
        waits = _runs_missing(parse(holds), catalog)
    except ExpressionError:
        return "error"
    return "notice" if question.status == "draft" and question.notebook in waits else "error"


def _in_expression(record: Record, error: ExpressionError, path: Path, level: Level) -> Problem:
    """Return a problem at the column of an expression that stands in a record; of one in a block, where that begins."""
    mark = record.source.at(*path)
    shift = 0 if mark.style in ("|", ">") else error.column - 1 + len(mark.style)
    return problem_at(record.source.file, mark._replace(column=mark.column + shift), path, error.message, level)


def in_run(run: Run, catalog: Catalog, found: Iterable[tuple[Path | str, ...]]) -> Iterator[Problem]:
    """Yield a problem for each path in a run.json, its message and perhaps its cause; the file is read at most once."""
    text = None
    for path, message, *cause in found:
        text = (catalog.root / run.file).read_text(encoding="utf-8") if text is None else text
        at = (*place_in(text, path), ".".join(map(str, path)))
        yield Problem(run.file, *at, message, cause=tuple(cause))


OF_ONE_RUN = (  # a run that breaks one of them is not put in place at all
    results_fit_their_metric,
    only_full_runs_are_published,
    runs_say_how_they_came_about,
    traces_follow_the_workflow,
    networks_have_their_weights,
)
RULES = (
    *OF_ONE_RUN,
    runs_are_as_they_were_made,
    nothing_else_lies_among_runs,
    essays_use_what_keys_hold,
    runs_are_fresh,
    published_notebooks_have_run,
    claims_hold,
    reproductions_are_told,
    untrained_networks_say_nothing_about_quality,
)
