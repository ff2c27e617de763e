"""The words of a question that the filter looks through, though its card does not show them."""

from __future__ import annotations

import re

from markupsafe import Markup

from catalog.answer import Answer
from catalog.names import names_of
from catalog.notations import scan
from catalog.records import Question
from hooks.other_forms import other_forms
from hooks.prose import Insert, plain_text
from hooks.site_facts import SiteFacts

_EDGES = re.compile(r"^\W+|\W+$")  # the marks around a word; one of marks alone is none


def searched_words(site: SiteFacts, question: Question, shown: str, unseen: str) -> str:
    """Return each word once, in the order of the alphabet, without those that the card shows.

    They are those of `unseen`, of the parts of the answer, and of the names and ids of what was offered, with other
    forms of what is said first.
    """
    answer = site.catalog.answers.get(question.id)
    parts = _parts(answer) if answer else ""
    texts = (unseen, other_forms(f"{shown} {unseen}"), parts, _offered(site, question))
    return " ".join(sorted(_words(" ".join(texts)) - _words(shown)))


def _words(text: str) -> set[str]:
    """Return the words of a text as the filter compares them: in small letters, divided at blanks."""
    return {_EDGES.sub("", word) for word in text.lower().split()} - {""}


def _parts(answer: Answer) -> str:
    """Return the words of task, workflow and sources, without the numbers of runs, which nobody looks for."""
    passages = (passage for name, passage in answer.parts if passage and name != "lead")
    return " ".join(
        plain_text(passage.text, [Insert(found.start, found.end, Markup("")) for found in scan(passage)])
        for passage in passages
    )


def _offered(site: SiteFacts, question: Question) -> str:
    """Return the ids of the offered models and papers, and what people call each."""
    offered = (*question.models, *question.papers)
    return " ".join(word for id in offered for word in (id, *names_of(site.source(id))))
