"""The numbered sources of a question: what each offered model and paper is to it, and which of its words are cited."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from string import ascii_lowercase

from catalog.fit import Verdict
from catalog.links import abstract_link, arxiv_id, github_repository, https_form
from catalog.records import Model, Paper, Provided, ProvidedModel, Question, Vocabulary
from hooks.numbers import reported_value
from hooks.site_facts import SiteFacts


@dataclass(frozen=True)
class OutsideLink:
    """An address on another site with its text."""

    address: str
    text: str


@dataclass(frozen=True)
class Note:
    """A fact or reported number that the answer cites; it stands under its source, so that nobody has to hover."""

    anchor: str
    letter: str
    text: str
    where: str


@dataclass(frozen=True)
class PartLink:
    """A part of the page in which a source is cited."""

    anchor: str
    title: str


@dataclass
class OfferedSource:
    """One offered model or paper, numbered as it stands in the list; citing it fills `notes` and `cited_in`.

    Attributes:
        number: its place in the list, from 1.
        id: the record's id.
        anchor: where it stands on the page.
        title: its name in a heading.
        name: the name people use in a sentence.
        offered_as: of a model, the name in the prompt, when pages call it something else.
        record: the model or paper.
        links: where it is found.
        because: the reason that the question gives for its verdict or role.
        verdict: of a model, once it can be derived.
        role: of a paper.
        notes: the facts and numbers that the answer cites.
        cited_in: the parts that lean on it.
    """

    number: int
    id: str
    anchor: str
    title: str
    name: str
    record: Model | Paper
    links: tuple[OutsideLink, ...]
    because: str | None
    offered_as: str = ""
    verdict: Verdict | None = None
    role: str = ""
    notes: list[Note] = field(default_factory=list)
    cited_in: list[PartLink] = field(default_factory=list)

    def cite(self, part: PartLink) -> None:
        """Note that a part of the page leans on this source."""
        if part not in self.cited_in:
            self.cited_in.append(part)

    def note_fact(self, name: str) -> Note | None:
        """Return the note of a fact, with the next free letter when it is cited for the first time."""
        fact = self.record.facts.get(name)
        if fact is None:
            return None
        letters = sum(1 for note in self.notes if note.letter)
        letter = ascii_lowercase[letters] if letters < len(ascii_lowercase) else f"-{letters + 1}"
        return self._note(Note(f"fact-{self.id}--{name}", letter, fact.says, fact.where))

    def note_number(self, name: str, words: Vocabulary) -> Note | None:
        """Return the note of a reported number."""
        number = self.record.reported.get(name)
        if number is None:
            return None
        return self._note(Note(self.number_anchor(name), "", number_in_words(self.record, name, words), number.where))

    def number_anchor(self, name: str) -> str:
        """Return where a reported number stands on the page; ids and names have no double hyphen."""
        return f"number-{self.id}--{name}"

    def _note(self, note: Note) -> Note:
        """Add a note unless it is there."""
        for known in self.notes:
            if known.anchor == note.anchor:
                return known
        self.notes.append(note)
        return note


def number_in_words(record: Model | Paper, name: str, words: Vocabulary) -> str:
    """Return a reported number as a sentence: metric, value, and what it was measured on."""
    number = record.reported[name]
    about = [part for part in (number.method, number.dataset, number.says) if part]
    value = f"{words.metrics[number.metric].title} {reported_value(record, name, words)}"
    return value + "".join(f", {part}" for part in about)


def offered_sources(question: Question, site: SiteFacts) -> dict[str, OfferedSource]:
    """Return the offered models, then the offered papers, by id, numbered from 1."""
    verdicts = site.verdicts.get(question.id, {})
    sources: dict[str, OfferedSource] = {}
    for number, (id, offered) in enumerate(question.models.items(), 1):
        model = site.catalog.models[id]
        given = (offered.provided and offered.provided.name) or model.name
        standing = {"because": offered.because, "verdict": verdicts.get(id)}
        standing["offered_as"] = given if given != model.called else ""
        links = outside_links(model, offered.provided)
        sources[id] = OfferedSource(number, id, f"source-{id}", model.called, model.called, model, links, **standing)
    for number, (id, offered) in enumerate(question.papers.items(), len(sources) + 1):
        paper = site.catalog.papers[id]
        standing = {"because": offered.because, "role": offered.role}
        links = outside_links(paper, offered.provided)
        sources[id] = OfferedSource(number, id, f"source-{id}", paper.title, paper.short, paper, links, **standing)
    return sources


def outside_links(record: Model | Paper, own: ProvidedModel | Provided | None = None) -> tuple[OutsideLink, ...]:
    """Return where a model or paper is found: its paper, the abstract, its repository; `own` goes before the record."""
    paper, github = _addresses(own) if own else (None, None)
    known_paper, known_github = _addresses(record)
    return _links(paper or known_paper, github or known_github)


def _addresses(said: Model | Paper | ProvidedModel | Provided) -> tuple[str | None, str | None]:
    """Return the paper and the repository that a record or a prompt gives."""
    return (said.paper if isinstance(said, Model | ProvidedModel) else said.link), said.github


@lru_cache(maxsize=4096)  # every question that offers a record asks again
def _links(paper: str | None, github: str | None) -> tuple[OutsideLink, ...]:
    """Return the links that two addresses give."""
    links = []
    if paper:
        number = arxiv_id(paper)
        links.append(OutsideLink(https_form(paper), f"Paper, arXiv {number}" if number else "Paper"))
    if abstract := abstract_link(paper):
        links.append(OutsideLink(abstract, "Abstract"))
    if github:
        repository = github_repository(github)
        links.append(OutsideLink(https_form(github), f"GitHub, {repository}" if repository else "Repository"))
    return tuple(links)
