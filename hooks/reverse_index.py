"""For each model, paper and task: the questions that offer it, with verdict or role."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from catalog.counted import counted
from catalog.fit import Verdict
from catalog.load import Catalog


@dataclass(frozen=True)
class OfferedAs:
    """One question that offers a model or a paper.

    Attributes:
        question: the question's id.
        draft: its answer is not published.
        verdict: for a model whose fit could be derived, else None.
        role: for a paper, a role of the vocabulary; empty for a model.
        because: the reason given for the verdict or the role.
    """

    question: str
    draft: bool = False
    verdict: Verdict | None = None
    role: str = ""
    because: str | None = None


@dataclass(frozen=True)
class ReverseIndex:
    """Who is offered where; every list is in the order of the questions, drafts after those that are published.

    Attributes:
        models: by model id.
        papers: by paper id.
        asked: by task, the questions that ask for it.
        doing: by task, the ids of the models whose hosted use does it.
        other_uses: by task, the ids of models that do it only in a use that is not hosted.
        families: by family name, the ids of its variants.
        siblings: by question id, the questions it names and those that name it, each with what differs.
        shown: by notebook id, the questions and papers whose pages lead to it.
    """

    models: Mapping[str, list[OfferedAs]]
    papers: Mapping[str, list[OfferedAs]]
    asked: Mapping[str, list[OfferedAs]]
    doing: Mapping[str, list[str]]
    other_uses: Mapping[str, list[str]]
    families: Mapping[str, list[str]]
    siblings: Mapping[str, dict[str, str]]
    shown: Mapping[str, list[tuple[str, str]]] = field(default_factory=dict)


def reverse_index(catalog: Catalog, verdicts: Mapping[str, Mapping[str, Verdict]]) -> ReverseIndex:
    """Read every question and model once; `verdicts` is by question, then by model."""
    index = ReverseIndex(*(defaultdict(list) for _ in range(6)), defaultdict(dict), defaultdict(list))
    questions = sorted(catalog.questions.values(), key=lambda question: question.status == "draft")
    for question in questions:
        _add_question(index, question, verdicts.get(question.id, {}))
    for model in catalog.models.values():
        index.families[model.family].append(model.id)
        hosted = {use.task: None for use in model.uses.values() if use.hosted}
        for task in hosted:
            index.doing[task].append(model.id)
        for task in {use.task: None for use in model.uses.values() if use.task not in hosted}:
            index.other_uses[task].append(model.id)
    kinds = {"question": questions, "paper": catalog.papers.values(), "model": catalog.models.values()}
    for kind, records in kinds.items():
        for record in records:
            if record.notebook:
                index.shown[record.notebook].append((kind, record.id))
    return index


def published(offers: Iterable[OfferedAs]) -> list[OfferedAs]:
    """Return those whose question is published."""
    return [offer for offer in offers if not offer.draft]


def count_in_words(offers: Collection[OfferedAs]) -> str:
    """Return how many questions there are, drafts apart, such as "2", "1 draft" or "2 and 1 draft"."""
    answered = len(published(offers))
    drafts = counted(len(offers) - answered, "draft") if len(offers) > answered else ""
    return f"{answered} and {drafts}" if answered and drafts else drafts or str(answered)


def _add_question(index: ReverseIndex, question, verdicts: Mapping[str, Verdict]) -> None:
    """Enter one question under everything it offers."""
    draft = question.status == "draft"
    for model_id, offered in question.models.items():
        entry = OfferedAs(question.id, draft, verdict=verdicts.get(model_id), because=offered.because)
        index.models[model_id].append(entry)
    for paper_id, offered in question.papers.items():
        index.papers[paper_id].append(OfferedAs(question.id, draft, role=offered.role, because=offered.because))
    if question.asks:
        index.asked[question.asks.task].append(OfferedAs(question.id, draft))
    for other, difference in question.siblings.items():
        index.siblings[question.id][other] = difference
        index.siblings[other].setdefault(question.id, difference)
