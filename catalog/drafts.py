"""The draft of a question: everything its record can say before a person has read the sources."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, Any

from catalog import cues
from catalog.ability import what_is_missing
from catalog.aim import ENLARGING
from catalog.answer import NOT_YET_WRITTEN
from catalog.links import abstract_link, https_form
from catalog.own_files import own_data
from catalog.packages import command
from catalog.problems import Level, Problem
from catalog.reasons import Words
from catalog.records import Asks, Contract, Model, Paper, Port, Question, Vocabulary
from catalog.sketch import Sketch, Stage
from catalog.source import Source
from catalog.validation import validate
from catalog.words import NOT_READ, VOCABULARY_FILE
from catalog.workflow import Graph, build, step_lines
from catalog.yaml_text import one_line, record_text

if TYPE_CHECKING:
    from catalog.load import Catalog

NOT_READ_REASON = "Derived from the records; not yet read."
DEFAULT_FACTOR = 2.0
CLOSER = {("motion-deblurring", "photographs"): "shaken-photographs"}  # by the task; what else would be deblurred?
NO_SCALE = "the question names no scale; choose the factor of the workflow"
PROPOSES = command("propose_workflow")
MARKED = re.compile(r"[`*_\[\]<>&~^|{}\\@]|://")  # of Markdown or of a notation; a name with it is left to its record
NOTHING_DERIVED = re.compile(r"\n{3,}")

Provided = Mapping[str, Mapping[str, Any]]  # id of a model or paper to what this prompt says differently


@dataclass(frozen=True)
class Offer:
    """What a prompt offers, by the ids of the records: the question, its models and papers in order."""

    id: str
    question: str
    models: tuple[str, ...]
    papers: tuple[str, ...]
    provided: Provided

    @property
    def file(self) -> str:
        """The file of the question."""
        return f"catalog/questions/{self.id}.md"


@dataclass(frozen=True)
class Proposal:
    """The lines that a question's record may take over, empty where none can be derived; and what to know of them."""

    text: str
    note: str


@dataclass(frozen=True)
class Asked:
    """What the words of a question decide of `asks`; None for what they leave open."""

    task: str | None
    from_: str | None
    to: str | None
    scale: float | None
    about: str | None
    wants: tuple[str, ...]

    @property
    def open(self) -> tuple[str, ...]:
        """What `asks` needs and the words leave open."""
        needed = {"task": self.task, "from": self.from_, "to": self.to, "about": self.about}
        return tuple(key for key, value in needed.items() if value is None)

    @property
    def complete(self) -> bool:
        """Whether nothing is open that `asks` needs."""
        return not self.open

    @property
    def lacks_a_scale(self) -> bool:
        """Whether an enlargement is asked for, and not which."""
        return self.task == ENLARGING and self.scale is None

    def data(self) -> dict[str, Any]:
        """Return the field `asks` as far as it is known."""
        known = {"task": self.task, "from": self.from_, "to": self.to, "scale": self.scale, "about": self.about}
        known = {key: value for key, value in known.items() if value is not None}
        return known | ({"wants": list(self.wants)} if self.wants else {})


def derive(offer: Offer, catalog: Catalog) -> str:
    """Return the text of a draft's file, derived from the records the question offers, which `catalog` holds."""
    asked = read_asked(offer.question, catalog.vocabulary, catalog.models.values())
    workflow, graph = _workflow(offer, asked, catalog)
    front = _front_matter(offer, asked, workflow, catalog)
    return f"---\n{front}---\n{_body(offer, asked, graph, catalog)}"


def propose(question: Question, catalog: Catalog) -> Proposal:
    """Derive the workflow of a question that is there already from what its record asks by now, or else its words."""
    asked = asked_of(question, catalog)
    if unknown := [id for id in question.models if id not in catalog.models]:
        told = (question.source.problem(f"has no record; add catalog/models/{id}.yml", "models", id) for id in unknown)
        return Proposal("", "\n".join(map(str, told)))
    offer = _offer_of(question)
    workflow, _ = _workflow(offer, asked, catalog)
    if workflow is None:
        return Proposal("", f"{offer.file}: workflow: {_why_none(offer, asked, catalog)}")
    data, comments = ({}, {}) if question.asks else _asks(asked, catalog.vocabulary)
    _, _, text = record_text("question", data | {"workflow": workflow}, comments).partition("\n")  # without modeline
    notes = ["is there already; this would stand in its place"] if question.workflow else []
    notes += [NO_SCALE] if asked.lacks_a_scale else []
    notes += [f"no step runs {id}; let one run it where it has a place" for id in _idle(question, workflow)]
    return Proposal(text, "\n".join(f"{offer.file}: workflow: {note}" for note in notes))


