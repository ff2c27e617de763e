"""Files for programs, made at each build from the same records as the pages."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from catalog import api
from catalog.runs import Figure, Run
from hooks import addresses
from hooks.figures import run_files
from hooks.links_between_pages import relative
from hooks.pages import Asset
from hooks.site_facts import SiteFacts

KINDS = {".py": "essay", ".ipynb": "notebook", ".json": "record"}
SAYS = {addresses.API_RUNS: "Every published run: whether it is fresh, what it measured and what it drew."}


def api_files(site: SiteFacts) -> Iterator[Asset]:
    """Yield each file for programs with its schema, and the list of them."""
    made = {addresses.API_RUNS: runs(site)}
    made[addresses.API] = api.Api(files=[_listed(uri) for uri in sorted(made)])
    for uri, value in made.items():
        yield Asset(uri, None, api.json_text(value))
        yield Asset(addresses.api_schema(uri), None, api.schema_text(type(value)))


def runs(site: SiteFacts) -> api.Runs:
    """Return every published run."""
    questions: dict[str, list[str]] = {run_id: [] for run_id in site.catalog.runs}
    for question in site.catalog.questions.values():  # by themselves: a preview makes this list of broken records, too
        if question.status == "published":
            questions.get(question.notebook or "", []).append(question.id)
    return api.Runs(runs={run.id: _run(site, run, sorted(questions[run.id])) for run in site.catalog.runs.values()})


def _listed(uri: str) -> api.ApiFile:
    """Return how a file stands in the list of files."""
    here = addresses.API
    return api.ApiFile(address=relative(here, uri), schema_=relative(here, addresses.api_schema(uri)), says=SAYS[uri])


def _run(site: SiteFacts, run: Run, questions: list[str]) -> api.ListedRun:
    """Return how a run stands in the list of runs."""
    reasons = site.stale(run)
    return api.ListedRun(
        questions=questions,
        page=relative(addresses.API_RUNS, addresses.notebook_page(run.id), None, site.directory_urls),
        files={KINDS[file.path.suffix]: _address(file.uri) for file in run_files(site.catalog, run)},
        fresh=not reasons,
        reasons=list(reasons),
        mode=run.mode,
        device=_text(run, "device"),
        date=_text(run, "date"),
        commit=_text(run, "commit"),
        weights=list(run.origins),
        results={name: api.ListedResult(**result._asdict()) for name, result in run.results.items()},
        figures={name: _figure(run, figure) for name, figure in run.figures.items()},
    )


def _figure(run: Run, figure: Figure) -> api.ListedFigure:
    """Return how a figure stands in the list of runs."""
    return api.ListedFigure(
        address=_address(addresses.run_file(run.id, figure.file)),
        alt=figure.alt,
        caption=figure.stamped,
        width=figure.width,
        height=figure.height,
        weights=None if figure.weights == "none" else figure.weights,
    )


def _address(uri: str) -> str:
    """Return where a file of a run is, seen from the list of runs."""
    return relative(addresses.API_RUNS, uri)


def _text(run: Run, name: str) -> str | None:
    """Return one text of the provenance, if it is there."""
    value: Any = run.provenance.get(name)
    return value if isinstance(value, str) and value else None
