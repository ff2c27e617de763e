"""The parts of an answer as HTML: prose cleaned, and in place of each notation what it stands for."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import partial

from markupsafe import Markup

from catalog.answer import PARTS, Answer, Passage
from catalog.expressions import ExpressionError, Quantity, Term, evaluate, format_quantity, parse
from catalog.notations import Block, Citation, FigureRef, Notation, ReasoningMark, ResultRef, blocks, scan
from catalog.records import Question
from catalog.runs import Run
from hooks import addresses
from hooks.figures import figure_html
from hooks.numbers import term_in_words, term_value
from hooks.offered_sources import OfferedSource, PartLink, offered_sources
from hooks.page_templates import macro
from hooks.prose import Fragment, Insert, Wrap, plain_text, render
from hooks.site_facts import Link, SiteFacts

LINKS = {
    "lead": PartLink("answer", "the answer"),
    **{name: PartLink(name, name.capitalize()) for name in PARTS},
}

BEGINNING = re.compile(r"[\s>]*(?:[-*+]|\d+[.)])?\s*")  # of a line: the marks of quotations and lists

_citation = macro("prose.html", "citation")
_number = macro("prose.html", "number")
_reasoning = macro("prose.html", "reasoning")
_reasoning_mark = macro("prose.html", "reasoning_mark")
_quote = macro("prose.html", "quote")
_missing = macro("prose.html", "missing")


@dataclass(frozen=True)
class ShownNumber:
    """A number with where it leads and what it is in words."""

    text: str
    href: str
    title: str
    says: str = ""


@dataclass
class AnswerOnPage:
    """Renders the passages of one answer in reading order; sources, figures and runs remember what was used."""

    site: SiteFacts
    question: Question
    link: Link
    sources: Mapping[str, OfferedSource]
    shown_figures: set[str] = field(default_factory=set)
    shown_runs: dict[str, None] = field(default_factory=dict)  # by id, in the order in which the answer shows them

    def fragments(self, answer: Answer) -> tuple[dict[str, Fragment], dict[str, str]]:
        """Return HTML and plain text of each part that has a text, by name."""
        found, plain = {}, {}
        for name, passage in answer.parts:
            if passage:
                found[name], plain[name] = self._part(name, passage)
        return found, plain

    def _part(self, name: str, passage: Passage) -> tuple[Fragment, str]:
        """Return HTML and plain text of one part."""
        inserts, wraps = self._replaced(name, passage)
        return render(passage.text, name, inserts, wraps), plain_text(passage.text, inserts)

    def plain(self, name: str, passage: Passage) -> str:
        """Return the plain text of one part; its HTML would cost more."""
        return plain_text(passage.text, self._replaced(name, passage)[0])

    def _replaced(self, name: str, passage: Passage) -> tuple[list[Insert], list[Wrap]]:
        """Return what stands in place of each notation, and the frames around paragraphs and quotations."""
        notations, divided = scan(passage), blocks(passage)
        ours = [block for block in divided if block.kind == "paragraph" and _ends_in_mark(block, notations)]
        quoted = list(self._quotes(passage, divided, notations))
        framed = {citation.start for citation, _ in quoted} | {_last(block, notations).start for block in ours}
        inserts = [
            Insert(n.start, n.end, Markup("")) if n.start in framed else self._insert(n, LINKS[name]) for n in notations
        ]
        inserts = [_without_space(insert, passage.text) for insert in inserts]
        wraps = [Wrap(start, end, _reasoning) for start, end in _joined(ours, passage.text)]
        wraps += [self._quotation(citation, block, LINKS[name]) for citation, block in quoted]
        return inserts, wraps

    def _quotes(
        self, passage: Passage, divided: list[Block], notations: list[Notation]
    ) -> Iterator[tuple[Citation, Block]]:
        """Yield each blockquote that ends in a citation, with that citation."""
        for block in divided:
            last = _last(block, notations) if block.kind == "quote" else None
            at_the_end = isinstance(last, Citation) and not passage.text[last.end : block.end].strip("> \t\n")
            if at_the_end and last.id in self.sources:
                yield last, block

    def _quotation(self, citation: Citation, block: Block, part: PartLink) -> Wrap:
        """Return the frame of a quotation, which names its source."""
        source = self.sources[citation.id]
        source.cite(part)
        return Wrap(block.start, block.end, partial(_quote, source=source))

    # --- notations ---

    def _insert(self, notation: Notation, part: PartLink) -> Insert:
        """Return what stands in place of a notation."""
        if isinstance(notation, Citation):
            return Insert(notation.start, notation.end, self._cited(notation, part))
        if isinstance(notation, ResultRef):
            return self._measured(notation, part)
        if isinstance(notation, FigureRef):
            self.shown_runs[notation.run] = None
            figure = figure_html(self.site, self.link, notation.run, notation.name, notation.alt, self.shown_figures)
            return Insert(notation.start, notation.end, figure, block=True)
        return Insert(notation.start, notation.end, _reasoning_mark())

    def _cited(self, citation: Citation, part: PartLink) -> Markup:
        """Return the number of a source, with the letter of the fact."""
        source = self.sources.get(citation.id)
        if source is None:
            return _missing(f"[@{citation.id}]")
        source.cite(part)
        return _citation(source, source.note_fact(citation.fact) if citation.fact else None)

    def _measured(self, reference: ResultRef, part: PartLink) -> Insert:
        """Return the value of an expression."""
        try:
            quantity = evaluate(parse(reference.expression.strip()), self.site.catalog, self.question.id)
        except ExpressionError:
            return Insert(reference.start, reference.end, _missing(f"[={reference.expression.strip()}]"))
        shown = self.shown_number(format_quantity(quantity), quantity)
        self._cite_reported(quantity, part)
        self.shown_runs |= {term.id: None for term in quantity.terms if term.kind == "result"}
        html = _number(shown.text, shown.href, shown.title)
        return Insert(reference.start, reference.end, html, plain=shown.text)

    def _cite_reported(self, quantity: Quantity, part: PartLink) -> None:
        """Note the reported numbers that a value was computed from."""
        for term in quantity.terms:
            if term.kind == "reported" and term.id in self.sources:
                self.sources[term.id].cite(part)
                self.sources[term.id].note_number(term.name, self.site.vocabulary)

    def shown_number(self, text: str, quantity: Quantity) -> ShownNumber:
        """Return a value with where its first term stands and what its terms are."""
        words = [term_in_words(term, self.site.vocabulary, self._run(term)) for term in quantity.terms]
        if len(words) > 1:
            words = [f"{term_value(term)}: {said}" for term, said in zip(quantity.terms, words, strict=True)]
        href = self.term_href(quantity.terms[0]) if quantity.terms else ""
        says = quantity.terms[0].says if len(quantity.terms) == 1 else ""
        return ShownNumber(text, href, " | ".join(words), says)

    def term_href(self, term: Term) -> str:
        """Return where a result or a reported number stands."""
        if term.kind == "result":
            return self.link(addresses.notebook_page(term.id), addresses.result_anchor(term.name))
        source = self.sources.get(term.id)
        return f"#{source.number_anchor(term.name)}" if source else ""

    def _run(self, term: Term) -> Run | None:
        """Return the run of a result, None for a reported number."""
        return self.site.run(term.id) if term.kind == "result" else None


def plain_lead(site: SiteFacts, question: Question) -> str:
    """Return the lead of an answer as plain text, for a card; empty when there is none."""
    answer = site.catalog.answers.get(question.id)
    if not answer or not answer.lead:
        return ""
    on_page = AnswerOnPage(site, question, site.link_from(addresses.HOME), offered_sources(question, site))
    return on_page.plain("lead", answer.lead)


def _last(block: Block, notations: list[Notation]) -> Notation | None:
    """Return the last notation that stands in a block."""
    inside = [notation for notation in notations if block.start <= notation.start < block.end]
    return inside[-1] if inside else None


def _ends_in_mark(block: Block, notations: list[Notation]) -> bool:
    """Tell whether a block is marked as our reasoning."""
    return isinstance(_last(block, notations), ReasoningMark)


def _joined(ours: list[Block], text: str) -> Iterator[tuple[int, int]]:
    """Yield where our reasoning starts and ends; paragraphs that follow each other share one frame."""
    start = end = -1
    for block in ours:
        if start >= 0 and text[end : block.start].strip():
            yield start, end
            start = -1
        start, end = block.start if start < 0 else start, block.end
    if start >= 0:
        yield start, end


def _without_space(insert: Insert, text: str) -> Insert:
    """Return a fragment that also takes the blanks before it, unless it is a number, a figure or begins a line."""
    before = text[: insert.start]
    if insert.plain or insert.block or BEGINNING.fullmatch(before[before.rfind("\n") + 1 :]):
        return insert
    return replace(insert, start=len(before.rstrip()))
