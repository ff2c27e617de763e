"""The rule on what answers say of verdicts: that a model does this job is derived, and no answer says otherwise."""

from __future__ import annotations

import re
from collections.abc import Iterator

from catalog.answer import Passage
from catalog.closed_world import names_in
from catalog.counting import sentence_around
from catalog.fit import known_verdicts
from catalog.load import Catalog
from catalog.names import as_latin
from catalog.problems import Problem
from catalog.written_answers import Written, plain_without_notations, written

TRACE = "job"  # what few answers say, and quick to find
SAYS_SO = re.compile(rf"\bdo(?:es)?\s+(?:\w+\s+)?this\s+{TRACE}\b")
LEFT_OPEN = re.compile(  # denied or only supposed
    r"\b(?:not|never|no|nor|neither|cannot|hardly|none|nothing|if|unless|whether|would|could|might|may)\b|n['’]t\b",
    re.IGNORECASE,
)
OF_ANOTHER = re.compile(
    r"[;:]|\b(?:and|but|while|whereas|so|after|before|when|because|since)\b(?!(?:\s+(?:it|also))?\s*\Z)"
)
OF_THE_LAST = re.compile(r"\s*(?:it|(?:this|that|the)(?:\s+recommended)?\s+(?:model|network))\b", re.IGNORECASE)


def answers_say_what_verdicts_say(catalog: Catalog) -> Iterator[Problem]:
    """An answer says of no offered model that it does this job unless that is its verdict."""
    for text in written(catalog):
        for part, passage in text.answer.parts:
            if TRACE in passage.text and not text.answer.not_yet_written:
                yield from _said_wrongly(part, passage, text)


def _said_wrongly(part: str, passage: Passage, text: Written) -> Iterator[Problem]:
    """Yield where one part says it of a model of which another verdict is derived."""
    plain = plain_without_notations(passage)
    known = known_verdicts(text.question, text.catalog)
    for said in SAYS_SO.finditer(plain.text):
        meant = _meant(plain.text, said, text)
        if meant and all(id in known and known[id].kind != "does-this-job" for id in meant):
            called, why = text.catalog.models[meant[0]].called, known[meant[0]].reasons[0].text
            message = f"says that {called} does this job, but it does not ({why}); say what it does instead"
            yield text.problem(part, plain.origin(said.start()), message, "notice" if text.is_draft else "error")


def _meant(shown: str, said: re.Match[str], text: Written) -> list[str]:
    """Return the ids of the models of which a sentence says it, in order; none where it is left open or of another."""
    start, end = sentence_around(shown, said.start())
    sentence, at = shown[start:end], said.start() - start
    if LEFT_OPEN.search(sentence, 0, said.end() - start) or sentence.rstrip().endswith("?"):
        return []
    named = _named(sentence[:at], text)
    if not named and (begins := OF_THE_LAST.match(sentence)):
        named = [(begins.end(), ids) for _, ids in _named(shown[:start], text)[-1:]]
    if not named or OF_ANOTHER.search(sentence[named[-1][0] : at]):
        return []
    return [id for _, ids in named for id in sorted(ids)]


def _named(shown: str, text: Written) -> list[tuple[int, set[str]]]:
    """Return where the names of offered models end in a text, in order, each with the models that have it."""
    found: dict[int, set[str]] = {}
    latin = as_latin(shown)
    for name in names_in(text.catalog).index.near(latin):
        if ids := name.owners & text.question.models.keys():
            for match in name.pattern.finditer(latin):
                found.setdefault(match.end(), set()).update(ids)
    return sorted(found.items())


RULES = (answers_say_what_verdicts_say,)
