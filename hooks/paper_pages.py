"""The page of a paper: what it is to each question, its provided summary, and what it says and prints."""

from __future__ import annotations

from collections.abc import Iterator

from catalog.records import Paper
from hooks import addresses
from hooks.deadline import deadline
from hooks.essays import essay_in_short
from hooks.mathematics import has_mathematics
from hooks.page_contents import contents
from hooks.pages import Page, SearchEntry
from hooks.record_values import record_values, searched_text
from hooks.site_facts import SiteFacts


def paper_pages(site: SiteFacts) -> Iterator[Page]:
    """Yield one page for each paper."""
    for paper in site.catalog.papers.values():
        with deadline(paper.source.file):
            page = paper_page(site, paper)
        yield page


def paper_page(site: SiteFacts, paper: Paper) -> Page:
    """Return the page of one paper."""
    uri = addresses.paper_page(paper.id)
    link, run = site.link_from(uri), site.run(paper.notebook)
    values = record_values(paper, site.offers.papers[paper.id], site, link)
    experiment = essay_in_short(site, run, link, paper.figure) if run else ""
    html = site.fill("paper.html", uri, paper=paper, experiment=experiment, **values)
    return Page(
        uri=uri,
        title=paper.title,
        description=paper.says or f"{paper.title}: what it says, and what it is to the questions it was offered for.",
        html=str(html),
        toc=contents(html),
        search=(
            SearchEntry("", paper.title, f"{paper.short}. {searched_text(paper, paper.says)}"),
            SearchEntry("summary", f"{paper.short}: summary", " ".join(paper.summary.split())),
        ),
        source=paper.source.file,
        kind="paper",
        has_math=has_mathematics(paper.summary),
    )
