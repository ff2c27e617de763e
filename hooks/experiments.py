"""What pages show of a run: its essay, how to repeat it, and what it was made with."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from markupsafe import Markup

from catalog.runs import Run
from hooks import addresses
from hooks.figures import figure_html, run_files
from hooks.notebook_cells import Essay, NotebookError, read_essay
from hooks.numbers import bytes_in_words, result_value, seconds_in_words, shape_in_words
from hooks.site_facts import Link, SiteFacts

LONGEST_ON_A_QUESTION = 40_000  # characters of HTML; longer essays have a page of their own and a teaser here
FILE_NAMES = {
    ".py": "The essay as a script (.py)",
    ".ipynb": "The executed notebook (.ipynb)",
    ".json": "The record of the run (.json)",
}
PROVENANCE = {
    "date": "Date",
    "device": "Device",
    "driver": "Driver",
    "torch": "torch",
    "python": "Python",
    "seconds": "Duration",
    "peak_bytes": "Peak memory",
    "seed": "Seed",
    "commit": "Commit",
    "dirty": "Uncommitted changes",
}


def read(site: SiteFacts, run: Run, link: Link, shown: set[str]) -> Essay | None:
    """Return the executed essay with its figures linked from one page, or None when it cannot be shown."""
    lefts = {figure.partner for figure in run.figures.values()}

    def figure(name: str) -> Markup | None:
        if name not in run.figures:
            return None
        if name in lefts and run.figures[name].partner is None:
            return Markup("")  # it stands in the pair
        return figure_html(site, link, run.id, name, "", shown)

    try:
        return read_essay(site.catalog.root / run.folder / "notebook.ipynb", figure)
    except NotebookError:
        return None


def essay_values(site: SiteFacts, run: Run, link: Link, shown: set[str]) -> tuple[str, Markup]:
    """Return the title of an essay and its HTML; both are empty when it cannot be shown."""
    essay = read(site, run, link, shown)
    if essay is None:
        return "", Markup("")
    notebook = link(addresses.run_file(run.id, f"{run.id}.ipynb"))
    return essay.title, site.fill("essay.html", "", parts=essay.parts, notebook_href=notebook)


def essay_or_teaser(site: SiteFacts, run: Run, link: Link, shown: set[str]) -> str:
    """Return an essay for the page of its question; a long one is only announced."""
    seen = set(shown)
    title, html = essay_values(site, run, link, seen)
    page = link(addresses.notebook_page(run.id))
    if len(html) <= LONGEST_ON_A_QUESTION:
        shown |= seen
        return site.fill("essay_on_question.html", "", title=title, essay=html, href=page)
    essay = read(site, run, link, set(shown))
    opening, headings = (essay.opening, essay.headings) if essay else ("", ())
    return site.fill("essay_teaser.html", "", title=title, opening=opening, headings=headings, href=page)


def run_values(site: SiteFacts, run: Run, link: Link) -> dict[str, Any]:
    """Return what templates show of a run: downloads, freshness, provenance."""
    return {
        "run": run,
        "stale": site.stale(run),
        "files": [
            {"href": link(file.uri), "text": FILE_NAMES[file.path.suffix]} for file in run_files(site.catalog, run)
        ],
        "provenance": list(_provenance(run)),
    }


def _provenance(run: Run) -> Iterator[tuple[str, str]]:
    """Yield name and value of what a run was made with."""
    yield "Mode", run.mode
    origins = sorted({figure.weights for figure in run.figures.values()} - {"none"})
    if origins:
        yield "Weights", ", ".join(origins)
    for name, value in run.provenance.items():
        if isinstance(value, dict):
            yield PROVENANCE.get(name, name.capitalize()), ", ".join(f"{key} {inner}" for key, inner in value.items())
        elif value is not None and value != "":
            yield PROVENANCE.get(name, name.replace("_", " ").capitalize()), _in_words(name, value)


def _in_words(name: str, value: Any) -> str:
    """Return one value of the provenance."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if name.endswith("seconds"):
        return seconds_in_words(float(value))
    if name.endswith("bytes"):
        return bytes_in_words(int(value))
    return str(value)[:12] if name == "commit" else str(value)


def result_rows(site: SiteFacts, run: Run) -> Iterator[dict[str, str]]:
    """Yield every result of a run for a table."""
    for name, result in run.results.items():
        metric = site.vocabulary.metrics.get(result.metric)
        yield {
            "anchor": f"result-{name}",
            "name": name,
            "says": result.says,
            "metric": metric.title if metric else result.metric,
            "metric_says": metric.says if metric else "",
            "value": result_value(result, site.vocabulary),
            "kind": result.kind,
        }


def trace_rows(run: Run) -> Iterator[dict[str, str]]:
    """Yield what each step of the workflow really did."""
    for step in run.trace:
        yield {
            "step": step.step,
            "run": step.run,
            "inputs": "; ".join(shape_in_words(shape) or name for name, shape in step.inputs.items()),
            "outputs": "; ".join(shape_in_words(shape) or name for name, shape in step.outputs.items()),
            "time": seconds_in_words(step.seconds),
            "peak": bytes_in_words(step.peak_bytes),
            "device": step.device,
            "weights": step.weights,
        }
