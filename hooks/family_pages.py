"""The page of a model family: its variants side by side."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from catalog.links import github_repository
from catalog.records import Model
from hooks import addresses
from hooks.numbers import reported_value
from hooks.page_contents import contents
from hooks.pages import Page, SearchEntry
from hooks.record_values import MOST_QUESTIONS
from hooks.site_facts import SiteFacts


def family_pages(site: SiteFacts) -> Iterator[Page]:
    """Yield one page for each family that has several variants."""
    for family in site.offers.families:
        if variants := [site.catalog.models[id] for id in site.variants(family)]:
            yield family_page(site, family, variants)


def family_page(site: SiteFacts, family: str, variants: list[Model]) -> Page:
    """Return the page of one family."""
    uri = addresses.family_page(family)
    shared = _shared_facts(variants)
    offers = [
        {"question": offer.question, "name": model.name, "verdict": offer.verdict}
        for model in variants
        for offer in site.offers.models[model.id]
    ]
    html = site.fill(
        "family.html",
        uri,
        family=family,
        variants=variants,
        rows=list(_rows(site, variants, {fact.says for fact in shared})),
        shared_facts=shared,
        offers=offers[:MOST_QUESTIONS],
    )
    names = ", ".join(model.name for model in variants)
    return Page(
        uri=uri,
        title=family,
        description=f"{family}: {names}, side by side.",
        html=str(html),
        toc=contents(html),
        search=(SearchEntry("", family, names),),
        source=variants[0].source.file,
        kind="family",
    )


def _rows(site: SiteFacts, variants: list[Model], shared: set[str]) -> Iterator[dict[str, Any]]:
    """Yield what is said of every variant, row by row; rows in which nobody says anything are left out."""
    columns: list[tuple[str, Callable[[Model], str]]] = [
        ("Tasks", lambda m: ", ".join(site.vocabulary.tasks[use.task].title for use in m.uses.values())),
        ("Learned from", lambda m: ", ".join(site.vocabulary.content[word].title for word in m.trained_on)),
        ("Weights", lambda m: ", ".join(file.file for file in m.weights)),
        ("Repository", lambda m: github_repository(m.github) or ""),
        ("Licence", lambda m: m.license or ""),
    ]
    columns += [(title, _number(name, site)) for name, title in _number_titles(variants, site).items()]
    columns.append(("Differs in", lambda m: " ".join(f.says for f in m.facts.values() if f.says not in shared)))
    for title, value in columns:
        values = [value(model) for model in variants]
        if any(values):
            yield {"title": title, "cells": values}


def _number_titles(variants: list[Model], site: SiteFacts) -> dict[str, str]:
    """Return the reported numbers that several variants have, by name, with a title."""
    names = [name for model in variants for name in model.reported]
    shared = {name for name in names if names.count(name) > 1}
    found = {}
    for model in variants:
        for name, number in model.reported.items():
            if name in shared:
                about = (number.method, number.dataset, (number.says or "").rstrip("."))
                title = site.vocabulary.metrics[number.metric].title
                found.setdefault(name, ", ".join(part for part in (title, *about) if part))
    return found


def _number(name: str, site: SiteFacts) -> Callable[[Model], str]:
    """Return the function that prints one reported number of a model."""
    return lambda model: reported_value(model, name, site.vocabulary) if name in model.reported else ""


def _shared_facts(variants: list[Model]) -> list[Any]:
    """Return the facts that all variants state alike."""
    others = [{fact.says for fact in model.facts.values()} for model in variants[1:]]
    return [fact for fact in variants[0].facts.values() if all(fact.says in says for says in others)]
