"""Which runs and comparisons no longer belong to what stands beside them: looked up once for a catalog."""

from __future__ import annotations

from typing import TYPE_CHECKING

from catalog.freshness import freshness
from catalog.imported_code import Code
from catalog.kept import kept
from catalog.parity_freshness import parity_freshness
from catalog.workflow import build

if TYPE_CHECKING:
    from catalog.load import Catalog
    from catalog.records import Question


@kept
def stale_reasons(catalog: Catalog) -> dict[str, tuple[str, ...]]:
    """Return why each run is stale, as sentences, by its id; nothing means fresh."""
    digests = workflow_digests(catalog)
    runs = dict.fromkeys(catalog.unreadable_runs) | catalog.runs
    return {
        id: freshness(run, catalog.root, workflows=digests, code=code_of(catalog), runs=runs)
        for id, run in catalog.runs.items()
    }


def keep_what_is_stale(catalog: Catalog, narrowed: Catalog) -> None:
    """Let a catalog that lacks some records of another tell the same of its runs and comparisons."""
    stale_reasons.keep(narrowed, stale_reasons(catalog))
    stale_comparisons.keep(narrowed, stale_comparisons(catalog))
    code_of.keep(narrowed, code_of(catalog))


@kept
def stale_comparisons(catalog: Catalog) -> dict[str, tuple[str, ...]]:
    """Return why the comparison of each network is stale, as sentences, by its name; nothing means fresh."""
    networks = catalog.parity.networks if catalog.parity else {}
    return {name: parity_freshness(name, found, code_of(catalog)) for name, found in networks.items()}


@kept
def code_of(catalog: Catalog) -> Code:
    """Return the code of runs and comparisons, which is read once."""
    return Code(catalog.root)


def workflow_digests(catalog: Catalog) -> dict[str, str | None]:
    """Return the digest of each question's workflow: "" if it has none, None for one that cannot be read now."""
    digests: dict[str, str | None] = dict.fromkeys(catalog.unreadable)
    return digests | {id: _digest(question, catalog) for id, question in catalog.questions.items()}


def _digest(question: Question, catalog: Catalog) -> str | None:
    """Return the digest of a question's workflow: "" if it has none, None while something is wrong with it."""
    if question.workflow is None and not catalog.lacks(question, "workflow"):
        return ""
    graph, _ = build(question, catalog)
    return graph.digest if graph else None
