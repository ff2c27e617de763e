"""What the pages of models and papers have in common: reported numbers, claims, questions that offer them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from catalog.links import arxiv_id, github_repository
from catalog.records import Model, Paper
from hooks import addresses
from hooks.claims import by_outcome, claims_of
from hooks.costs import cost_values
from hooks.numbers import reported_value
from hooks.offered_sources import outside_links
from hooks.parity import parity_statement
from hooks.reverse_index import OfferedAs, published
from hooks.site_facts import Link, SiteFacts

MOST_QUESTIONS = 100  # on one page; the index of questions has them all
MOST_NAMED = 6  # in one line of the first lines; the page has the others below

Row = dict[str, str]


@dataclass(frozen=True)
class Standing:
    """What a record is to some of the questions that offer it.

    Attributes:
        offer: the first of them, which has the verdict or the role of all.
        questions: address and name of each that is named.
        more: how many further ones there are.
    """

    offer: OfferedAs
    questions: tuple[tuple[str, str], ...]
    more: int


def record_values(record: Model | Paper, offers: list[OfferedAs], site: SiteFacts, link: Link) -> dict[str, Any]:
    """Return what the template of a model or a paper shows of its record."""
    claims = claims_of(record, site, link)
    return {
        "links": outside_links(record),
        "offers": offers,
        "most": MOST_QUESTIONS,
        **tables(list(_reported(record, site))),
        "claims": claims,
        "outcomes": by_outcome(claims),
        "standings": standings(offers, site, link),
        "cost": cost_values(record, site, link),
        "parity": parity_statement(record, site, link),
    }


def standings(offers: list[OfferedAs], site: SiteFacts, link: Link) -> list[Standing]:
    """Return what a record is to the published questions that offer it, each kind once with its questions."""
    kinds: dict[Any, list[OfferedAs]] = defaultdict(list)
    for offer in published(offers):
        kinds[offer.role or (offer.verdict and (offer.verdict.kind, offer.verdict.inside))].append(offer)
    return [_standing(found, site, link) for found in kinds.values()]


def _standing(offers: list[OfferedAs], site: SiteFacts, link: Link) -> Standing:
    """Return one kind of standing with the first of its questions by name."""
    questions = [site.catalog.questions[offer.question] for offer in offers[:MOST_NAMED]]
    named = [
        (link(addresses.question_page(question.id)), question.short or question.question) for question in questions
    ]
    return Standing(offers[0], tuple(named), len(offers) - len(named))


def searched_text(record: Model | Paper, says: str | None) -> str:
    """Return what the search reads of a record: `says`, its facts, limits and traps, and where it is found."""
    paper = record.paper if isinstance(record, Model) else record.link
    number, repository = arxiv_id(paper), github_repository(record.github)
    traps = (trap.says for trap in record.traps.values())
    sentences = [says or "", *(fact.says for fact in record.facts.values()), *record.limits, *traps]
    names = [f"arXiv {number}"] * bool(number) + [repository] * bool(repository)
    return " ".join([*filter(None, sentences), *names])


def _reported(record: Model | Paper, site: SiteFacts) -> Iterator[Row]:
    """Yield the numbers that a record reports, as rows."""
    for name, number in record.reported.items():
        metric = site.vocabulary.metrics[number.metric]
        yield {
            "anchor": addresses.number_anchor(name),
            "metric": metric.title,
            "metric_says": metric.says,
            "says": number.says or "",
            "method": number.method or "",
            "dataset": number.dataset or "",
            "value": reported_value(record, name, site.vocabulary),
            "where": number.where,
        }


def tables(rows: list[Row]) -> dict[str, Any]:
    """Return the rows whose method was measured on several data as tables, a row for each method; the others stay."""
    by_metric: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        by_metric[row["metric"] if row["method"] and row["dataset"] and not row["says"] else ""].append(row)
    groups = [found for metric, found in by_metric.items() if metric and _compares(found)]
    told = {row["anchor"] for found in groups for row in found}
    return {
        "reported": [row for row in rows if row["anchor"] not in told],
        "compared": [_by_method(found) for found in groups],
    }


def _compares(rows: list[Row]) -> bool:
    """Tell whether some method was measured on several data."""
    return len({row["method"] for row in rows}) < len({(row["method"], row["dataset"]) for row in rows})


def _by_method(rows: list[Row]) -> dict[str, Any]:
    """Return rows of one metric as a table: for each method the rows of each of the data."""
    data = list(dict.fromkeys(row["dataset"] for row in rows))
    methods = {row["method"]: {name: [] for name in data} for row in rows}
    places: dict[str, dict[str, None]] = defaultdict(dict)
    for row in rows:
        methods[row["method"]][row["dataset"]].append(row)
        places[row["method"]][row["where"]] = None
    return {"first": rows[0], "data": data, "methods": methods, "places": places}
