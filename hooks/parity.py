"""What pages say of how near our networks are to the official code: a statement on each record's page, and a report."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from catalog.links import github_repository
from catalog.parity import ComparedCase, ComparedNetwork, Device, Parity
from catalog.parity_freshness import not_compared
from catalog.records import Model, Paper
from catalog.stale import stale_comparisons
from hooks import addresses
from hooks.experiments import provenance_rows
from hooks.numbers import shape_in_words, small_in_words
from hooks.page_contents import contents
from hooks.pages import Page, SearchEntry
from hooks.site_facts import Link, SiteFacts


@dataclass(frozen=True)
class ParityStatement:
    """How near the network of a record is to the official one.

    Attributes:
        official: test inputs whose outputs came from the record's own repository.
        others: test inputs whose outputs came from other code, which the report alone names.
        lists: complete lists of names and shapes that it was compared with.
        stale: why the comparison no longer belongs to the network.
        href: where the report tells of it.
    """

    official: int
    others: int
    lists: int
    stale: tuple[str, ...]
    href: str


def parity_statement(record: Model | Paper, site: SiteFacts, link: Link) -> ParityStatement | None:
    """Return how near the network of a record is to the official one; None where that was not compared."""
    parity, name = site.catalog.parity, record.implementation or ""
    if parity is None or name not in parity.networks:
        return None
    network, own = parity.networks[name], github_repository(record.github) or ""
    official = sum(case.repository.casefold() == own.casefold() for case in network.cases.values())
    return ParityStatement(
        official=official,
        others=len(network.cases) - official,
        lists=len(network.lists),
        stale=stale_comparisons(site.catalog)[name],
        href=link(addresses.REPRODUCTION_REPORT, name),
    )


def parity_pages(site: SiteFacts) -> Iterator[Page]:
    """Yield the report, if anything was compared."""
    if site.catalog.parity is not None:
        yield reproduction_report(site, site.catalog.parity)


def reproduction_report(site: SiteFacts, parity: Parity) -> Page:
    """Return the page that lists every comparison."""
    uri = addresses.REPRODUCTION_REPORT
    html = site.fill(
        "reproduction_report.html",
        uri,
        networks=[_network(name, network, site, parity.devices) for name, network in parity.networks.items()],
        devices=list(parity.devices.values()),
        missing=not_compared(parity, site.catalog.root),
        provenance=list(provenance_rows(parity.provenance, site.repository)),
    )
    text = "Our networks beside the official code: every test input, what its case allows, and the largest deviation."
    return Page(
        uri=uri,
        title="Reproduction report",
        description=text,
        html=str(html),
        toc=contents(html),
        search=(SearchEntry("", "Reproduction report", f"{text} {', '.join(parity.networks)}"),),
        source="notebooks/parity/report.py",
        kind="guide",
        nav="Guide",
    )


def _network(name: str, network: ComparedNetwork, site: SiteFacts, devices: dict[str, Device]) -> dict[str, Any]:
    """Return what the report shows of one network."""
    records = (*site.catalog.models.values(), *site.catalog.papers.values())
    return {
        "name": name,
        "file": f"notebooks/models/{name}.py",
        "of": [_record(record) for record in records if record.implementation == name],
        "forms": network.forms if len(network.forms) > 1 else (),
        "stale": stale_comparisons(site.catalog)[name],
        "origins": list(dict.fromkeys((case.repository, case.commit) for case in network.cases.values())),
        "rows": [row for case, found in network.cases.items() for row in _rows(case, found, devices)],
        "lists": list(network.lists.items()),
    }


def _record(record: Model | Paper) -> dict[str, str]:
    """Return a model or paper that a network implements."""
    if isinstance(record, Model):
        return {"uri": addresses.model_page(record.id), "name": record.called}
    return {"uri": addresses.paper_page(record.id), "name": record.short}


def _rows(name: str, case: ComparedCase, devices: dict[str, Device]) -> Iterator[dict[str, Any]]:
    """Yield each output of a test input, with what is allowed and what was measured."""
    inputs = "; ".join(shape_in_words(shape) for shape in case.inputs.values())
    for output, found in case.outputs.items():
        yield {
            "case": name,
            "inputs": inputs,
            "files": case.files,
            "output": output,
            "shape": shape_in_words(found.shape),
            "allowed": (small_in_words(found.atol), small_in_words(found.rms_tol)),
            "measured": [
                (small_in_words(found.measured[place].largest), small_in_words(found.measured[place].rms))
                for place in devices
            ],
        }
