"""What pages show of a run: how to repeat it, and what it was made with."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from catalog.counted import seconds_in_words
from catalog.cpu_essays import on_cpu_alone
from catalog.kept import kept
from catalog.load import Catalog
from catalog.official_files import official_files
from catalog.runs import Run, TraceStep
from catalog.stale import code_of
from hooks import addresses
from hooks.figures import run_files
from hooks.numbers import bytes_in_words, result_value, shape_in_words
from hooks.site_facts import Link, SiteFacts

FILE_NAMES = {
    ".py": "The essay as a script (.py)",
    ".ipynb": "The executed notebook (.ipynb)",
    ".json": "The record of the run (.json)",
}
DIGESTS = ("commit", "essay")  # of which the beginning is enough; the record of the run has all of it
PROVENANCE = {  # in the order in which pages tell it; what else there is comes last
    "date": "Date",
    "device": "Device",
    "driver": "NVIDIA driver",
    "cuda": "CUDA of torch",
    "torch": "torch",
    "python": "Python",
    "seconds": "Duration",
    "cpu_seconds": "CPU time",
    "peak_bytes": "Peak memory",
    "seed": "Seed",
    "essay": "Digest of the essay",
    "commit": "Commit",
    "dirty": "Uncommitted changes",
}


def run_values(site: SiteFacts, run: Run, link: Link) -> dict[str, Any]:
    """Return what templates show of a run: downloads, freshness, provenance."""
    return {
        "run": run,
        "stale": site.stale(run),
        "files": [
            {"href": link(file.uri), "text": FILE_NAMES[file.path.suffix]} for file in run_files(site.catalog, run)
        ],
        "provenance": list(_provenance(run, site.repository)),
        "rerun": rerun_values(site, run, link),
    }


def rerun_values(site: SiteFacts, run: Run, link: Link) -> dict[str, Any]:
    """Return what someone wants to know before running it again: how long it took, on what, which options help."""
    return {
        "took": time_in_words(run.provenance),
        "device": run.provenance.get("device"),
        "on_cpu": run.on_cpu,
        **_options(site.catalog, run.id),
        "guide": link(addresses.HOW_TO_RUN),
    }


@kept
def _options(catalog: Catalog, run_id: str) -> dict[str, bool]:
    """Return whether an essay takes a GPU, and official weights."""
    weights = any(official_files(run_id, code_of(catalog)))
    return {"gpu": not on_cpu_alone(run_id, catalog.root), "weights": weights}


def time_in_words(provenance: Mapping[str, Any]) -> str:
    """Return how long a run took: by the clock, and what processors spent on it, where it says so."""
    names = ("seconds", "cpu_seconds")
    known = {name: provenance[name] for name in names if type(provenance.get(name)) in (int, float)}
    clock, spent = (seconds_in_words(float(known[name])) if name in known else "" for name in names)
    return f"{clock} ({spent} of CPU time)" if clock and spent else clock


def _provenance(run: Run, repository: str) -> Iterator[tuple[str, str, str]]:
    """Yield name, value and perhaps an address of what a run was made with."""
    yield "Mode", run.mode, ""
    if run.origins:
        yield "Weights", ", ".join(run.origins), ""
    yield from provenance_rows(run.provenance, repository)


def provenance_rows(provenance: Mapping[str, Any], repository: str) -> Iterator[tuple[str, str, str]]:
    """Yield name, value and perhaps an address of what something was made with, in the order of PROVENANCE."""
    told = dict.fromkeys(name for name in PROVENANCE if name in provenance) | provenance
    for name, value in told.items():
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
    return str(value)[:12] if name in DIGESTS else str(value)


def result_rows(site: SiteFacts, run: Run) -> Iterator[dict[str, str]]:
    """Yield every result of a run for a table."""
    for name, result in run.results.items():
        metric = site.vocabulary.metrics.get(result.metric)
        yield {
            "anchor": addresses.result_anchor(name),
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
            "holds": "process" if step.on_cpu else "tensors",  # whose growth that is
            "device": step.device,
            "weights": weights_in_words(step),
        }


def weights_in_words(step: TraceStep) -> str:
    """Return who trained the weights of a step, and whether its network is a small one."""
    return f"{step.weights} (small)" if step.smaller else step.weights
