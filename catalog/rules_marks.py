"""The rules on what would be printed as it stands, although a notation was meant."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from difflib import get_close_matches

from catalog.answer import Passage
from catalog.kept import kept
from catalog.load import Catalog
from catalog.notations import code_spans, is_escaped, without
from catalog.problems import Problem, shortened
from catalog.rules_closed_world import sentences_of
from catalog.rules_source_texts import texts_of_sources
from catalog.written_answers import Written, written

MARK = "reasoning"
ALIKE = 0.8  # from here on, one word is taken for another that is misspelt
_BRACKETS = re.compile(r"(?<!!)\[([^\[\]]{1,80})\](?![(\[:])")  # no picture, no link
_TWICE = re.compile(r"\[(\[[@=][^\[\]]{1,500}\])\](?![(\[:])")  # a notation in brackets of its own
_BRACES = re.compile(r"\{\{([^{}]{1,80})\}\}")  # as templates write what they fill in
_IN_BRACKETS = re.compile(r"\[[^\[\]]*\]|\{\{[^{}]*\}\}")
_CITATION = re.compile(r"(?<![\w.@/#-])@([a-z0-9]+(?:-[a-z0-9]+)*(?:#[a-z0-9_-]*[a-z0-9])?)")
_NOTATION = re.compile(r"\[(?:[@=][^\[\]]{1,500}|reasoning)\]")
_RESULT = re.compile(r"[a-z0-9-]+[.@][A-Za-z0-9_-]+")


def brackets_mean_what_they_look_like(catalog: Catalog) -> Iterator[Problem]:
    """`[Reasoning]`, `[ @id]`, `[id]`, `{{id}}` and `@id` are no notations; they would be printed as they stand."""
    for text in written(catalog, needs_question=False):
        for part, _ in text.answer.parts:
            yield from (text.problem(part, at, message) for at, message in printed(catalog, text.id, part))


@kept
def printed(catalog: Catalog, id: str, part: str) -> tuple[tuple[int, str], ...]:
    """Return offset and message of all in a part of an answer that looks like a notation and is none."""
    answer = catalog.answers[id]
    return tuple(_printed(dict(answer.parts)[part], Written(id, answer, catalog)))


def _printed(passage: Passage, text: Written) -> Iterator[tuple[int, str]]:
    """Yield offset and message of each pair of brackets that looks like a notation, and of citations without them."""
    if not any(sign in passage.text for sign in ("[", "@", "{{")):
        return
    shown = without(passage.text, code_spans(passage))
    found = [(brackets, _advice(brackets[1], text)) for brackets in _BRACKETS.finditer(shown)]
    found += [(braces, _advice(f" {braces[1]}", text)) for braces in _BRACES.finditer(shown)]
    found += [(twice, f"did you mean {twice[1]}?") for twice in _TWICE.finditer(shown)]
    bare = _IN_BRACKETS.sub(lambda brackets: " " * len(brackets[0]), shown)
    for citation in _CITATION.finditer(bare):
        id = citation[1].partition("#")[0]
        known = id in text.catalog.papers or id in text.catalog.models
        known = known and "[" not in bare[: citation.start()].rpartition("\n")[2]  # else a bracket is not closed
        found.append((citation, f"did you mean [{citation[0]}]?" if known else ""))
    for match, advice in found:
        if advice and not is_escaped(shown, match.start()):
            yield match.start(), f'would be printed as it stands (got "{match[0]}"); {advice}'


def _advice(inside: str, text: Written) -> str:
    """Say what to write in place of these words in brackets, or nothing where they may stand."""
    if inside[0] == "^":
        return "an answer has no footnotes, so put the note into the text"
    meant = _meant(inside, text)
    return f"did you mean {meant}?" if meant else ""


def _meant(inside: str, text: Written) -> str | None:
    """Return the notation that these words in brackets were meant to be, or None."""
    if inside == MARK or inside[0] in "@=":
        return None  # a notation already
    words = inside.strip()
    if words[:1] in ("@", "="):
        return f"[{words[0]}{words[1:].lstrip()}]"
    if _alike(words, [MARK]):
        return f"[{MARK}]"
    id, hash_sign, fact = words.partition("#")
    if known := _alike(id.strip(), text.offered):
        return f"[@{known}{hash_sign}{fact.strip()}]"
    if _RESULT.fullmatch(words) and words.partition(".")[0].partition("@")[0] in (*text.catalog.runs, *text.offered):
        return f"[={words}]"
    return None


def _alike(word: str, known: Collection[str]) -> str | None:
    """Return the known word that this one is, or misspells."""
    return next(iter(get_close_matches(word.casefold(), known, n=1, cutoff=ALIKE)), None)


def texts_of_records_hold_no_notation(catalog: Catalog) -> Iterator[Problem]:
    """Notations are read in answers alone; in the texts of records they would be printed as they stand."""
    sentences = ((question, sentences_of(question)) for question in catalog.questions.values())
    for record, said in (*texts_of_sources(catalog), *sentences):
        for path, text in said:
            if "[" in text and (found := _NOTATION.search(text)):
                message = f'would be printed as it stands (got "{shortened(found[0])}"); only answers hold notations'
                yield record.source.problem(f"{message}, so take it out", *path)


RULES = (brackets_mean_what_they_look_like, texts_of_records_hold_no_notation)
