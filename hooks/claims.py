"""What pages tell of the claims of a model or paper: where each is made, what was measured here, how it came out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from catalog.expressions import ExpressionError, Quantity, Term, evaluate, format_quantity, parse
from catalog.records import Model, Paper, Reported, Reproduction
from hooks import addresses
from hooks.numbers import reported_about, reported_parts, reported_value, term_in_words
from hooks.site_facts import Link, SiteFacts

HOLDS, FAILS, UNTRIED = "holds", "fails", "untried"
NOT_RUN_YET = "It was not run yet."


@dataclass(frozen=True)
class ToldNumber:
    """A number beside a claim: `label` says what it is, `place` where the source prints it; empty for one of ours."""

    value: str
    label: str
    href: str
    place: str = ""
    title: str = ""


@dataclass(frozen=True)
class ToldClaim:
    """A claim as a page tells it.

    Attributes:
        claim: what the source says.
        short: the same in a few words.
        anchor: where it stands on the page of its record.
        where: the place in the source.
        outcome: holds, fails or untried.
        source: the source's own numbers.
        ours: what was measured here.
        scale: how large our test was; of one that was not tried, why.
    """

    claim: str
    short: str
    anchor: str
    where: str
    outcome: str
    source: tuple[ToldNumber, ...]
    ours: tuple[ToldNumber, ...]
    scale: str


def claims_of(record: Model | Paper, site: SiteFacts, link: Link) -> list[ToldClaim]:
    """Return the claims of a record, each with how it came out."""
    return [_told(name, claim, record, site, link) for name, claim in record.reproduction.items()]


def by_outcome(claims: Iterable[ToldClaim]) -> dict[str, list[ToldClaim]]:
    """Return the claims that hold here, that do not, and that were not tried; an outcome without any is left out."""
    groups: dict[str, list[ToldClaim]] = {HOLDS: [], FAILS: [], UNTRIED: []}
    for claim in claims:
        groups[claim.outcome].append(claim)
    return {outcome: found for outcome, found in groups.items() if found}


def tally(records: Iterable[Model | Paper], site: SiteFacts) -> dict[str, int]:
    """Return how many claims of the records hold here, how many do not, and how many were not tried."""
    claims = (claim for record in records for claim in record.reproduction.values())
    counts = Counter(_outcome(_found(claim, site)) for claim in claims)
    return {outcome: counts[outcome] for outcome in (HOLDS, FAILS, UNTRIED)}


def _told(name: str, claim: Reproduction, record: Model | Paper, site: SiteFacts, link: Link) -> ToldClaim:
    """Return one claim."""
    found = _found(claim, site)
    why = claim.because or NOT_RUN_YET if found is None else claim.scale or ""
    return ToldClaim(
        claim=claim.claim,
        short=claim.short,
        anchor=addresses.claim_anchor(name),
        where=claim.where,
        outcome=_outcome(found),
        source=tuple(_source(claim, record, site, link)),
        ours=() if found is None else tuple(_ours(claim, site, link)),
        scale=why,
    )


def _found(claim: Reproduction, site: SiteFacts) -> Quantity | None:
    """Return whether a claim holds here, None where it was not tried."""
    return _value(claim.holds, site) if claim.holds else None


def _outcome(found: Quantity | None) -> str:
    """Return how a claim came out."""
    return UNTRIED if found is None else HOLDS if found.value else FAILS


def _value(expression: str, site: SiteFacts) -> Quantity | None:
    """Return the value of an expression, None while its run is not there."""
    try:
        return evaluate(parse(expression), site.catalog)
    except ExpressionError:
        return None


def _source(claim: Reproduction, record: Model | Paper, site: SiteFacts, link: Link) -> Iterator[ToldNumber]:
    """Yield the numbers in which a source makes a claim, each with that in which it differs from the others."""
    printed = {name: record.reported[name] for name in claim.reported if name in record.reported}
    for name, label in zip(printed, told_apart([*printed.values()]), strict=True):
        href = link(site.source_page(record.id), addresses.number_anchor(name))
        value, number = reported_value(record, name, site.vocabulary), printed[name]
        yield ToldNumber(value, label, href, number.where, reported_about(number))


def told_apart(numbers: list[Reported]) -> list[str]:
    """Return what each reported number is beside the others: method, data or what is said of it, as far as they differ.

    A single one is told by the first of these that it has.
    """
    rows = [reported_parts(number) for number in numbers]
    columns = [column for column in zip(*rows, strict=True) if len(set(column)) > 1]
    if not columns:
        return [next(filter(None, row), "") for row in rows]
    return [", ".join(filter(None, row)) for row in zip(*columns, strict=True)]


def _ours(claim: Reproduction, site: SiteFacts, link: Link) -> Iterator[ToldNumber]:
    """Yield our numbers, each of which leads to a result of its run."""
    for label, expression in claim.ours.items():
        if quantity := _value(expression, site):
            results = [term for term in quantity.terms if term.kind == "result"]
            title = "; ".join(term_in_words(term, site.vocabulary, site.run(term.id)) for term in results)
            yield ToldNumber(format_quantity(quantity), label, _place(results, link), title=title)


def _place(results: list[Term], link: Link) -> str:
    """Return where the first result of an expression stands."""
    first = results[0]
    return link(addresses.notebook_page(first.id), addresses.result_anchor(first.name))
