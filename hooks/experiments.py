"""What pages show of a run: its essay, how to repeat it, and what it was made with."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from markupsafe import Markup

from catalog.runs import Run
from hooks import addresses
from hooks.figures import figure_html, pair, run_files
from hooks.notebook_cells import EssayPart
from hooks.numbers import bytes_in_words, result_value, seconds_in_words, shape_in_words
from hooks.site_facts import Link, SiteFacts

LONGEST_ON_A_QUESTION = 40_000  # characters of HTML; longer essays have a page of their own and a teaser here
SMALLER = "Small network of the same design"  # how captions begin, see notebooks/lab/weights.py
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


def essay_html(site: SiteFacts, run: Run, link: Link, shown: set[str]) -> Markup:
    """Return the essay of a run as HTML, empty when it cannot be shown; its figures are added to `shown`."""
    essay = site.essay(run)
    if essay is None:
        return Markup("")
    done: set[str] = set()
    parts = [_with_figure(part, site, run, link, shown, done) for part in essay.parts]
    return site.fill("essay.html", addresses.notebook_page(run.id), parts=parts, notebook_href=link(_notebook(run)))


def essay_or_teaser(site: SiteFacts, run: Run, link: Link, shown: set[str]) -> Markup:
    """Return an essay for the page of its question; a long one is only announced."""
    essay = site.essay(run)
    if essay is None:
        return Markup("")
    page = addresses.notebook_page(run.id)
    values = {"title": essay.title or run.id, "href": link(page)}
    html = essay_html(site, run, link, seen := set(shown))
    if len(html) > LONGEST_ON_A_QUESTION:
        return site.fill("essay_teaser.html", page, opening=essay.opening, headings=essay.headings, **values)
    shown |= seen
    return site.fill("essay_on_question.html", page, essay=html, **values)


def _with_figure(part: EssayPart, site: SiteFacts, run: Run, link: Link, shown: set[str], done: set[str]) -> EssayPart:
    """Return a part of an essay with its figure drawn from the run's own file; a pair stands once, where it begins."""
    if not part.figure:
        return part
    if part.figure in done:
        return replace(part, html=Markup(""))
    done.update(pair(run, part.figure))
    return replace(part, html=figure_html(site, link, run.id, part.figure, "", shown))


def _notebook(run: Run) -> str:
    """Return where the executed notebook is published."""
    return addresses.run_file(run.id, f"{run.id}.ipynb")


def run_values(site: SiteFacts, run: Run, link: Link) -> dict[str, Any]:
    """Return what templates show of a run: downloads, freshness, provenance."""
    return {
        "run": run,
        "stale": site.stale(run),
        "files": [
            {"href": link(file.uri), "text": FILE_NAMES[file.path.suffix]} for file in run_files(site.catalog, run)
        ],
        "provenance": list(_provenance(run, site.repository)),
        "rerun": _rerun(run, link),
    }


def _rerun(run: Run, link: Link) -> dict[str, Any]:
    """Return what someone wants to know before running it again: how long it took, on what, and with whose weights."""
    seconds, device = run.provenance.get("seconds"), run.provenance.get("device")
    is_time = isinstance(seconds, (int, float)) and not isinstance(seconds, bool)
    return {
        "took": seconds_in_words(float(seconds)) if is_time else "",
        "device": device,
        "on_cpu": isinstance(device, str) and device.partition(",")[0] == "cpu",
        "weights": any(figure.weights != "none" for figure in run.figures.values()),
        "guide": link(addresses.HOW_TO_RUN),
    }


def _provenance(run: Run, repository: str) -> Iterator[tuple[str, str, str]]:
    """Yield name, value and perhaps an address of what a run was made with."""
    yield "Mode", run.mode, ""
    if origins := sorted({figure.weights for figure in run.figures.values()} - {"none"}):
        yield "Weights", ", ".join(origins), ""
    for name, value in run.provenance.items():
        title = PROVENANCE.get(name, name.replace("_", " ").capitalize())
        if isinstance(value, dict):
            yield title, ", ".join(f"{key} {inner}" for key, inner in value.items()), ""
        elif value is not None and value != "":
            is_commit = name == "commit" and repository
            yield title, _in_words(name, value), f"{repository}/commit/{value}" if is_commit else ""


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
            "weights": weights_in_words(step.weights, run),
        }


def weights_in_words(origin: str, run: Run) -> str:
    """Return who trained the weights of a step; a network is small when a figure of its run says so."""
    is_small = any(figure.caption.startswith(SMALLER) for figure in run.figures.values() if figure.weights == origin)
    return f"{origin} (small)" if is_small else origin
