"""A small catalog on disk that has every kind of page, for tests of the pages."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from catalog.freshness import run_key
from catalog.imported_code import Code
from catalog.load import Catalog, load
from catalog.parity import Parity
from catalog.parity_freshness import parity_key
from catalog.workflow import spec_digest

FIXTURE = Path(__file__).parent / "fixture"


def small_catalog(*, fresh: bool = True) -> Catalog:
    """Return the catalog of the fixture; `fresh` gives its run the key of the code beside it."""
    catalog, problems = load(FIXTURE)
    assert [str(problem) for problem in problems if problem.level == "error" and "torn-map" not in problem.file] == []
    return with_fresh_run(catalog) if fresh else catalog


def with_fresh_run(catalog: Catalog) -> Catalog:
    """Return the catalog with a run that belongs to the essay beside it."""
    run = catalog.runs["sharp-letters"]
    specs = {"sharp-letters": spec_digest(catalog.questions["sharp-letters"])}
    key = run_key(catalog.root, run.id, run.mode, 0, workflows=specs)
    return replace(catalog, runs={run.id: replace(run, key=key)}, parity=with_fresh_comparisons(catalog))


def with_fresh_comparisons(catalog: Catalog) -> Parity:
    """Return what was compared, with the keys of what lies beside it where the fixture has none."""
    code, vectors = Code(catalog.root), {"small": ["small_9x9.json"]}
    networks = {
        name: found if found.key else replace(found, key=parity_key(code, name, vectors.get(name, ())))
        for name, found in catalog.parity.networks.items()
    }
    return replace(catalog.parity, networks=networks)


def with_questions(catalog: Catalog, count: int) -> Catalog:
    """Return the catalog with `count` further questions that are copies of the first."""
    questions, answers = dict(catalog.questions), dict(catalog.answers)
    original = questions["sharp-letters"]
    for number in range(count):
        copy = original.model_copy(update={"siblings": {}})
        copy._id, copy._source = f"sharp-letters-{number:04}", original.source
        questions[copy.id], answers[copy.id] = copy, answers["sharp-letters"]
    return replace(catalog, questions=questions, answers=answers)
