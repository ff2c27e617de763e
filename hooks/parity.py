"""What the page of a record says of how near our network is to the official code."""

from __future__ import annotations

from dataclasses import dataclass

from catalog.links import github_repository
from catalog.records import Model, Paper
from catalog.stale import stale_comparisons
from hooks import addresses
from hooks.site_facts import Link, SiteFacts


@dataclass(frozen=True)
class ParityStatement:
    """How near the network of a record is to the official one.

    Attributes:
        official: test inputs whose outputs came from the record's own repository, or another one of its owner.
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
    network, own = parity.networks[name], _owner(github_repository(record.github) or "")
    official = sum(_owner(case.repository) == own for case in network.cases.values())
    return ParityStatement(
        official=official,
        others=len(network.cases) - official,
        lists=len(network.lists),
        stale=stale_comparisons(site.catalog)[name],
        href=link(addresses.REPRODUCTION_REPORT, name),
    )


def _owner(repository: str) -> str:
    """Return whose repository it is, spelled in one way; `repository` is owner/name."""
    return repository.partition("/")[0].casefold()
