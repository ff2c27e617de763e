"""The page of a model family: its variants side by side."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import Any, TypeVar

from catalog.links import github_repository
from catalog.records import Fact, Model
from hooks import addresses
from hooks.costs import cost_values
from hooks.essays import essay_in_short
from hooks.model_pages import use_values
from hooks.numbers import reported_about, reported_value
from hooks.offered_sources import outside_links
from hooks.page_contents import contents
from hooks.pages import Page, SearchEntry
from hooks.parity import parity_statement
from hooks.record_values import MOST_QUESTIONS
from hooks.site_facts import Link, SiteFacts

Value = TypeVar("Value")
Sayings = Callable[[Model], list[str]]  # what is said of one variant


def family_pages(site: SiteFacts) -> Iterator[Page]:
    """Yield one page for each family that has several variants."""
    for family in site.offers.families:
        if variants := [site.catalog.models[id] for id in site.variants(family)]:
            yield family_page(site, family, variants)


def family_page(site: SiteFacts, family: str, variants: list[Model]) -> Page:
    """Return the page of one family."""
    uri = addresses.family_page(family)
    rows = list(_rows(site, variants))
    offers = [
        {"question": offer.question, "draft": offer.draft, "name": model.called, "verdict": offer.verdict}
        for model in variants
        for offer in site.offers.models[model.id]
    ]
    html = site.fill(
        "family.html",
        uri,
        family=family,
        says=_alike(variants, lambda model: model.says),
        uses=[use_values(name, use, site) for name, use in (_alike(variants, lambda model: model.uses) or {}).items()],
        licensed=variants[0] if _alike(variants, _licences) else None,
        variants=variants,
        differing=[row for row in rows if len(row.cells) > 1],
        shared=[row for row in rows if len(row.cells) == 1],
        shared_facts=_stated(variants[0].facts, _shared(variants, _facts)),
        links=outside_links(variants[0]) if _has_one_place(variants) else (),
        shared_limits=_shared(variants, lambda model: model.limits),
        shared_traps=_stated(variants[0].traps, _shared(variants, _traps)),
        **_measured(variants, site, site.link_from(uri)),
        offers=sorted(offers, key=itemgetter("draft"))[:MOST_QUESTIONS],
    )
    names = ", ".join(model.called for model in variants)
    return Page(
        uri=uri,
        title=family,
        description=f"{family}: {names}, side by side.",
        html=str(html),
        toc=contents(html),
        search=(SearchEntry("", family, names),),
        kind="family",
    )


@dataclass(frozen=True)
class Cell:
    """What one variant, or several that stand side by side, have in a row: sentences; `of` holds their names."""

    says: tuple[str, ...]
    of: tuple[str, ...]


@dataclass(frozen=True)
class FamilyRow:
    """What is said of the variants under one title; equal neighbours share a cell."""

    title: str
    cells: list[Cell]


def _rows(site: SiteFacts, variants: list[Model]) -> Iterator[FamilyRow]:
    """Yield what is said of every variant, row by row; rows in which nobody says anything are left out."""
    facts, same_licences = _shared(variants, _facts), _alike(variants, _licences)
    limits, traps = _shared(variants, lambda model: model.limits), _shared(variants, _traps)
    columns: list[tuple[str, Sayings]] = [
        ("Task", lambda m: [site.vocabulary.tasks[use.task].title for use in m.uses.values()]),
        ("Learned from", lambda m: [site.vocabulary.content[word].title for word in m.trained_on] or ["Not stated"]),
        ("Weights", lambda m: [file.file for file in m.weights]),
        *_one_by_one("What its sources say", variants, lambda m: [fact for fact in _facts(m) if fact not in facts]),
        *_one_by_one("Limits", variants, lambda m: [limit for limit in m.limits if limit not in limits]),
        *_one_by_one("Known traps", variants, lambda m: [trap for trap in _traps(m) if trap not in traps]),
        ("Repository", lambda m: [] if _has_one_place(variants) else [github_repository(m.github) or ""]),
        ("Licence of its code", lambda m: [] if same_licences else [m.license or ""]),
        ("Licence of its weights", lambda m: [] if same_licences else _licences(m)[1]),
    ]
    columns += [(title, _number(name, site)) for name, title in _number_titles(variants, site).items()]
    for title, value in columns:
        said = [(tuple(filter(None, value(model))), model.called) for model in variants]
        if any(says for says, _ in said):
            equal = groupby(said, key=itemgetter(0))
            yield FamilyRow(title, [Cell(says, tuple(name for _, name in cells)) for says, cells in equal])


def _alike(variants: list[Model], value: Callable[[Model], Value]) -> Value | None:
    """Return what all variants have alike, None where they differ."""
    first, *others = (value(model) for model in variants)
    return first if all(other == first for other in others) else None


def _licences(model: Model) -> tuple[str | None, list[str]]:
    """Return the licence of a model's code, and each licence of its weights."""
    return model.license, list(dict.fromkeys(file.license or "none is stated" for file in model.weights))


def _has_one_place(variants: list[Model]) -> bool:
    """Tell whether all variants are from one paper and one repository, to which the page leads at its top."""
    return len({(model.paper, model.github) for model in variants}) == 1


def _one_by_one(title: str, variants: list[Model], sayings: Sayings) -> Iterator[tuple[str, Sayings]]:
    """Yield a row for the first sentence of each variant, one for the second, and so on, so that equal ones meet."""
    for number in range(max(len(sayings(model)) for model in variants)):
        yield title if number == 0 else f"{title}, further", lambda m, n=number: sayings(m)[n : n + 1]


def _number_titles(variants: list[Model], site: SiteFacts) -> dict[str, str]:
    """Return the reported numbers that several variants have, by name, with a title."""
    names = [name for model in variants for name in model.reported]
    shared = {name for name in names if names.count(name) > 1}
    found = {}
    for model in variants:
        for name, number in model.reported.items():
            if name in shared:
                title = site.vocabulary.metrics[number.metric].title
                found.setdefault(name, ", ".join(filter(None, (title, reported_about(number)))))
    return found


def _number(name: str, site: SiteFacts) -> Sayings:
    """Return the function that prints one reported number of a model."""
    return lambda model: [reported_value(model, name, site.vocabulary)] if name in model.reported else []


def _facts(model: Model) -> list[str]:
    """Return the facts of a model without their places."""
    return [fact.says for fact in model.facts.values()]


def _traps(model: Model) -> list[str]:
    """Return the known traps of a model without their places."""
    return [trap.says for trap in model.traps.values()]


def _stated(facts: Mapping[str, Fact], shared: Collection[str]) -> list[Fact]:
    """Return the facts or traps of one variant that all state."""
    return [fact for fact in facts.values() if fact.says in shared]


def _measured(variants: list[Model], site: SiteFacts, link: Link) -> dict[str, Any]:
    """Return what was measured of the network that all variants are: its cost, its key figure, how equal it is."""
    first, runs = variants[0], [site.run(model.notebook) for model in variants]
    alike = all(model.implementation == first.implementation for model in variants)
    run = next(filter(None, runs), None) if alike else None
    return {
        "cost": cost_values(first, site, link) if all(model.cost == first.cost for model in variants) else {"rows": []},
        "parity": parity_statement(first, site, link) if alike else None,
        "implemented": first if alike else None,
        "experiment": essay_in_short(site, run, link, first.figure) if run else "",
    }


def _shared(variants: list[Model], sayings: Sayings) -> list[str]:
    """Return what all variants state alike, in the order of the first."""
    others = [sayings(model) for model in variants[1:]]
    return [said for said in sayings(variants[0]) if all(said in others_say for others_say in others)]
