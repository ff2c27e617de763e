"""The page of a question: the answer first, then task, workflow, sources, and the evidence under them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

from markupsafe import Markup

from catalog.answer import PARTS, Answer
from catalog.expressions import GAIN, ExpressionError, Quantity, Term, evaluate, format_quantity, parse
from catalog.mermaid import diagram
from catalog.notations import ReasoningMark, scan
from catalog.records import Asks, Question
from catalog.runs import Run
from catalog.steps import StepLine, step_lines
from hooks import addresses
from hooks.answer_parts import LINKS, AnswerOnPage, ShownNumber
from hooks.deadline import deadline
from hooks.essays import essay_on_question
from hooks.experiments import run_values, trace_rows, weights_in_words
from hooks.figures import alt_in_answer, evidence_figure, figure_html
from hooks.mathematics import has_formula
from hooks.navigation import MOST_PAGES_IN_A_SECTION
from hooks.numbers import result_value
from hooks.offered_sources import OfferedSource, offered_sources
from hooks.page_contents import contents
from hooks.pages import Page, SearchEntry
from hooks.prose import first_words
from hooks.site_facts import Link, SiteFacts

MOST_SIBLINGS = 5
DESCRIPTION = 160  # characters
LARGEST_PAGE = 100_000  # bytes of HTML
FRAME, IN_NAVIGATION = 18_100, 200  # bytes that the theme puts around a page, and for each question in the navigation
ESSAY = Markup("\ue000essay\ue001")  # stands in a page for the essay until it is known how much room there is
NO_EXPERIMENT = {"gains": (), "run": None, "stale": (), "essay": ""}
DIRECT = "direct"  # the role of a paper that describes the mechanism


@dataclass(frozen=True)
class ShownClaim:
    """A claim with the numbers that support it."""

    says: str
    terms: list[ShownNumber]


def question_pages(site: SiteFacts) -> Iterator[Page]:
    """Yield one page for each question."""
    for question in site.catalog.questions.values():
        with deadline(question.source.file):
            page = question_page(site, question)
        yield page


def question_page(site: SiteFacts, question: Question) -> Page:
    """Return the page of one question."""
    uri = addresses.question_page(question.id)
    link = site.link_from(uri)
    sources = offered_sources(question, site)
    on_page = AnswerOnPage(site, question, link, sources)
    answer = site.catalog.answers.get(question.id)
    run = site.run(question.notebook)
    evidence = _evidence(site, link, question, on_page.shown_figures)
    parts, plain = on_page.fragments(answer) if answer else ({}, {})
    values = {
        "question": question,
        "draft": question.status == "draft",
        "not_yet_written": answer is not None and answer.not_yet_written,
        "parts": {name: parts.get(name) for name in LINKS},
        "rests_on": _rests_on(sources.values()),
        "shown_runs": [id_ for id_ in {question.notebook: None, **on_page.shown_runs} if site.run(id_)],
        "reasoned": answer is not None and _holds_reasoning(answer),
        "evidence": evidence,
        "asks": _asks(question.asks, site) if question.asks else None,
        "models": [source for source in sources.values() if source.id in question.models],
        "papers": [source for source in sources.values() if source.id in question.papers],
        "claims": list(_claims(question, on_page)),
        "siblings": _siblings(question, site, link),
        **_workflow(question, run, site),
        **(_experiment(question, run, on_page) if run else NO_EXPERIMENT),
    }
    html = site.fill("question.html", uri, **values)
    if run:
        html = html.replace(ESSAY, essay_on_question(site, run, link, on_page.shown_figures, _room(html, site)))
    return Page(
        uri=uri,
        title=question.question,
        description=first_words(plain.get("lead", question.question), DESCRIPTION),
        html=str(html),
        toc=contents(html),
        search=tuple(_search(question, plain)),
        source=question.source.file,
        kind="question",
        has_diagram=bool(values["diagram"]),
        has_math=has_formula(html),
        nav="Questions" if question.status == "published" else None,
        short=_name(question),
        draft=question.status == "draft",
    )


def _room(html: str, site: SiteFacts) -> int:
    """Return how much of an essay a page holds beside all the rest, so that it stays small.

    The navigation holds the questions too, until with their index they are too many.
    """
    published = (question for question in site.catalog.questions.values() if question.status == "published")
    counted = len([*islice(published, MOST_PAGES_IN_A_SECTION)])
    listed = counted if counted < MOST_PAGES_IN_A_SECTION else 0
    return LARGEST_PAGE - FRAME - IN_NAVIGATION * listed - len(html.encode())


def _search(question: Question, plain: dict[str, str]) -> Iterator[SearchEntry]:
    """Yield what the search finds: the question with its lead, then each part, all with every word they have."""
    yield SearchEntry("", question.question, plain.get("lead", ""))
    for name in PARTS:
        if plain.get(name):
            title = f"{name.capitalize()}: {_name(question)}"
            yield SearchEntry(name, title, plain[name])


def _name(question: Question) -> str:
    """Return what a question is called in the navigation, in a search result and under its diagram."""
    return question.short or first_words(question.question, 60)


# --- pieces of the page ----------------------------------------------------------------------------------------------


def _asks(asks: Asks, site: SiteFacts) -> dict[str, Any]:
    """Return what is asked, in the words of the vocabulary."""
    words = site.vocabulary
    return {
        "task": words.tasks[asks.task].title,
        "from_": words.types[asks.from_].title.lower(),
        "to": words.types[asks.to].title.lower(),
        "scale": f"{asks.scale:g}×" if asks.scale else "",
        "about": words.content[asks.about].title.lower(),
        "wants": [words.wants[wish].title.lower() for wish in asks.wants],
    }


def _rests_on(sources: Iterable[OfferedSource]) -> list[OfferedSource]:
    """Return the sources that a lead without citations sums up; none if it cites its own.

    They are those that the task and the workflow cite, and the papers whose role is direct, wherever they are cited.
    """
    anchors = {source.id: {part.anchor for part in source.cited_in} for source in sources}
    if any(LINKS["lead"].anchor in cited for cited in anchors.values()):
        return []
    explaining = {LINKS["task"].anchor, LINKS["workflow"].anchor}
    return [source for source in sources if anchors[source.id] & explaining or source.role == DIRECT]


def _holds_reasoning(answer: Answer) -> bool:
    """Tell whether the task or the workflow holds paragraphs that are marked as our reasoning."""
    return any(isinstance(found, ReasoningMark) for part in (answer.task, answer.workflow) for found in scan(part))


def _evidence(site: SiteFacts, link: Link, question: Question, shown: set[str]) -> Markup:
    """Return the figure that stands under the answer, empty when its run has none."""
    name = evidence_figure(site.catalog, question)
    if not name:
        return Markup("")
    alt = alt_in_answer(site.catalog, question, name)
    return figure_html(site, link, question.notebook or "", name, alt, shown)


def _experiment(question: Question, run: Run, on_page: AnswerOnPage) -> dict[str, Any]:
    """Return what the run of a question shows: its gain, its essay, how it was made."""
    site, link = on_page.site, on_page.link
    return {
        "gains": _gains(question, run, site, link),
        **run_values(site, run, link),
        "essay": ESSAY,
    }


def _gains(question: Question, run: Run, site: SiteFacts, link: Link) -> list[ShownNumber]:
    """Return the measured gains over the baseline of the first claim that speaks of any, losses among them."""
    for claim in question.claims:
        names = dict.fromkeys(term.name for term in _terms(claim.holds) if term.id == run.id)
        found = [name for name in names if name in run.results and run.results[name].metric.endswith(GAIN)]
        if found:
            return [_gain(name, run, site, link) for name in found]
    return []


def _gain(name: str, run: Run, site: SiteFacts, link: Link) -> ShownNumber:
    """Return one measured gain, with what it was measured on and with whose weights."""
    result = run.results[name]
    metric = site.vocabulary.metrics[result.metric]
    text = f"{metric.title} {result_value(result, site.vocabulary)}"
    href = link(addresses.notebook_page(run.id), addresses.result_anchor(name))
    measured = result.says.rstrip(".") + "".join(f"; weights {origin}" for origin in run.origins)
    return ShownNumber(text, href, metric.says, measured)


def _terms(expression: str) -> tuple[Any, ...]:
    """Return the references of an expression; an unreadable one has none."""
    try:
        return parse(expression).references
    except ExpressionError:
        return ()


def _claims(question: Question, on_page: AnswerOnPage) -> Iterator[ShownClaim]:
    """Yield each claim with its measured values."""
    for claim in question.claims:
        try:
            quantity = evaluate(parse(claim.holds), on_page.site.catalog, question.id)
        except ExpressionError:
            continue
        yield ShownClaim(claim.says, [_told(term, on_page) for term in quantity.terms])


def _told(term: Term, on_page: AnswerOnPage) -> ShownNumber:
    """Return a number with what it is beside it, of which its title names the metric alone."""
    single = Quantity(term.value, term.metric, term.unit, term.digits, (term,), term.says)
    number = on_page.shown_number(format_quantity(single), single)
    return replace(number, title=on_page.site.vocabulary.metrics[term.metric].title) if number.says else number


def _siblings(question: Question, site: SiteFacts, link: Link) -> list[dict[str, Any]]:
    """Return the related questions, those it names itself first; drafts last."""
    related = site.offers.siblings.get(question.id, {})
    own = [id for id in question.siblings if id in related]
    others = [id for id in related if id not in own]
    siblings = [site.catalog.questions[id] for id in own + others if id in site.catalog.questions]
    siblings.sort(key=lambda sibling: sibling.status == "draft")
    return [
        {
            "href": link(addresses.question_page(sibling.id)),
            "question": sibling.question,
            "draft": sibling.status == "draft",
            "difference": question.siblings.get(sibling.id, ""),
        }
        for sibling in siblings[:MOST_SIBLINGS]
    ]


def _workflow(question: Question, run: Run | None, site: SiteFacts) -> dict[str, Any]:
    """Return the diagram and the same steps as a list; both empty when there is no graph."""
    graph = site.graph(question.id)
    if graph is None:
        return {"diagram": "", "measured": {}, "steps": (), "told_at": {}, "shapes": False}
    trace = run.trace if run and {step.step for step in run.trace} & {node.name for node in graph.steps} else None
    shown = [replace(step, weights=weights_in_words(step)) for step in trace or ()]
    title = f"Workflow for: {_name(question)}"
    lines = step_lines(graph)
    return {
        "diagram": diagram(graph, title, "; ".join(map(_in_words, lines)), shown),
        "measured": {row["step"]: row for row in trace_rows(run)} if trace else {},
        "steps": lines,
        "told_at": dict(told_at(lines)),
        "shapes": any(given.shape for line in lines for given in line.gives),
    }


def told_at(lines: Iterable[StepLine]) -> Iterator[tuple[str, int]]:
    """Yield each step that repeats a use, with the number of the first, which tells the limits."""
    first: dict[tuple[str | None, str | None], int] = {}
    for line in lines:
        number = first.setdefault((line.record_id, line.use), line.number)
        if line.record_id and number != line.number and (line.notes or line.source):
            yield line.name, number


def _in_words(line: StepLine) -> str:
    """Return one box in a few words, for people who cannot see the diagram."""
    takes = f" takes {line.takes_text}" if line.takes else ""
    return f"{line.label}{takes}" + (f", gives {line.gives_text}" if line.kind != "output" else "")
