"""Home and the lists of questions, models, papers, tasks and notebooks."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

from catalog.counting import first_sentence
from catalog.fit import Verdict
from catalog.records import Question
from hooks import addresses
from hooks.answer_parts import plain_lead
from hooks.figures import evidence_figure, figure_html, pair
from hooks.list_parts import Item, Part, parts_of
from hooks.notebook_pages import shown_with
from hooks.page_templates import macro
from hooks.pages import Page, SearchEntry
from hooks.report_pages import has_report
from hooks.reverse_index import OfferedAs, count_in_words, published
from hooks.searched_words import searched_words
from hooks.site_facts import Link, SiteFacts

MOST_LINKS = 500  # on one page of a list; a longer list is split
CARDS_AT_HOME = 6
TRAINING = {True: "inside", False: "outside", None: "not-stated"}  # words for what a verdict says of it

# what the filter calls the words on the cards
VERDICTS = {"does-this-job": "does this job", "can-be-a-step": "can be a step", "has-no-place": "has no place"}
IN_TRAINING = {"inside": "inside them", "outside": "outside them", "not-stated": "not stated"}
RUNS = {"fresh": "fresh", "stale": "stale"}

_fresh_chip = macro("marks.html", "fresh_chip")

Row = dict[str, Any]


@dataclass(frozen=True)
class QuestionCard:
    """A question in a list, with the words that the filter looks for."""

    id: str
    question: str
    draft: bool
    task_id: str
    models: list[str]
    verdicts: list[tuple[str, Verdict]]
    freshness: str
    short: str
    lead: str
    searched: str

    @property
    def verdict_words(self) -> list[str]:
        """Return the verdicts as words, each once."""
        verdicts = [verdict for _, verdict in self.verdicts]
        return list(dict.fromkeys(verdict.kind for verdict in verdicts))

    @property
    def training_words(self) -> list[str]:
        """Return where the question lies to the pictures that its models learned from, each word once."""
        verdicts = [verdict for _, verdict in self.verdicts]
        return list(dict.fromkeys(TRAINING[verdict.inside] for verdict in verdicts if verdict.kind != "has-no-place"))


def question_card(question: Question, site: SiteFacts) -> QuestionCard:
    """Return a question as a card with the first sentence of its answer; the filter looks through all of it."""
    run = site.run(question.notebook)
    lead, others = first_sentence(plain_lead(site, question))
    shown = f"{question.question} {question.short or ''} {lead}"
    return QuestionCard(
        id=question.id,
        question=question.question,
        draft=question.status == "draft",
        task_id=question.asks.task if question.asks else "",
        models=list(question.models),
        verdicts=site.named_verdicts(question.id),
        freshness="" if run is None else "stale" if site.stale(run) else "fresh",
        short=question.short or "",
        lead=lead,
        searched=searched_words(site, question, shown, others),
    )


def home_page(site: SiteFacts) -> Page:
    """Return the page that readers come to first."""
    questions = site.catalog.questions.values()
    answered = [question for question in questions if question.status == "published"]
    published = answered or list(questions)
    cover = _cover(site, published)
    others = [question for question in published if not cover or question.id != cover[0].id][:CARDS_AT_HOME]
    html = site.fill(
        "home.html",
        addresses.HOME,
        cards=[question_card(question, site) for question in others],
        **_cover_values(site, cover),
        total=len(answered),
        models=_count_offered(site.offers.models),
        papers=_count_offered(site.offers.papers),
        has_report=has_report(site),
    )
    return Page(
        uri=addresses.HOME,
        title="Model Answers",
        description="How AI imaging models do what people ask of them, with the evidence.",
        html=str(html),
        search=(SearchEntry("", "Model Answers", "How AI imaging models do what people ask of them."),),
        kind="home",
        nav="",
        short="Home",
    )


def _count_offered(offers: Mapping[str, list[OfferedAs]]) -> int:
    """Return how many records some question offers; drafts count only while nothing is published."""
    return sum(bool(published(found)) for found in offers.values()) or sum(map(bool, offers.values()))


def _cover(site: SiteFacts, questions: Sequence[Question]) -> tuple[Question, str] | None:
    """Return the question and the figure of its run that open the site; None while no run has a figure.

    It is the first question with a fresh run, two pictures to compare and a model that does the job, else the first
    that lacks least of this.
    """
    named = ((question, evidence_figure(site.catalog, question)) for question in questions)
    drawn = [(question, name) for question, name in named if name]
    return max(drawn, key=lambda found: _suits(site, *found), default=None)


def _suits(site: SiteFacts, question: Question, figure: str) -> tuple[bool, bool, bool]:
    """Tell whether the run of a question is fresh, a figure of it has a partner, and a model does the job."""
    run = site.catalog.runs[question.notebook or ""]
    does = any(verdict.kind == "does-this-job" for verdict in site.verdicts.get(question.id, {}).values())
    return not site.stale(run), len(pair(run, figure)) == 2, does


def _cover_values(site: SiteFacts, cover: tuple[Question, str] | None) -> dict[str, Any]:
    """Return what the home page shows of the question that opens it."""
    if cover is None:
        return {"cover": None, "cover_figure": ""}
    question, name = cover
    figure = figure_html(site, site.link_from(addresses.HOME), question.notebook or "", name, "", set())
    return {"cover": question_card(question, site), "cover_figure": figure}


# --- questions -------------------------------------------------------------------------------------------------------


def questions_index(site: SiteFacts) -> Iterator[Page]:
    """Yield the list of questions with its filter, in parts of at most 500; drafts come last, apart from the others."""
    cards = [question_card(question, site) for question in site.catalog.questions.values()]
    answered = [card for card in cards if not card.draft]
    drafts = [card for card in cards if card.draft]
    choices = list(_choices(answered, site))
    counts = {"answered": len(answered), "total_drafts": len(drafts), "choices": choices}
    for part in parts_of(addresses.QUESTIONS, answered + drafts, MOST_LINKS):
        apart = {"cards": [c for c in part.items if not c.draft], "drafts": [c for c in part.items if c.draft]}
        yield _index_page(site, part, "questions_index.html", "Questions", "Questions", {**apart, **counts})


def _choices(cards: Sequence[QuestionCard], site: SiteFacts) -> Iterator[dict[str, Any]]:
    """Yield the lists of the filter that leave a choice, each with the values that occur."""
    yield from (choice for choice in _lists(cards, site) if len(choice["options"]) > 1)


def _lists(cards: Sequence[QuestionCard], site: SiteFacts) -> Iterator[dict[str, Any]]:
    """Yield all lists of the filter."""
    tasks = {id: task.title for id, task in site.vocabulary.tasks.items()}
    offered = {model for card in cards for model in card.models}
    known = (site.catalog.models[id] for id in sorted(offered) if id in site.catalog.models)
    models = {model.id: model.called for model in _by_name(known, attrgetter("called"))[:MOST_LINKS]}
    yield _choice("task", "Task", tasks, {card.task_id for card in cards})
    yield _choice("verdict", "Verdict", VERDICTS, {word for card in cards for word in card.verdict_words})
    yield _choice("training", "Training pictures", IN_TRAINING, {w for card in cards for w in card.training_words})
    yield _choice("model", "Model", models, offered)
    yield _choice("freshness", "Run", RUNS, {card.freshness for card in cards})


def _choice(name: str, title: str, words: Mapping[str, str], found: Collection[str]) -> dict[str, Any]:
    """Return one list of the filter: of the words with their titles, those that were found on cards."""
    return {"name": name, "title": title, "options": [(word, says) for word, says in words.items() if word in found]}


# --- models, papers, tasks, notebooks --------------------------------------------------------------------------------


def models_index(site: SiteFacts) -> Iterator[Page]:
    """Yield the list of models."""

    def row(model: Any, link: Link) -> Row:
        tasks = [site.vocabulary.tasks[use.task].title for use in model.uses.values() if use.hosted]
        content = [site.vocabulary.content[word].title.lower() for word in model.trained_on] or ["not stated"]
        questions = count_in_words(site.offers.models[model.id])
        return {
            "href": link(addresses.model_page(model.id)),
            "name": model.called,
            "cells": [model.family, ", ".join(tasks), ", ".join(content), questions],
        }

    columns = ["Model", "Family", "Hosted use", "Learned from", "Questions"]
    says = "Each was recommended for at least one question. How well each fits its question is told on its page."
    models = _by_name(site.catalog.models.values(), attrgetter("called"))
    return _table(site, addresses.MODELS, "Models", says, columns, models, row)


def papers_index(site: SiteFacts) -> Iterator[Page]:
    """Yield the list of papers."""

    def row(paper: Any, link: Link) -> Row:
        offers = site.offers.papers[paper.id]
        roles = dict.fromkeys(offer.role for offer in published(offers) or offers)
        titles = [site.vocabulary.roles[role].title for role in roles]
        return {
            "href": link(addresses.paper_page(paper.id)),
            "name": paper.title,
            "cells": [paper.short, ", ".join(titles), count_in_words(offers)],
        }

    says = "Each was offered for at least one question."
    columns = ["Paper", "Called here", "Roles", "Questions"]
    papers = _by_name(site.catalog.papers.values(), attrgetter("title"))
    return _table(site, addresses.PAPERS, "Papers", says, columns, papers, row)


def tasks_index(site: SiteFacts) -> Iterator[Page]:
    """Yield the list of tasks."""

    def row(task_id: str, link: Link) -> Row:
        task = site.vocabulary.tasks[task_id]
        able = {*site.offers.doing[task_id], *site.offers.other_uses[task_id]}  # as on the page of the task
        counts = [count_in_words(site.offers.asked[task_id]), len(able)]
        return {"href": link(addresses.task_page(task_id)), "name": task.title, "cells": [task.says, *counts]}

    columns = ["Task", "What it is", "Questions", "Models"]
    return _table(
        site, addresses.TASKS, "Tasks", "Jobs that people want done.", columns, list(site.vocabulary.tasks), row
    )


def notebooks_index(site: SiteFacts) -> Iterator[Page]:
    """Yield the list of experiments."""

    def row(run: Any, link: Link) -> Row:
        shown = [page["title"] for page in shown_with(run, site, link) if not page["draft"]]
        values = [", ".join(shown), _fresh_chip(site.stale(run), run.mode), len(run.figures), len(run.results)]
        return {"href": link(addresses.notebook_page(run.id)), "name": site.run_title(run), "cells": values}

    says = "Each ran once with everything recorded, and runs again with one command."
    columns = ["Experiment", "Shown with", "Run", "Figures", "Results"]
    runs = _by_name(site.catalog.runs.values(), site.run_title)
    return _table(site, addresses.NOTEBOOKS, "Experiments", says, columns, runs, row, addresses.API_RUNS)


def _by_name(items: Iterable[Item], name: Callable[[Item], str]) -> list[Item]:
    """Return items in the order of the names under which they are shown, whatever their case; readers know no ids."""
    return sorted(items, key=lambda item: name(item).casefold())


def _table(
    site: SiteFacts,
    index: str,
    title: str,
    says: str,
    columns: list[str],
    items: list[Item],
    row: Callable[[Item, Link], Row],
    for_programs: str = "",
) -> Iterator[Page]:
    """Yield a list of records as tables of at most 500 rows; `for_programs` is the file that says the same."""
    for part in parts_of(index, items, MOST_LINKS):
        link = site.link_from(part.uri)
        rows = [row(item, link) for item in part.items]
        values = {"title": title, "says": says, "columns": columns, "rows": rows, "for_programs": for_programs}
        yield _index_page(site, part, "records_index.html", title, title, values)


def _index_page(
    site: SiteFacts, part: Part[Any], template: str, title: str, section: str, values: dict[str, Any]
) -> Page:
    """Return one page of a list; only its first part stands in the navigation and in the search."""
    number, uri = part.number, part.uri
    return Page(
        uri=uri,
        title=title if number == 1 else f"{title}, part {number}",
        description=f"All {title.lower()} of Model Answers.",
        html=str(site.fill(template, uri, **values, part=number, parts=part.uris)),
        search=(SearchEntry("", title, ""),) if number == 1 else (),
        kind="index",
        nav=section if number == 1 else None,
        short="All questions" if uri == addresses.QUESTIONS else title,
    )
