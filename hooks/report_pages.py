"""The reproduction report: every system claim by claim, then our networks beside other code of the same."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from catalog.parity import ComparedCase, ComparedNetwork, Device, Parity
from catalog.parity_freshness import not_compared
from catalog.records import Model, Paper
from catalog.stale import stale_comparisons
from hooks import addresses
from hooks.claims import claims_of, tally
from hooks.experiments import provenance_rows
from hooks.list_parts import Part, parts_of
from hooks.numbers import shape_in_words, small_in_words
from hooks.page_contents import contents
from hooks.pages import Page, SearchEntry
from hooks.parity import parity_statement
from hooks.reverse_index import published
from hooks.site_facts import Link, SiteFacts

MOST_SYSTEMS = 20  # on one page: each has some six claims, with numbers and places


def report_pages(site: SiteFacts) -> Iterator[Page]:
    """Yield the report, if any system was tried or any network compared; one of many systems has several parts."""
    if has_report(site):
        reported = [record for record in _sources(site) if _is_reported(record, site)]
        counts = tally(reported, site)
        for part in parts_of(addresses.REPRODUCTION_REPORT, reported, MOST_SYSTEMS):
            yield _report(site, part, counts)


def has_report(site: SiteFacts) -> bool:
    """Tell whether there is anything to report."""
    return site.catalog.parity is not None or any(record.reproduction for record in _sources(site))


def _report(site: SiteFacts, part: Part[Model | Paper], counts: dict[str, int]) -> Page:
    """Return the page that lists the claims of some systems; the first has every comparison, too."""
    is_first, title = part.number == 1, "Reproduction report"
    link = site.link_from(part.uri)
    systems = [_system(record, site, link) for record in part.items]
    html = site.fill(
        "reproduction_report.html",
        part.uri,
        systems=systems,
        tally=counts,
        part=part.number,
        parts=part.uris,
        **_comparisons(site, site.catalog.parity if is_first else None),
    )
    text = "Every model and paper, claim by claim: what its source prints, what was measured here, whether it holds."
    names = ", ".join(system["name"] for system in systems)
    return Page(
        uri=part.uri,
        title=title if is_first else f"{title}, part {part.number}",
        description=text,
        html=str(html),
        toc=contents(html),
        search=(SearchEntry("", title, f"{text} {names}"),) if is_first else (),
        kind="guide",
        nav="Guide" if is_first else None,
    )


# --- systems and their claims ----------------------------------------------------------------------------------------


def _sources(site: SiteFacts) -> tuple[Model | Paper, ...]:
    """Return every model and paper."""
    return (*site.catalog.models.values(), *site.catalog.papers.values())


def _is_reported(record: Model | Paper, site: SiteFacts) -> bool:
    """Tell whether a record was tried, or a published question offers it."""
    offers = site.offers.models if isinstance(record, Model) else site.offers.papers
    return bool(record.notebook or record.implementation or record.reproduction or published(offers[record.id]))


def _system(record: Model | Paper, site: SiteFacts, link: Link) -> dict[str, Any]:
    """Return what the report shows of one model or paper."""
    return {
        **_record(record, site),
        "record": record,
        "parity": parity_statement(record, site, link),
        "claims": claims_of(record, site, link),
    }


# --- networks and their comparisons ----------------------------------------------------------------------------------


def _comparisons(site: SiteFacts, parity: Parity | None) -> dict[str, Any]:
    """Return what the report shows of our networks beside other code; nothing where none was compared."""
    if parity is None:
        return {"networks": [], "devices": [], "missing": [], "provenance": []}
    return {
        "networks": [_network(name, network, site, parity.devices) for name, network in parity.networks.items()],
        "devices": list(parity.devices.values()),
        "missing": not_compared(parity, site.catalog.root),
        "provenance": list(provenance_rows(parity.provenance, site.repository)),
    }


def _network(name: str, network: ComparedNetwork, site: SiteFacts, devices: dict[str, Device]) -> dict[str, Any]:
    """Return what the report shows of one network."""
    return {
        "name": name,
        "file": f"notebooks/models/{name}.py",
        "of": [_record(record, site) for record in _sources(site) if record.implementation == name],
        "forms": network.forms if len(network.forms) > 1 else (),
        "stale": stale_comparisons(site.catalog)[name],
        "origins": list(dict.fromkeys((case.repository, case.commit) for case in network.cases.values())),
        "rows": [row for case, found in network.cases.items() for row in _rows(case, found, devices)],
        "lists": list(network.lists.items()),
    }


def _record(record: Model | Paper, site: SiteFacts) -> dict[str, str]:
    """Return where a model or paper has its page, and what pages call it."""
    return {"uri": site.source_page(record.id), "name": record.called if isinstance(record, Model) else record.short}


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