def _idle(question: Question, workflow: Mapping[str, Any]) -> list[str]:
    """Return the offered models that no step of a workflow runs."""
    running = {step["run"].partition(".")[0] for step in workflow["steps"].values()}
    return [id for id in question.models if id not in running]


def asked_of(question: Question, catalog: Catalog) -> Asked:
    """Return what the record of a question says that it asks, or else what its words decide."""
    asks = question.asks
    if asks is None:
        return read_asked(question.question, catalog.vocabulary, catalog.models.values())
    return Asked(asks.task, asks.from_, asks.to, asks.scale, asks.about, tuple(asks.wants))


def why_no_workflow(question: Question, catalog: Catalog) -> str:
    """Say what keeps a workflow from being derived, and what proposes one once it is there; nothing if one can be."""
    if unknown := [id for id in question.models if id not in catalog.models]:
        return f"none can be derived without a record of {', '.join(unknown)}"
    offer, asked = _offer_of(question), asked_of(question, catalog)
    return "" if _workflow(offer, asked, catalog)[0] else _why_none(offer, asked, catalog)


def _offer_of(question: Question) -> Offer:
    """Return what a question offers to a workflow: its models alone."""
    return Offer(question.id, question.question, tuple(question.models), (), {})


def _why_none(offer: Offer, asked: Asked, catalog: Catalog) -> str:
    """Say what kept a workflow from being derived: what is not written yet, or else what the models cannot do."""
    unused = [id for id in offer.models if not catalog.models[id].uses]
    needed = ["the task in `asks`"] if asked.task is None else []
    needed += [f"the `uses` of {', '.join(unused)}"] if unused else []
    if not needed and (ports := [key for key in asked.open if key in ("from", "to")]):
        needed = [f"{' and '.join(f'`{port}`' for port in ports)} in `asks`"]
    if needed:
        return f"none can be derived without {' and '.join(needed)}; once there, {PROPOSES} {offer.id} prints one"
    why = " ".join(_why_unfit(offer, asked, catalog))
    return f"no use of an offered model leads, type-checked, from {asked.from_} to {asked.to}{': ' if why else ''}{why}"


def _why_unfit(offer: Offer, asked: Asked, catalog: Catalog) -> Iterator[str]:
    """Yield what each offered model lacks to do the job, as its verdict says it."""
    asks = Asks.model_validate(_about_anything(asked, catalog.vocabulary))
    for id in offer.models:
        missing = what_is_missing(asks, catalog.models[id], Words(catalog.vocabulary))
        if texts := " ".join(reason.text for reason in missing):
            yield f"{id}: {texts}"


def problems(catalog: Catalog) -> Iterator[Problem]:
    """Check that somebody has read every paper that a published question offers, and says so in words of their own."""
    for question in catalog.questions.values():
        published = question.status == "published"
        for id, paper in question.papers.items():
            if published and paper.role == NOT_READ:
                message = 'the paper is marked as not yet read; give it a role, or write "status: draft"'
                yield question.source.problem(message, "papers", id, "role")
            elif paper.role != NOT_READ and paper.because == NOT_READ_REASON:
                message = f'is still the reason of the draft (got "{NOT_READ_REASON}"); say why it has this role'
                level: Level = "error" if published else "notice"
                yield question.source.problem(message, "papers", id, "because", level=level)


# --- what is asked ---------------------------------------------------------------------------------------------------


def read_asked(question: str, vocabulary: Vocabulary, models: Iterable[Model] = ()) -> Asked:
    """Return what the words of a question decide; where no operation does their task, known models tell its ports.

    A factor of size beside a task that keeps the size leaves the task open: one of them is not what is asked.
    """
    task, scale = cues.decided("task", question, vocabulary), cues.scale(question)
    if scale is not None and task != ENLARGING:
        task = None
    uses = [use for model in models for use in model.uses.values()]
    contracts = _doing(task, vocabulary.operations.values()) or _doing(task, uses)
    return Asked(
        task=task,
        from_=_only_type(port for contract in contracts for port in contract.inputs.values()),
        to=_only_type(port for contract in contracts for port in contract.outputs.values()),
        scale=scale,
        about=_about(task, cues.decided("about", question, vocabulary), vocabulary),
        wants=tuple(cues.words_for("wants", question, vocabulary.wants)),
    )


