"""The rules on quotations: what is said to be quoted stands word for word in its source."""

from __future__ import annotations

import re
from collections.abc import Iterator

from catalog.answer import Passage
from catalog.load import Catalog
from catalog.notations import Block, Citation, blocks
from catalog.problems import Problem, shortened
from catalog.quotations import Near, difference, nearest_passage, quoted, quoted_inside, stands_in
from catalog.written_answers import Written, written

FEWEST_QUOTED = 4  # words; fewer stand in any summary by chance
ALIKE = 0.5  # the share of its words that a passage has, of which a quotation may be a slip
LONGEST_SHOWN = 300  # characters of the passage that was meant

_BEHIND_ITS_CITATION = re.compile(r"\[@[^\[\]\n]{1,100}\]\s*([.,;:!?\"'”’)]{1,3})\s*\Z")


def quotations_are_verbatim(catalog: Catalog) -> Iterator[Problem]:
    """A blockquote ends in `[@id]` and stands word for word in that paper's summary."""
    for text in written(catalog):
        for part, passage in text.answer.parts:
            for block in blocks(passage):
                if block.kind == "quote" and (message := _wrong_quotation(text, passage, block)):
                    yield text.problem(part, block.start, message)


def _wrong_quotation(text: Written, passage: Passage, block: Block) -> str:
    """Say what is wrong with a blockquote, or nothing."""
    words, citation = quoted(passage, block)
    if citation is None:
        if behind := _BEHIND_ITS_CITATION.search(passage.text, block.start, block.end):
            return f'a quotation ends in its [@id] (got "{behind[1]}" behind it); write that before it, or take it out'
        return "a quotation ends in [@id]; cite what it is taken from, or write it as a paragraph"
    if citation.id not in text.offered:
        return ""  # said where citations are checked
    if _is_model(text, citation):
        if citation.id in text.catalog.papers:
            return ""  # said where it is offered as a model
        return f'"{citation.id}" is a model and has no summary to quote; cite a fact as [@{citation.id}#FACT] instead'
    if not words:
        return "the quotation is empty; write the words of the summary"
    if citation.fact:
        message = f'a quotation is of the summary, and "{citation.fact}" is a fact in our own words'
        return f"{message}; write [@{citation.id}], or cite the fact in a paragraph"
    if (count := _count(words)) < FEWEST_QUOTED:
        return f"a quotation has at least {FEWEST_QUOTED} words (got {count}); quote more, or say it in a paragraph"
    return _not_verbatim(text, words, citation.id)


def quoted_words_are_verbatim(catalog: Catalog) -> Iterator[Problem]:
    """Four or more words in quotation marks directly before a citation stand so in that source.

    That is the summary of a paper, or the fact that is cited; words of the question may be quoted anywhere.
    """
    for text in written(catalog):
        for part, passage in text.answer.parts:
            for words, at, citation in quoted_inside(passage):
                if message := _wrong_words(text, words, citation):
                    yield text.problem(part, at, message)


def _wrong_words(text: Written, words: str, citation: Citation) -> str:
    """Say what is wrong with words in quotation marks before a citation, or nothing."""
    if citation.id not in text.offered or _count(words) < FEWEST_QUOTED or stands_in(words, text.question.question):
        return ""
    record = text.catalog.models.get(citation.id) or text.catalog.papers.get(citation.id)
    fact = record.facts.get(citation.fact or "") if record else None
    if record is None or (citation.fact and fact is None) or (fact and stands_in(words, fact.says)):
        return ""  # what is not known is said where citations are checked
    if not _is_model(text, citation):
        return _not_verbatim(text, _as_begun(words, _summaries(text, citation.id)), citation.id)
    lacking = f'does not say this in its fact "{citation.fact}"' if fact else "is a model and has no summary to quote"
    return f'"{citation.id}" {lacking}; take the quotation marks off and say it in your own words'


def _as_begun(words: str, summaries: list[str]) -> str:
    """Return words with the first letter as it is in a summary: its sentence may stand inside one of ours."""
    other = f"{words[:1].swapcase()}{words[1:]}"
    beginning = " ".join(other.split()[:2])
    return other if any(stands_in(beginning, summary) for summary in summaries) else words


def _not_verbatim(text: Written, words: str, id: str) -> str:
    """Say where words leave the summary of the paper that they are said to be from, or nothing."""
    summaries = _summaries(text, id)
    if not summaries or any(stands_in(words, summary) for summary in summaries):
        return ""
    others = {other: _summaries(text, other) for other in text.question.papers if other != id}
    for other, said in others.items():
        if any(stands_in(words, summary) for summary in said):
            return f'this stands in the summary of "{other}", not of "{id}"; cite it as [@{other}]'
    own = _nearest(words, summaries)
    if own.share >= ALIKE:
        there = f"{difference(words, own.passage)}; quote it exactly{_meant(own)}"
        return f'this does not stand in the summary of "{id}": {there}'
    other, near = max(((other, _nearest(words, said)) for other, said in others.items()), key=_share, default=(id, own))
    if near.share < ALIKE:
        message = f'this does not stand in the summary of "{id}", and nothing there is like it'
        return f"{message}; quote what stands there, or say it in a paragraph"
    there = f"{difference(words, near.passage)}; quote it exactly and cite it as [@{other}]{_meant(near)}"
    return f'this is like a passage of "{other}", not of "{id}": {there}'


def _nearest(words: str, summaries: list[str]) -> Near:
    """Return the passage that is nearest to words in any of the summaries."""
    return max((nearest_passage(words, summary) for summary in summaries), key=lambda near: near.share)


def _share(found: tuple[str, Near]) -> float:
    """Return how near the passage of a paper is."""
    return found[1].share


def _meant(near: Near) -> str:
    """Return the passage that was meant, as a question."""
    return f'; did you mean "{shortened(near.passage, LONGEST_SHOWN)}"?'


def _is_model(text: Written, citation: Citation) -> bool:
    """Tell whether a citation is of something that was offered as a model alone."""
    return citation.id in text.question.models and citation.id not in text.question.papers


def _summaries(text: Written, id: str) -> list[str]:
    """Return the summaries of a paper that came with the question: what its prompt said, then the record's."""
    provided, paper = text.question.papers[id].provided, text.catalog.papers.get(id)
    own = [provided.summary] if provided and provided.summary else []
    return own + ([paper.summary] if paper else [])


def _count(words: str) -> int:
    """Return how many words there are."""
    return len(re.findall(r"[^\W_]+", words))


RULES = (quotations_are_verbatim, quoted_words_are_verbatim)
