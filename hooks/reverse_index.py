"""For each model, paper and task: the questions that offer it, with verdict or role."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

from catalog.fit import Verdict
from catalog.load import Catalog


@dataclass(frozen=True)
class OfferedAs:
    """One question that offers a model or a paper.

    Attributes:
        question: the question's id.
        verdict: for a model whose fit could be derived, else None.
        role: for a paper, a role of the vocabulary; empty for a model.
        because: the reason given for the verdict or the role.
    """

    question: str
    verdict: Verdict | None = None
    role: str = ""
    because: str | None = None


@dataclass(frozen=True)
class ReverseIndex:
    """Who is offered where; every list is in the order of the questions.

    Attributes:
        models: by model id.
        papers: by paper id.
        asked: by task, the ids of the questions that ask for it.
        doing: by task, the ids of the models whose hosted use does it.
        other_uses: by task, the ids of models that do it only in a use that is not hosted.
        families: by family name, the ids of its variants.
        siblings: by question id, the questions it names and those that name it, each with what differs.
        shown: by notebook id, the questions and papers whose pages lead to it.
    """

    models: Mapping[str, list[OfferedAs]]
    papers: Mapping[str, list[OfferedAs]]
    asked: Mapping[str, list[str]]
    doing: Mapping[str, list[str]]
    other_uses: Mapping[str, list[str]]
    families: Mapping[str, list[str]]
    siblings: Mapping[str, dict[str, str]]
    shown: Mapping[str, list[tuple[str, str]]] = field(default_factory=dict)


def reverse_index(catalog: Catalog, verdicts: Mapping[str, Mapping[str, Verdict]]) -> ReverseIndex:
    """Read every question and model once; `verdicts` is by question, then by model."""
    index = ReverseIndex(*(defaultdict(list) for _ in range(6)), defaultdict(dict), defaultdict(list))
    for question in catalog.questions.values():
        _add_question(index, question, verdicts.get(question.id, {}))
    for model in catalog.models.values():
        index.families[model.family].append(model.id)
        hosted = {use.task: None for use in model.uses.values() if use.hosted}
        for task in hosted:
            index.doing[task].append(model.id)
        for task in {use.task: None for use in model.uses.values() if use.task not in hosted}:
            index.other_uses[task].append(model.id)
    for kind, records in (("question", catalog.questions), ("paper", catalog.papers), ("model", catalog.models)):
        for record in records.values():
            if record.notebook:
                index.shown[record.notebook].append((kind, record.id))
    return index


def _add_question(index: ReverseIndex, question, verdicts: Mapping[str, Verdict]) -> None:
    """Enter one question under everything it offers."""
    for model_id, offered in question.models.items():
        entry = OfferedAs(question.id, verdicts.get(model_id), because=offered.because)
        index.models[model_id].append(entry)
    for paper_id, offered in question.papers.items():
        index.papers[paper_id].append(OfferedAs(question.id, role=offered.role, because=offered.because))
    if question.asks:
        index.asked[question.asks.task].append(question.id)
    for other, difference in question.siblings.items():
        index.siblings[question.id][other] = difference
        index.siblings[other].setdefault(question.id, difference)
