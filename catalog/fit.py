"""What an offered model is to its question, derived from the records with the lines that decide it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Literal

from catalog.aim import ENLARGING
from catalog.contracts import LARGEST_FACTOR, SMALLEST_FACTOR, hosted_use, is_broken, port_shapes, wrong_value
from catalog.graph import Graph, Node, PortValue
from catalog.problems import Level, Problem
from catalog.records import Asks, Model, Port, Question, Setting, Task, Term, Use, Vocabulary
from catalog.shapes import Size, number, ratio, solve
from catalog.source import Source
from catalog.workflow import build

if TYPE_CHECKING:
    from catalog.load import Catalog

UNCOUNTABLE = {"text"}  # port types that take no article
Kind = Literal["does-this-job", "can-be-a-step", "has-no-place"]


@dataclass(frozen=True)
class Reason:
    """A sentence for a reader, with the line of the record it rests on."""

    text: str
    file: str
    line: int
    field: str


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
    return _verdicts(question, build(question, catalog)[0], catalog)


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
        found = {
            id_: verdict_
            for id_, verdict_ in _verdicts(question, graph, catalog).items()
            if not any(is_broken(use) for use in catalog.models[id_].uses.values())
        }
        yield from missing_reasons(question, found)
        if graph:  # a workflow that cannot be read has problems of its own
            yield from contradictions(question, graph, found)


def missing_reasons(question: Question, found: Mapping[str, Verdict]) -> Iterator[Problem]:
    """Check that a model that does not do the job has a `because:`."""
    for id_, verdict_ in found.items():
        if verdict_.kind != "does-this-job" and question.models[id_].because is None:
            why = verdict_.reasons[0].text
            message = f'its verdict is "{verdict_.kind}" ({why}); add because: "...", which tells a reader why'
            yield question.source.key_problem(message, "models", id_, level=_level(question))


def contradictions(question: Question, graph: Graph, found: Mapping[str, Verdict]) -> Iterator[Problem]:
    """Check that the workflow runs a model that does the job where one is offered, and no model without a place."""
    running = {node.record_id for node in graph.steps}
    able = [id_ for id_, verdict_ in found.items() if verdict_.kind == "does-this-job"]
    if able and not running.intersection(able):
        message = f'"{able[0]}" does this job, but no step of the workflow runs it; let a step run it'
        yield question.source.problem(message, "workflow", "steps", level=_level(question))
    for node in graph.steps:
        if node.record_id in found and found[node.record_id].kind == "has-no-place":
            message = f'step "{node.name}" runs "{node.record_id}", which has no place here'
            why = next(r.text for r in found[node.record_id].reasons if r.field.startswith("workflow"))
            message += f" ({why}); leave the step out, or say under helps: in catalog/vocabulary.yml how its task helps"
            yield question.source.problem(message, "workflow", "steps", node.name, "run", level=_level(question))


def _level(question: Question) -> Level:
    """Return how grave it is when a question lacks something."""
    return "notice" if question.status == "draft" else "error"


def _verdicts(question: Question, graph: Graph | None, catalog: Catalog) -> dict[str, Verdict]:
    """Return the verdicts, given the question's graph."""
    if question.asks is None:
        return {}
    offered = [catalog.models[id_] for id_ in question.models if id_ in catalog.models]
    return {model.id: judge(question.asks, model, question, graph, catalog) for model in offered}


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
    step = helping_step(asks, model, graph, catalog) if graph else None
    if step:
        helping = tuple(how_it_helps(asks, model, step, question, words))
        return Verdict(model.id, "can-be-a-step", inside, step.use, (*lacking, *helping, taught))
    idle = why_it_has_no_place(asks, model, question, graph, words)
    return Verdict(model.id, "has-no-place", inside, None, (*lacking, idle, taught))


def training(asks: Asks, model: Model, words: Words) -> tuple[bool | None, Reason]:
    """Return whether a question lies inside what a model was trained on, None when its record does not say."""
    if not model.trained_on:
        return None, reason("Its record does not say what it was trained on.", model.source)
    seen, about = words.content(*model.trained_on), words.content(asks.about)
    inside = asks.about in model.trained_on
    text = f"It was trained on {seen}{', and' if inside else ';'} this question is about {about}."
    return inside, reason(text, model.source, "trained_on")


# --- the hosted use --------------------------------------------------------------------------------------------------


def what_is_missing(asks: Asks, model: Model, words: Words) -> Iterator[Reason]:
    """Yield what the hosted use lacks to do the asked job; nothing when it does it."""
    name = hosted_use(model)
    if name is None:
        yield reason("Its record does not say yet how it is run.", model.source, "uses")
        return
    use, path = model.uses[name], ("uses", name)
    if use.task != asks.task:
        text = f"Its hosted use is {words.task(use.task)}; this question needs {words.task(asks.task)}."
        yield reason(text, model.source, *path, "task")
    starts = [port for port, spec in use.inputs.items() if spec.type == asks.from_]
    ends = [port for port, spec in use.outputs.items() if spec.type == asks.to]
    if not starts:
        text = f"Its hosted use takes {words.types(use.inputs)}, not {words.type(asks.from_)}."
        yield reason(text, model.source, *path, "inputs")
    if not ends:
        text = f"Its hosted use gives {words.types(use.outputs)}, not {words.type(asks.to)}."
        yield reason(text, model.source, *path, "outputs")
    if starts and ends and not enlarges(asks, use):
        yield reason(why_the_size_is_wrong(asks, use), model.source, *path, "outputs", ends[0], "shape")


