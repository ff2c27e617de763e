"""What the pages of models and papers have in common: reported numbers, reproductions, questions that offer them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from catalog.expressions import ExpressionError, evaluate, parse
from catalog.links import arxiv_id, github_repository
from catalog.records import Model, Paper
from hooks import addresses
from hooks.costs import cost_values
from hooks.numbers import reported_value, term_in_words, term_value
from hooks.offered_sources import outside_links
from hooks.parity import parity_statement
from hooks.reverse_index import OfferedAs
from hooks.site_facts import Link, SiteFacts

MOST_QUESTIONS = 100  # on one page; the index of questions has them all

Row = dict[str, str]


def record_values(record: Model | Paper, offers: list[OfferedAs], site: SiteFacts, link: Link) -> dict[str, Any]:
    """Return what the template of a model or a paper shows of its record."""
    return {
        "links": outside_links(record),
        "offers": offers,
        "most": MOST_QUESTIONS,
        **tables(list(_reported(record, site))),
        "reproduction": list(_reproduction(record, site, link)),
        "cost": cost_values(record, site, link),
        "parity": parity_statement(record, site, link),
    }


def searched_text(record: Model | Paper) -> str:
    """Return what the search reads of a record: its facts, limits and traps, its repository and its arXiv number."""
    paper = record.paper if isinstance(record, Model) else record.link
    number, repository = arxiv_id(paper), github_repository(record.github)
    traps = (trap.says for trap in record.traps.values())
    sentences = [*(fact.says for fact in record.facts.values()), *record.limits, *traps]
    names = [f"arXiv {number}"] * bool(number) + [repository] * bool(repository)
    return " ".join([*sentences, *names])


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


def _reproduction(record: Model | Paper, site: SiteFacts, link: Link) -> Iterator[dict[str, Any]]:
    """Yield each claim of a paper with what our run found: reproduced, not reproduced, or not checked."""
    for claim in record.reproduction.values():
        outcome, terms = "Not checked", []
        if claim.holds:
            try:
                quantity = evaluate(parse(claim.holds), site.catalog)
            except ExpressionError:
                pass  # the run is not there yet
            else:
                outcome = "Reproduced" if quantity.value else "Not reproduced"
                terms = [_term(term, record, site, link) for term in quantity.terms]
        yield {"claim": claim.claim, "where": claim.where, "outcome": outcome, "terms": terms}


def _term(term: Any, record: Model | Paper, site: SiteFacts, link: Link) -> dict[str, str]:
    """Return one number of a reproduction with where it stands."""
    if term.kind == "result":
        href = link(addresses.notebook_page(term.id), addresses.result_anchor(term.name))
    else:
        anchor = addresses.number_anchor(term.name)
        href = f"#{anchor}" if term.id == record.id else link(site.source_page(term.id), anchor)
    run = site.run(term.id) if term.kind == "result" else None
    return {"text": term_value(term), "href": href, "title": term_in_words(term, site.vocabulary, run)}