def _about(task: str | None, said: str | None, vocabulary: Vocabulary) -> str | None:
    """Return what the picture shows, more closely where the task tells more of it than the words."""
    closer = CLOSER.get((task, said))
    return closer if closer in vocabulary.content else said


def _doing(task: str | None, contracts: Iterable[Contract]) -> list[Contract]:
    return [contract for contract in contracts if task and contract.task == task]


def _only_type(ports: Iterable[Port]) -> str | None:
    types = {port.type for port in ports}
    return types.pop() if len(types) == 1 else None


# --- the workflow ----------------------------------------------------------------------------------------------------


def _workflow(offer: Offer, asked: Asked, catalog: Catalog) -> tuple[dict[str, Any] | None, Graph | None]:
    """Return the first candidate that type-checks, as written and as a graph, or nothing."""
    for candidate in _candidates(offer, asked, catalog):
        graph = _checked(offer, asked, candidate, catalog)
        if graph is not None:
            return candidate, graph
    return None, None


def _checked(offer: Offer, asked: Asked, workflow: dict[str, Any], catalog: Catalog) -> Graph | None:
    """Type-check a workflow between what is asked from and to; what the picture shows does not matter for that."""
    asks, models = _about_anything(asked, catalog.vocabulary), {id: {} for id in offer.models}
    data = {"question": offer.question, "asks": asks, "models": models, "workflow": workflow, "status": "draft"}
    question, _ = validate(Question, data, Source())
    return build(question, catalog)[0] if question else None


def _about_anything(asked: Asked, vocabulary: Vocabulary) -> dict[str, Any]:
    """Return the field `asks` with some content in it, for what does not depend on what the picture shows."""
    return {"about": next(iter(vocabulary.content), "open")} | asked.data()


def _candidates(offer: Offer, asked: Asked, catalog: Catalog) -> Iterator[dict[str, Any]]:
    """Yield workflows: a use that does the job alone, then what helps behind a plain enlargement, side by side."""
    if asked.task is None or asked.to is None:
        return
    stages = [[*_stages(catalog.models[id])] for id in offer.models]
    for stage in chain(*stages):
        if stage.contract.task == asked.task:
            yield _sketched(asked, [stage._replace(factor=asked.scale)], catalog.vocabulary)
    for operation, contract in catalog.vocabulary.operations.items():
        if contract.task == asked.task:
            enlarge = Stage("enlarge", operation, contract.title, contract, asked.scale or DEFAULT_FACTOR)
            found = (_helping(own, enlarge, offer, asked, catalog) for own in stages)
            helping = [stage for stage in found if stage]
            for some in (helping, helping[:1]) if helping else ():  # a diagram holds no more than people can read
                yield _sketched(asked, some, catalog.vocabulary, enlarge)


def _stages(model: Model) -> Iterator[Stage]:
    """Yield the uses of a model as steps, the hosted one first."""
    for name, use in sorted(model.uses.items(), key=lambda item: not item[1].hosted):
        yield Stage(name, model.id if use.hosted else f"{model.id}.{name}", model.called, use)


def _helping(own: list[Stage], enlarge: Stage, offer: Offer, asked: Asked, catalog: Catalog) -> Stage | None:
    """Return the first step of one model that helps behind an enlargement, or None."""
    tasks = catalog.vocabulary.tasks
    for stage in own:
        helps = stage.contract.task in tasks and asked.task in tasks[stage.contract.task].helps
        if helps and _checked(offer, asked, _sketched(asked, [stage], catalog.vocabulary, enlarge), catalog):
            return stage
    return None


def _sketched(asked: Asked, stages: list[Stage], vocabulary: Vocabulary, before: Stage | None = None) -> dict[str, Any]:
    """Write steps side by side, each behind the one before them, if there is one."""
    sketch = Sketch(asked.to, vocabulary)
    source = sketch.add(before) if before else None
    for stage in stages:
        sketch.end(sketch.add(stage, source), stage.called)
    return sketch.data()


# --- the text --------------------------------------------------------------------------------------------------------


def _pieces() -> dict[str, str]:
    """Return the pieces of which the text of a draft is made."""
    return own_data("draft_format")


