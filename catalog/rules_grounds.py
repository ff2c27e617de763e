"""The rules on what an answer stands on: each paragraph has its source, the lead its model."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence, Set

from catalog.answer import Passage
from catalog.fit import verdicts
from catalog.load import Catalog
from catalog.names import Name, as_latin, names_of
from catalog.notations import Block, Citation, ResultRef, blocks, misspelt, scan_all
from catalog.problems import Level, Problem
from catalog.rules_marks import printed
from catalog.validation import PLACEHOLDER
from catalog.workflow import build
from catalog.written_answers import Written, plain_without_notations, written

CLAIMING = ("paragraph", "item", "table")  # the blocks that say something in our own words
SENTENCE_ENDS = (".", "!", "?", "…")
REPORTING = re.compile(r"([a-z0-9-]+)@")  # the source of a number in an expression
DIRECT = "direct"  # the role of a paper on which an answer rests
DEFINITIONS = re.compile(r"(?: {0,3}\[[^\]\[^\n]++\]:[ \t]*+[^\s]++[ \t]*+(?:\n|$))++")  # of links; no page shows them
Needed = tuple[str, str, str, str]  # kind and id of what an answer has to cite, why, and what else could be done
CLOSING = " \t\n*_\"”’')"  # what may stand behind the end of a sentence


def paragraphs_have_grounds(catalog: Catalog) -> Iterator[Problem]:
    """Each paragraph of the three parts cites a source, prints a result, shows a figure or is marked as reasoning."""
    for text in written(catalog):
        if text.answer.not_yet_written:
            continue  # told once
        level: Level = "notice" if text.is_draft else "error"
        for part, passage in text.answer.parts:
            for block in _groundless(passage, printed(catalog, text.id, part)) if part != "lead" else ():
                yield text.problem(part, _begin(passage, block), _without_grounds(block), level)


def _without_grounds(block: Block) -> str:
    """Say what a paragraph, list item or table lacks, and what to do."""
    called = "list item" if block.kind == "item" else block.kind
    message = f"nothing says what this {called} rests on; cite its source as [@id] or [@id#fact], print a result as "
    return message + ("[=run.result]" if block.kind == "table" else "[=run.result], or end it with [reasoning]")


def _groundless(passage: Passage, misspelt: Sequence[tuple[int, str]]) -> Iterator[Block]:
    """Yield the paragraphs, list items and tables that rest on nothing, nor on what introduces or follows them.

    A misspelt notation counts, since it has a problem of its own, and so do the dots of a new question, which say with
    the paragraph above them what is to be written.
    """
    divided = blocks(passage)
    noted = sorted([*(found.start for found in scan_all(passage)), *(at for at, _ in misspelt)])
    own = [bisect_left(noted, block.start) < bisect_left(noted, block.end) for block in divided]
    introduced = False  # by a paragraph with a source
    for i, block in enumerate(divided):
        if block.kind not in ("item", "table"):
            introduced = block.kind == "paragraph" and own[i]
        said = passage.text[block.start : block.end]
        if (
            block.kind not in CLAIMING
            or own[i]
            or DEFINITIONS.fullmatch(said)
            or _are_dots(passage, divided[i : i + 1 + (block.kind == "paragraph")])
        ):
            continue
        goes_on = block.kind == "paragraph" and _introduces(passage, block)
        if not introduced and not (goes_on and _below_rests(divided, own, i + 1)):
            yield block


def _are_dots(passage: Passage, some: Sequence[Block]) -> bool:
    """Tell whether one of these blocks is what stands in a new question for what is to be written."""
    return PLACEHOLDER in passage.text and any(
        passage.text[block.start : block.end].strip() == PLACEHOLDER for block in some
    )


def _introduces(passage: Passage, block: Block) -> bool:
    """Tell whether the last sentence of a paragraph goes on in what follows, as one that ends in a colon does."""
    return passage.text[block.start : block.end].rstrip(CLOSING)[-1:] not in SENTENCE_ENDS


def _below_rests(divided: Sequence[Block], own: Sequence[bool], i: int) -> bool:
    """Tell whether what begins at block `i` is a quotation, or a list or table with a source."""
    if i < len(divided) and divided[i].kind == "item":
        while i < len(divided) and divided[i].kind == "item":
            if own[i]:
                return True
            i += 1
        return False
    return i < len(divided) and (divided[i].kind == "quote" or (divided[i].kind == "table" and own[i]))


def _begin(passage: Passage, block: Block) -> int:
    """Return the offset of the first visible character of a block."""
    written_out = passage.text[block.start : block.end]
    return block.start + len(written_out) - len(written_out.lstrip())


# --- the lead --------------------------------------------------------------------------------------------------------


def leads_name_a_model(catalog: Catalog) -> Iterator[Problem]:
    """The lead names a model that was offered, since its last sentences say what the recommended model does."""
    for text in written(catalog):
        if text.answer.not_yet_written or not text.answer.lead or not catalog.knows_all_offered(text.question):
            continue
        offered = [catalog.models[id] for id in text.question.models]
        shown = as_latin(plain_without_notations(text.answer.lead).text)
        names = [Name(name, frozenset([model.id])) for model in offered for name in names_of(model)]
        if offered and not _says_one(names, shown) and "lead" not in text.unwritten:
            called = " or ".join(dict.fromkeys(model.called for model in offered))
            message = f"the lead does not name the recommended model; say in its second sentence what {called} does"
            yield text.problem("lead", 0, message, "notice" if text.is_draft else "error")


def _says_one(names: Sequence[Name], shown: str) -> bool:
    """Tell whether a text says one of the names; most are spelled as in their records, which is quick to see."""
    return any(name.is_written_in(shown) for name in names) or any(name.stands_in(shown) for name in names)


# --- what an answer rests on ------------------------------------------------------------------------------------------


def what_answers_rest_on_is_cited(catalog: Catalog) -> Iterator[Problem]:
    """A published answer cites each paper in direct support and each model that its workflow runs.

    A number that one of them reports will do.
    """
    for text in written(catalog):
        if text.is_draft or not all(part for _, part in text.answer.parts):
            continue
        cited = {found.id for _, found in text.notations(Citation)}
        if not cited <= {*text.offered} or any(misspelt(passage) for _, passage in text.answer.parts):
            continue  # what is told of these may be the citation that is missed
        cited |= {id for _, found in text.notations(ResultRef) for id in REPORTING.findall(found.expression)}
        for kind, id, why, otherwise in (*_direct(text, cited), *_running(text, cited)):
            message = f"{why}, and the answer never cites it; cite it as [@{id}], or {otherwise}"
            yield text.question.source.key_problem(message, kind, id)


def _direct(text: Written, cited: Set[str]) -> Iterator[Needed]:
    """Yield the papers of a question that are said to support its answer directly, and are not cited."""
    for id, paper in text.question.papers.items():
        known = id in text.catalog.papers and not text.catalog.lacks(text.question, "papers", id)
        if paper.role == DIRECT and known and id not in cited:
            yield "papers", id, "by its role the answer rests on it", "give it another role"


def _running(text: Written, cited: Set[str]) -> Iterator[Needed]:
    """Yield the models of a question that its workflow runs, that have a place there, and are not cited."""
    graph, _ = build(text.question, text.catalog)
    running = {node.record_id for node in graph.steps} - cited if graph else frozenset()
    for id, found in verdicts(text.question, text.catalog).items() if running else ():
        if id in running and found.kind != "has-no-place":
            yield "models", id, "the workflow runs it", "take out its step"


RULES = (paragraphs_have_grounds, leads_name_a_model, what_answers_rest_on_is_cited)
