"""What a model or a paper costs, as runs measured it, beside what its sources print of the same."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from catalog.records import Model, Paper
from catalog.runs import Run
from hooks import addresses
from hooks.numbers import reported_about, reported_value, result_value
from hooks.site_facts import Link, SiteFacts


def cost_values(record: Model | Paper, site: SiteFacts, link: Link) -> dict[str, Any]:
    """Return the results that a record names as its cost, as rows, and the runs they come from.

    A result of a run that is not there is left out. What the sources print of the same metric stands in the first row
    of that metric.
    """
    rows, runs, printed = [], {}, _printed(record, site)
    for name in record.cost:
        run_id, _, result_name = name.partition(".")
        run = site.run(run_id)
        if run is None or result_name not in run.results:
            continue
        result = run.results[result_name]
        metric = site.vocabulary.metrics[result.metric]
        runs[run_id] = run
        rows.append(
            {
                "metric": metric.title,
                "metric_says": metric.says,
                "says": result.says,
                "value": result_value(result, site.vocabulary),
                "varies": result.kind == "measured",
                "href": link(addresses.notebook_page(run_id), addresses.result_anchor(result_name)),
                "reported": printed.pop(result.metric, []),
            }
        )
    varies = any(row["varies"] for row in rows)
    return {"rows": rows, "runs": [_run(run, varies, site, link) for run in runs.values()]}


def _printed(record: Model | Paper, site: SiteFacts) -> dict[str, list[dict[str, str]]]:
    """Return the numbers that a record's sources print, by their metric, each with its place."""
    found = defaultdict(list)
    for name, number in record.reported.items():
        value = reported_value(record, name, site.vocabulary)
        found[number.metric].append({"value": value, "about": reported_about(number), "where": number.where})
    return found


def _run(run: Run, varies: bool, site: SiteFacts, link: Link) -> dict[str, Any]:
    """Return what must be said of a run that measured a cost; `varies` if times or memory are among the rows."""
    return {
        "id": run.id,
        "href": link(addresses.notebook_page(run.id)),
        "device": run.provenance.get("device"),
        "on_cpu": run.on_cpu and varies,
        "stale": site.stale(run),
        "mode": run.mode,
    }