def _front_matter(offer: Offer, asked: Asked, workflow: dict[str, Any] | None, catalog: Catalog) -> str:
    said = {id: {"provided": dict(own)} for id, own in offer.provided.items() if own}
    papers = {id: {"role": NOT_READ, "because": NOT_READ_REASON} | said.get(id, {}) for id in offer.papers}
    models = {id: said.get(id, {}) for id in offer.models}
    data: dict[str, Any] = {"question": offer.question, "models": models}
    data |= {"papers": papers} if papers else {}
    asks, comments = _asks(asked, catalog.vocabulary)
    data |= {"workflow": workflow} if workflow else {}
    return record_text("question", data | asks | {"status": "draft"}, comments)


def _asks(asked: Asked, vocabulary: Vocabulary) -> tuple[dict[str, Any], dict[str, str]]:
    """Return the field `asks` where it is complete, else the comment that stands in its place."""
    if asked.complete:
        return {"asks": asked.data()}, {}
    return {}, {"asks": _asks_to_complete(asked, vocabulary)}


def _asks_to_complete(asked: Asked, vocabulary: Vocabulary) -> str:
    """Write `asks` as a comment that a person completes."""
    words = {"task": vocabulary.tasks, "from": vocabulary.types, "to": vocabulary.types, "about": vocabulary.content}
    known = [f"{key}: {one_line(value)}" for key, value in asked.data().items()]
    choices = [f"{key}: one of {', '.join(words[key])}" for key in asked.open]
    line = ", ".join([*known, *(f"{key}: ..." for key in asked.open)])
    return "\n".join([f"asks: {{{line}}}", *choices, f"Where no word fits, add one to {VOCABULARY_FILE}."])


def _body(offer: Offer, asked: Asked, graph: Graph | None, catalog: Catalog) -> str:
    """Fill the pieces of the answer."""
    pieces = _pieces()
    models = (pieces["model"].format(name=_plain(catalog.models[id].name), id=id).strip() for id in offer.models)
    body = pieces["body"].format(
        mark=NOT_YET_WRITTEN,
        lead=pieces["lead"].format(models=", ".join(models)),
        task=_task(asked, catalog.vocabulary),
        workflow=_steps(graph) if graph else "",
        sources="\n".join(_sources(offer, catalog)),
    )
    return NOTHING_DERIVED.sub("\n\n", body)  # what to do about it is told, not written into the file


def _task(asked: Asked, vocabulary: Vocabulary) -> str:
    if asked.task is None:
        return ""
    task = vocabulary.tasks[asked.task]
    line = _pieces()["task"].format(title=_plain(task.title), says=_plain(task.says))
    return line + (" " + _pieces()["aim"].format(scale=f"{asked.scale:g}") if asked.scale else "")


def _steps(graph: Graph) -> str:
    pieces = _pieces()
    lines = []
    for line in step_lines(graph):
        takes = ", ".join(_plain(passed.label, pieces["unnamed"]) for passed in line.takes)
        cite = pieces["cite"].format(id=line.record_id) if line.record_id else ""
        piece = pieces["input" if line.kind == "input" else "step"]
        label = _plain(line.label, pieces["unnamed"])
        lines.append(piece.format(number=line.number, label=label, takes=takes, cite=cite).rstrip())
    return pieces["steps"].format(lines="\n".join(lines))


def _sources(offer: Offer, catalog: Catalog) -> Iterator[str]:
    """Write one line for each offered model and paper, with its links in the form people should use."""
    for id in (*offer.models, *offer.papers):
        record = catalog.models[id] if id in offer.models else catalog.papers[id]
        title = record.name if isinstance(record, Model) else record.title
        links = [_pieces()["link"].format(link=link) for link in _links(record, offer.provided.get(id, {}))]
        known = [part for part in (_plain(title), ", ".join(links) or _pieces()["no_link"]) if part]
        yield _pieces()["source"].format(id=id, known=": ".join(known))


def _links(record: Model | Paper, own: Mapping[str, Any]) -> list[str]:
    """Return the links of a record; what this prompt says of its own goes before."""
    paper = own.get("paper") or record.paper if isinstance(record, Model) else own.get("link") or record.link
    paper = abstract_link(paper) or (https_form(paper) if paper else None)
    return [link for link in (paper, own.get("github") or record.github) if link]


def _plain(text: str, instead: str = "") -> str:
    """Return a name that Markdown shows as it is, else what stands for it: `[@id]` prints every name anyway."""
    return instead if MARKED.search(text) else " ".join(text.split())
