"""What a person must still add before a question can be published, told from the records as they stand."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from catalog import cues
from catalog.answer import Answer
from catalog.contracts import hosted_use
from catalog.drafts import NO_SCALE, PROPOSES, asked_of, why_no_workflow
from catalog.fit import missing_reasons, verdicts
from catalog.packages import command
from catalog.problems import Problem
from catalog.records import Model, Paper, Question, was_given
from catalog.validation import NEEDED_TO_PUBLISH, PLACEHOLDER
from catalog.words import NOT_READ, VOCABULARY_FILE
from catalog.written_answers import dots

if TYPE_CHECKING:
    from catalog.load import Catalog

LONGEST_NAME = 30  # characters of a title that may be a paper's short name as it is
NOTICE = "before it can be published, it still needs {names}"
NOTICE_OFFERED = "the draft {question} offers it; it still needs {names}"


@dataclass(frozen=True)
class Point:
    """What is open, in a word or two, and the sentence that says what to do, or what works it out for its reader."""

    name: str
    says: str | Callable[[], str]

    @property
    def sentence(self) -> str:
        """The sentence that says what to do."""
        return self.says if isinstance(self.says, str) else self.says()


def to_do(question: Question, catalog: Catalog) -> Iterator[str]:
    """Yield what a draft and the records it offers lack, one sentence each after its file; nothing once published."""
    if question.status == "published":
        return
    for record, points in _offered(question, catalog):
        yield from (f"{record.source.file}: {point.sentence}" for point in points)
    yield from (f"{question.source.file}: {point.sentence}" for point in _of_question(question, catalog))
    yield from (f"{question.source.file}: {sentence}" for sentence in _reasons_left(question, catalog))
    yield f"{question.source.file}: when it reads well, set `status: published`"


def problems(catalog: Catalog) -> Iterator[Problem]:
    """Notice what each draft lacks, and each record it offers that keeps it from being published: a line for a file."""
    told: set[str] = set()
    for question in catalog.questions.values():
        if question.status == "published" or catalog.lacks(question, "status"):
            continue
        open_ = (point.name for point in _of_question(question, catalog) if not catalog.lacks(question, point.name))
        if names := ", ".join(name for name in open_ if name not in ("scale", "answer")):
            yield question.source.problem(NOTICE.format(names=names), "status", level="notice")
        if _holds_dots(catalog.answers.get(question.id)):
            message = f'the answer still holds "{PLACEHOLDER}"; write it in place of the dots'
            yield question.source.problem(message, "status", level="notice")
        for record, points in _offered(question, catalog):
            names = [point.name for point in points]
            if record.source.file not in told and {*names} & {*NEEDED_TO_PUBLISH.get(type(record), ())}:
                told.add(record.source.file)
                message = NOTICE_OFFERED.format(question=question.id, names=", ".join(names))
                yield record.source.problem(message, level="notice")


def _offered(question: Question, catalog: Catalog) -> Iterator[tuple[Model | Paper, list[Point]]]:
    """Yield each offered record that can be read, with what is open in it."""
    for model in (catalog.models[id] for id in question.models if id in catalog.models):
        yield model, list(_of_model(model, question, catalog))
    for paper in (catalog.papers[id] for id in question.papers if id in catalog.papers):
        yield paper, list(_of_paper(paper))


# --- a question ------------------------------------------------------------------------------------------------------


def _of_question(question: Question, catalog: Catalog) -> Iterator[Point]:
    """Yield what is open in a question itself."""
    if question.asks is None:
        yield Point("asks", partial(_how_to_ask, question, catalog))
    if question.workflow is None:
        yield Point("workflow", partial(_how_to_plan, question, catalog))
    elif asked_of(question, catalog).lacks_a_scale and _is_unwritten(catalog.answers.get(question.id)):
        yield Point("scale", NO_SCALE)
    if unread := [id for id, paper in question.papers.items() if paper.role == NOT_READ]:
        papers = ", ".join(unread)
        yield Point(f"role ({papers})", partial(_how_to_judge, papers, catalog))
    if _is_unwritten(catalog.answers.get(question.id)):
        yield Point("answer", "write the answer")
    if question.short is None:
        yield Point("short", "add `short`, its name in the navigation")


def _how_to_ask(question: Question, catalog: Catalog) -> str:
    """Say how `asks` is completed."""
    asked = asked_of(question, catalog)
    if asked.complete:
        return f"add `asks`: {PROPOSES} {question.id} prints what the words of the question tell"
    left = f"the words of the question leave {', '.join(asked.open)} open"
    return f"complete `asks`: {left} ({cues.NAMED} lists those that tell)"


def _how_to_plan(question: Question, catalog: Catalog) -> str:
    """Say how `workflow` comes about."""
    return f"write `workflow`: {why_no_workflow(question, catalog) or f'{PROPOSES} {question.id} prints it'}"


def _how_to_judge(papers: str, catalog: Catalog) -> str:
    """Say how papers get their roles."""
    roles = ", ".join(role for role in catalog.vocabulary.roles if role != NOT_READ)
    return f"give each paper ({papers}) its `role`, a word of {VOCABULARY_FILE} ({roles}), and the reason"


def _reasons_left(question: Question, catalog: Catalog) -> Iterator[str]:
    """Yield which models need their `because`, which the notices on a draft tell elsewhere."""
    if question.asks and question.workflow:
        found = verdicts(question, catalog)
        known = {id: verdict for id, verdict in found.items() if hosted_use(catalog.models[id])}
        for problem in missing_reasons(question, known, catalog):
            yield f"{problem.field}: {problem.message}"
        if waiting := [id for id in found if id not in known and question.models[id].because is None]:
            names = f"{command('check_catalog')} tells once its `uses` are there"
            yield f"add `because` to {', '.join(waiting)}, if the verdict on it is not *does this job*; {names}"
    elif any(offered.because is None for offered in question.models.values()):
        names = f"{command('check_catalog')} names them once `asks` and `workflow` are there"
        yield f"add `because` to each model of which the verdict is not *does this job*; {names}"


def _is_unwritten(answer: Answer | None) -> bool:
    """Tell whether an answer is as it was derived, or lacks something."""
    return answer is None or answer.not_yet_written or _holds_dots(answer) or not all(part for _, part in answer.parts)


def _holds_dots(answer: Answer | None) -> bool:
    """Tell whether an answer still holds the placeholder of a new question."""
    return answer is not None and any(any(dots(passage)) for _, passage in answer.parts)


# --- what it offers --------------------------------------------------------------------------------------------------


def _of_model(model: Model, question: Question, catalog: Catalog) -> Iterator[Point]:
    """Yield what the record of a model lacks until a published question can offer it."""
    if not model.uses:
        yield Point("uses", partial(_how_to_use, model, question, catalog))
    for name, use in model.uses.items():
        if use.says is None:
            message = f"add `says` to its use {name}: one sentence on what it does, for its page"
            yield Point(f"uses.{name}.says", message)
    if not was_given(model, "trained_on"):
        message = "add `trained_on`: what its training pictures showed; [] if the sources do not say"
        yield Point("trained_on", message)
    if model.says is None:
        yield Point("says", "add `says`: two sentences on what it is, for the top of its page")
    if model.short is None and not model.name.isalnum():  # a name of one word is what people say
        message = f"add `short`, the name people use in a sentence; until then pages say {model.name}"
        yield Point("short", message)


def _how_to_use(model: Model, question: Question, catalog: Catalog) -> str:
    """Say how a model gets its uses, with a record that shows it."""
    task = asked_of(question, catalog).task
    shown = [other for other in catalog.models.values() if other.uses]
    example = min(shown, key=lambda other: _likeness(other, model, task), default=None)
    see = f" ({example.source.file} shows how)" if example else ""
    return (
        "add `uses`: the ways it can be run, each with its task, what it takes and gives, and `says`, one sentence on "
        f"what it does; exactly one is hosted{see}"
    )


def _likeness(other: Model, model: Model, task: str | None) -> tuple[bool, bool, str]:
    """Return what sorts records that show how it is done: one of the family first, then one that does the task."""
    return other.family != model.family, task not in {use.task for use in other.uses.values()}, other.id


def _of_paper(paper: Paper) -> Iterator[Point]:
    """Yield what the record of a paper lacks: a short name, where its whole title was taken for one."""
    if paper.short == paper.title and len(paper.title) > LONGEST_NAME:
        message = "shorten `short`, which is the whole title, to the name people use in a sentence"
        yield Point("short", message)
