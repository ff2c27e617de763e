"""The page of a notebook: the executed essay, every result, and what the run was made with."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from markupsafe import Markup

from catalog.runs import Run
from hooks import addresses
from hooks.deadline import deadline
from hooks.essays import essay_html
from hooks.experiments import result_rows, run_values, trace_rows
from hooks.figures import figure_anchor, figure_html
from hooks.mathematics import has_formula
from hooks.page_contents import contents
from hooks.pages import Page, SearchEntry
from hooks.site_facts import Link, SiteFacts


def notebook_pages(site: SiteFacts) -> Iterator[Page]:
    """Yield one page for each run."""
    for run in site.catalog.runs.values():
        with deadline(f"notebooks/{run.id}.py"):
            page = notebook_page(site, run)
        yield page


def notebook_page(site: SiteFacts, run: Run) -> Page:
    """Return the page of one notebook."""
    uri = addresses.notebook_page(run.id)
    link = site.link_from(uri)
    shown: set[str] = set()
    title = site.run_title(run)
    html = site.fill(
        "notebook.html",
        uri,
        title=title,
        essay=essay_html(site, run, link, shown),
        figures=list(_other_figures(site, run, link, shown)),
        results=list(result_rows(site, run)),
        trace=list(trace_rows(run)),
        shown=shown_with(run, site, link)[:5],
        **run_values(site, run, link),
    )
    return Page(
        uri=uri,
        title=title,
        description=f"An experiment that anyone can rerun: {title}.",
        html=str(html),
        toc=contents(html, deepest=3),
        search=tuple(_search(run, title)),
        source=f"notebooks/{run.id}.py",
        kind="notebook",
        has_math=has_formula(html),
    )


def _search(run: Run, title: str) -> Iterator[SearchEntry]:
    """Yield what the search finds: the title, and what was measured."""
    captions = " ".join(figure.caption for figure in run.figures.values())
    yield SearchEntry("", title, captions[:400])
    if run.results:
        yield SearchEntry("results", f"Results: {title}", " ".join(r.says for r in run.results.values())[:400])


def _other_figures(site: SiteFacts, run: Run, link: Link, shown: set[str]) -> Iterator[Markup]:
    """Yield the figures of a run that its essay does not show."""
    for name in run.figures:
        if figure_anchor(run.id, name) not in shown:
            yield figure_html(site, link, run.id, name, "", shown)


def shown_with(run: Run, site: SiteFacts, link: Link) -> list[dict[str, Any]]:
    """Return a link to each page that shows a run, with its title, and whether it is a draft."""
    return [_shown_with(kind, id, site, link) for kind, id in site.offers.shown.get(run.id, [])]


def _shown_with(kind: str, id: str, site: SiteFacts, link: Link) -> dict[str, Any]:
    """Return a link to a page that shows this run."""
    if kind == "question":
        question = site.catalog.questions[id]
        title, draft = question.short or question.question, question.status == "draft"
        return {"href": link(addresses.question_page(id)), "title": title, "draft": draft}
    record = site.source(id)
    title = record.short if kind == "paper" else record.called
    return {"href": link(site.source_page(id)), "title": title, "draft": False}
