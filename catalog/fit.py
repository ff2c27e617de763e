"""What an offered model is to its question, derived from the records with the lines that decide it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from catalog.ability import what_is_missing, what_it_does
from catalog.contracts import has_unknown_port, hosted_use, is_broken
from catalog.graph import Graph, Node
from catalog.kept import kept
from catalog.problems import Level, Problem
from catalog.reasons import Reason, Words, reason
from catalog.records import Asks, Model, Question, Vocabulary
from catalog.workflow import build

if TYPE_CHECKING:
    from catalog.load import Catalog

__all__ = ["Reason", "Verdict", "problems", "verdict", "verdicts"]

Kind = Literal["does-this-job", "can-be-a-step", "has-no-place"]


@dataclass(frozen=True)
class Verdict:
    """What a model is to a question.

    Attributes:
        kind: whether its hosted use does the job, one of its uses is a step of the workflow, or neither.
        inside: whether the question lies inside what it was trained on; None when the record does not say.
        use: the use that does the job or stands in the workflow; None when none does.
        reasons: what decided, first what is missing, then what helps, last what it was trained on.
    """

    model_id: str
    kind: Kind
    inside: bool | None
    use: str | None
    reasons: tuple[Reason, ...]


def verdicts(question: Question, catalog: Catalog) -> dict[str, Verdict]:
    """Return the verdict on each offered model that has a record, in the order offered; none before `asks` is known."""
    if question.asks is None:
        return {}
    graph, _ = build(question, catalog)
    offered = [catalog.models[id_] for id_ in question.models if id_ in catalog.models]
    return {model.id: judge(question.asks, model, question, graph, catalog) for model in offered}


def verdict(question: Question, model: Model, catalog: Catalog) -> Verdict:
    """Return the verdict on one model.

    Raises:
        ValueError: the question does not say yet what it asks.
    """
    if question.asks is None:
        raise ValueError(f"{question.id} does not say yet what it asks")
    return judge(question.asks, model, question, build(question, catalog)[0], catalog)


def problems(catalog: Catalog) -> Iterator[Problem]:
    """Check that each verdict but 'does this job' has its reason, and that workflows and verdicts agree.

    What a draft still lacks is a notice.
    """
    for question in catalog.questions.values():
        graph, _ = build(question, catalog)
        found = known_verdicts(question, catalog)
        if question.workflow:  # before it is written nobody knows which models it runs
            yield from missing_reasons(question, found, catalog)
        if graph:  # a workflow that cannot be read has problems of its own
            yield from contradictions(question, graph, found, catalog)


def known_verdicts(question: Question, catalog: Catalog) -> dict[str, Verdict]:
    """Return the verdicts of which nothing can be told that is wrong with what they rest on."""
    if not _asks_in_known_words(question, catalog.vocabulary):
        return {}  # said where the word stands; what follows from it would mislead
    strange = _strange(catalog)
    return {
        id_: verdict_
        for id_, verdict_ in verdicts(question, catalog).items()
        if id_ not in strange
        and not catalog.lacks(question, "models", id_)
        and hosted_use(catalog.models[id_]) is not None
        and not any(is_broken(use) for use in catalog.models[id_].uses.values())
    }


def _asks_in_known_words(question: Question, vocabulary: Vocabulary) -> bool:
    """Tell whether the task and the port types that a question asks in, if it does, are in the vocabulary."""
    asks = question.asks
    return asks is None or (asks.task in vocabulary.tasks and {asks.from_, asks.to} <= vocabulary.types.keys())


@kept
def _strange(catalog: Catalog) -> frozenset[str]:
    """Return the models whose uses say what is not in the vocabulary."""
    return frozenset(id_ for id_, model in catalog.models.items() if _in_unknown_words(model, catalog.vocabulary))


def _in_unknown_words(model: Model, vocabulary: Vocabulary) -> bool:
    """Tell whether a use has a task or a port type that is not in the vocabulary, or is said to help no task of it."""
    tasks = vocabulary.tasks
    return any(
        use.task not in tasks or not tasks[use.task].helps.keys() <= tasks.keys() or has_unknown_port(use, vocabulary)
        for use in model.uses.values()
    )


def missing_reasons(question: Question, found: Mapping[str, Verdict], catalog: Catalog) -> Iterator[Problem]:
    """Check that a model that does not do the job has a `because:`.

    While the workflow cannot be read nobody knows whether it has a place, and one of the asked task may yet do the job.
    """
    is_read = build(question, catalog)[0] is not None
    for id_, verdict_ in found.items():
        if verdict_.kind == "does-this-job" or question.models[id_].because is not None:
            continue
        why = verdict_.reasons[0]
        said = f"the verdict on it is *{_spoken(verdict_.kind)}*" if is_read else "it does not do this job"
        message = f'{said} ({why.text}); add because: "...", which tells a reader why'
        if is_read or why.field.endswith(".task"):
            yield question.source.key_problem(message, "models", id_, level=_level(question))


def contradictions(
    question: Question, graph: Graph, found: Mapping[str, Verdict], catalog: Catalog
) -> Iterator[Problem]:
    """Check that the workflow runs an offered model, one that does the job if it can, and none without a place."""
    running = {node.record_id for node in graph.steps}
    able = [id_ for id_, verdict_ in found.items() if verdict_.kind == "does-this-job"]
    aside = [node for node in graph.steps if node.record_id in able and graph.ways]
    if able and not running.intersection(able):
        message = f'"{able[0]}" does this job, but no step of the workflow runs it; let a step run it'
        yield question.source.problem(message, "workflow", "steps", level=_level(question))
    elif aside and not any(graph.on_the_way(node.name) for node in aside):
        message = f'"{aside[0].record_id}" does this job, but no output that the question asks for is made by it'
        message += "; let one be made from this step"
        yield question.source.problem(message, "workflow", "steps", aside[0].name, level=_level(question))
    elif found and not running.intersection(question.models):
        message = f"no step runs what is recommended ({', '.join(found)}); the answer has to say why"
        yield question.source.problem(message, "workflow", "steps", level="notice")
    for node in graph.steps:
        if node.record_id in found and found[node.record_id].kind == "has-no-place":
            why = next(
                reason_.text for reason_ in found[node.record_id].reasons if reason_.field.startswith("workflow")
            )
            message = f'step "{node.name}" runs "{node.record_id}", which has no place here'
            message += f" ({why}); leave it out, or {_what_gives_a_place(node, graph, question, catalog)}"
            yield question.source.problem(message, "workflow", "steps", node.name, "run", level=_level(question))


def _what_gives_a_place(node: Node, graph: Graph, question: Question, catalog: Catalog) -> str:
    """Return what an author can do so that a step that has no place has one."""
    task = catalog.models[node.record_id].uses[node.use].task
    away = ["put it on the way"] * (not graph.on_the_way(node.name))
    idle = [f'say under helps: of "{task}" in catalog/vocabulary.yml how it helps']
    return " and ".join([*away, *idle * (not helps(task, question.asks.task, catalog.vocabulary))])


def _spoken(kind: Kind) -> str:
    """Return a verdict as people say it, such as `can be a step`."""
    return kind.replace("-", " ")


def _level(question: Question) -> Level:
    """Return how grave it is when a question lacks something."""
    return "notice" if question.status == "draft" else "error"


# --- the verdict -----------------------------------------------------------------------------------------------------


def judge(asks: Asks, model: Model, question: Question, graph: Graph | None, catalog: Catalog) -> Verdict:
    """Return what a model is to a question; `graph` is None while the question's workflow cannot be read."""
    words = Words(catalog.vocabulary)
    inside, taught = training(asks, model, words)
    hosted = hosted_use(model)
    lacking = tuple(what_is_missing(asks, model, words))
    if not lacking:
        able = tuple(what_it_does(asks, model, words))
        return Verdict(model.id, "does-this-job", inside, hosted, (*able, taught))
    step = helping_step(asks, model, graph, catalog.vocabulary) if graph else None
    if step:
        helping = tuple(how_it_helps(asks, model, step, question, words))
        return Verdict(model.id, "can-be-a-step", inside, step.use, (*lacking, *helping, taught))
    idle = why_it_has_no_place(asks, model, question, graph, words)
    return Verdict(model.id, "has-no-place", inside, None, (*lacking, idle, taught))


