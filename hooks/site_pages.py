"""All pages of the site, from a catalog to plain values."""

from __future__ import annotations

from collections.abc import Iterator

from catalog.load import Catalog
from hooks import figures
from hooks.api_files import api_files
from hooks.family_pages import family_pages
from hooks.guide_pages import guide_pages
from hooks.index_pages import home_page, models_index, notebooks_index, papers_index, questions_index, tasks_index
from hooks.model_pages import model_pages
from hooks.notebook_pages import notebook_pages
from hooks.page_templates import reload_changed_templates
from hooks.pages import Asset, Page
from hooks.paper_pages import paper_pages
from hooks.question_pages import question_pages
from hooks.report_pages import report_pages
from hooks.site_facts import SiteFacts
from hooks.task_pages import task_pages


def assets(catalog: Catalog, *, directory_urls: bool = True) -> Iterator[Asset]:
    """Yield the files beside the pages: those of runs, and the lists for programs."""
    yield from figures.assets(catalog)
    yield from api_files(SiteFacts(catalog, directory_urls=directory_urls))


def render(catalog: Catalog, *, directory_urls: bool = True, repository: str = "") -> Iterator[Page]:
    """Yield every page in the order of the navigation; the same catalog always gives the same pages.

    Args:
        catalog: a catalog without errors.
        directory_urls: links lead to folders (`questions/x/`), else to files (`questions/x.html`).
        repository: the address of the repository, to which record lines are linked; empty for none.
    """
    reload_changed_templates()
    site = SiteFacts(catalog, directory_urls=directory_urls, repository=repository)
    yield home_page(site)
    yield from questions_index(site)
    yield from question_pages(site)
    yield from models_index(site)
    yield from model_pages(site)
    yield from family_pages(site)
    yield from papers_index(site)
    yield from paper_pages(site)
    yield from tasks_index(site)
    yield from task_pages(site)
    yield from notebooks_index(site)
    yield from notebook_pages(site)
    yield from guide_pages(site)
    yield from report_pages(site)


def render_first(catalog: Catalog, kind: str, *, directory_urls: bool = True, repository: str = "") -> Page:
    """Return the page of the first record of a kind, which is `models`, `papers` or `questions`; see `render`."""
    pages = {"models": model_pages, "papers": paper_pages, "questions": question_pages}
    return next(pages[kind](SiteFacts(catalog, directory_urls=directory_urls, repository=repository)))