def what_it_does(asks: Asks, model: Model, words: Words) -> Iterator[Reason]:
    """Yield why the hosted use does the asked job."""
    name = hosted_use(model)
    use, path = model.uses[name], ("uses", name)
    yield reason(f"Its hosted use is {words.task(use.task)}, as this question needs.", model.source, *path, "task")
    if asks.scale is not None:
        yield reason(f"It can enlarge {asks.scale:g} times.", model.source, *path, "outputs")


def enlargements(asks: Asks, use: Use) -> list[Size]:
    """Return by how much a use enlarges, from each port of the asked type to each; letters are its settings."""
    before = [shape for port, shape in port_shapes(use.inputs).items() if use.inputs[port].type == asks.from_]
    after = [shape for port, shape in port_shapes(use.outputs).items() if use.outputs[port].type == asks.to]
    found = [ratio(early, late) for early in before for late in after]
    return [size for size in found if size is not None and size.symbols <= use.settings.keys()]


def enlarges(asks: Asks, use: Use) -> bool:
    """Tell whether a use can enlarge as asked; a question that asks for no enlargement is content with any size."""
    if asks.scale is not None:
        return any(reaches(size, asks.scale, use) for size in enlargements(asks, use))
    return asks.task != ENLARGING or any(greatest(size, use) > 1 for size in enlargements(asks, use))


def reaches(size: Size, scale: float, use: Use) -> bool:
    """Tell whether an enlargement can be `scale`, by itself or by one setting in its range."""
    if not size.symbols:
        return size == number(scale)
    found = solve(size, number(scale), {})
    return found is not None and wrong_value(use.settings[found[0]], float(found[1].factor)) is None


def greatest(size: Size, use: Use) -> Fraction:
    """Return how large an enlargement can become within the limits of its settings."""
    best = {name: number(_extreme(use.settings[name], power > 0)) for name, power in size.powers}
    return size.replace(best).factor


def _extreme(setting: Setting, upper: bool) -> float:
    """Return the highest or lowest value of a setting that decides a size."""
    limit, farthest = (setting.maximum, LARGEST_FACTOR) if upper else (setting.minimum, SMALLEST_FACTOR)
    return limit if limit and limit > 0 else farthest


def why_the_size_is_wrong(asks: Asks, use: Use) -> str:
    """Return a sentence on how large the result of a use becomes."""
    sizes = enlargements(asks, use)
    if not sizes:
        return "Its record does not say that its picture grows with the one it is given."
    if sizes[0] == number(1):
        return "It returns the size it is given."
    if not sizes[0].symbols:
        return f"It changes the size {float(sizes[0].factor):g} times" + (
            f", not {asks.scale:g} times." if asks.scale else "."
        )
    return f"Its settings do not reach {asks.scale:g} times." if asks.scale else "Its settings do not enlarge."


# --- a step ----------------------------------------------------------------------------------------------------------


def helping_step(asks: Asks, model: Model, graph: Graph, catalog: Catalog) -> Node | None:
    """Return the step that runs a model on the way from asked input to asked output, its task one that helps."""
    starts = {node.name for node in graph.nodes if node.kind == "input" and _carries(node.outputs, asks.from_)}
    ends = [node for node in graph.nodes if node.kind == "output" and _carries(node.inputs, asks.to)]
    for node in graph.steps:
        on_the_way = starts & graph.upstream(node.name) and any(node.name in graph.upstream(end.name) for end in ends)
        if node.record_id == model.id and on_the_way and helps(model.uses[node.use].task, asks.task, catalog):
            return node
    return None


def helps(task: str, asked: str, catalog: Catalog) -> bool:
    """Tell whether a task is the asked one or is listed as one that helps it."""
    known = catalog.vocabulary.tasks.get(task)
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
    task = words.task(model.uses[step.use].task)
    text = f"Here it would do {task}, which is not known to help {words.task(asks.task)} on the way to the result."
    return reason(text, question.source, "workflow", "steps", step.name, "run")


def _carries(ports: Mapping[str, PortValue], type_: str) -> bool:
    """Tell whether a value of a type passes through one of the ports."""
    return any(value.type == type_ for value in ports.values())


# --- words -----------------------------------------------------------------------------------------------------------


def reason(text: str, source: Source, *path: str | int) -> Reason:
    """Return a sentence that rests on the value under `path` of a record."""
    return Reason(text, source.file, source.at(*path).line, ".".join(map(str, path)))


@dataclass(frozen=True)
class Words:
    """The vocabulary, as its words stand inside a sentence."""

    vocabulary: Vocabulary

    def task(self, word: str) -> str:
        """Return a task: motion deblurring."""
        return _inside(self.vocabulary.tasks, word)

    def content(self, *words: str) -> str:
        """Return what pictures show: photographs or line drawings."""
        return " and ".join(_inside(self.vocabulary.content, word) for word in words)

    def type(self, word: str) -> str:
        """Return what passes through a port: a picture, text."""
        noun = _inside(self.vocabulary.types, word)
        return noun if word in UNCOUNTABLE else f"a {noun}"

    def types(self, ports: Mapping[str, Port]) -> str:
        """Return what passes through several ports: a picture and text."""
        return " and ".join(dict.fromkeys(self.type(port.type) for port in ports.values()))


def _inside(terms: Mapping[str, Task | Term], word: str) -> str:
    """Return the title of a word with a small first letter, or the word itself when it is unknown."""
    title = terms[word].title if word in terms else word
    return title[:1].lower() + title[1:]