def training(asks: Asks, model: Model, words: Words) -> tuple[bool | None, Reason]:
    """Return whether a question lies inside what a model was trained on, None when its record does not say."""
    if not model.trained_on:
        return None, reason("Its record names no kind of picture that it learned from.", model.source)
    seen, about = words.content(*model.trained_on), words.content(asks.about)
    inside = asks.about in model.trained_on
    text = f"It was trained on {seen}{', and' if inside else ';'} this question is about {about}."
    return inside, reason(text, model.source, "trained_on")


# --- a step ----------------------------------------------------------------------------------------------------------


def helping_step(asks: Asks, model: Model, graph: Graph, vocabulary: Vocabulary) -> Node | None:
    """Return the step that runs a model on the way from asked input to asked output, its task one that helps."""
    for node in graph.steps:
        here = node.record_id == model.id and graph.on_the_way(node.name)
        if here and helps(model.uses[node.use].task, asks.task, vocabulary):
            return node
    return None


def helps(task: str, asked: str, vocabulary: Vocabulary) -> bool:
    """Tell whether a task is the asked one or is listed as one that helps it."""
    known = vocabulary.tasks.get(task)
    return task == asked or (known is not None and asked in known.helps)


def how_it_helps(asks: Asks, model: Model, step: Node, question: Question, words: Words) -> Iterator[Reason]:
    """Yield where a model stands in the workflow, by which of its uses, and why that helps."""
    yield reason(f'Here it is the step "{step.label}".', question.source, "workflow", "steps", step.name)
    task = model.uses[step.use].task
    if not step.hosted:
        text = f"That step is {words.task(task)}, a use that is not the hosted one."
        yield reason(text, model.source, "uses", step.use)
    if step.source:
        yield reason(f"It is documented here: {step.source}.", model.source, "uses", step.use, "source")
    if task != asks.task:
        help_ = words.vocabulary.tasks[task].helps[asks.task]
        yield reason(help_, words.vocabulary.source, "tasks", task, "helps", asks.task)


def why_it_has_no_place(asks: Asks, model: Model, question: Question, graph: Graph | None, words: Words) -> Reason:
    """Return why a model is no step of the workflow."""
    if graph is None:
        return reason("No workflow shows yet where it could stand.", question.source, "workflow")
    step = next((node for node in graph.steps if node.record_id == model.id), None)
    if step is None:
        return reason("No step of the workflow runs it.", question.source, "workflow", "steps")
    task = model.uses[step.use].task
    if helps(task, asks.task, words.vocabulary):
        text = f'Its step "{step.label}" does not lie on the way from what is given to what is asked.'
    else:
        text = f"Here it would do {words.task(task)}, which is not known to help {words.task(asks.task)}."
    return reason(text, question.source, "workflow", "steps", step.name, "run")
