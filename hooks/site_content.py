"""Everything that a site is made of: the checked catalog, rendered."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from catalog.load import check_all
from catalog.problems import CatalogError, Problem
from hooks import problem_pages, site_pages
from hooks.docs_files import unexpected_files
from hooks.pages import Asset, Page


@dataclass(frozen=True)
class Content:
    """The pages and assets of one build.

    Attributes:
        pages: in the order of the navigation.
        assets: the files beside them.
        problems: what a preview shows in its banner; empty in a build, which stops at errors.
        notices: what is worth knowing and stops nothing, such as a stale run.
    """

    pages: list[Page]
    assets: list[Asset] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    notices: list[Problem] = field(default_factory=list)


def read(
    root: Path, docs: Path, *, directory_urls: bool = True, repository: str = "", preview: bool = False
) -> Content:
    """Read, check and render everything below `root`.

    Args:
        root: the folder that holds `catalog/` and `notebooks/`.
        docs: the folder whose files MkDocs publishes as they are.
        directory_urls: links lead to folders, else to files.
        repository: the address that record lines are linked to; empty for none.
        preview: show problems on pages instead of raising.

    Raises:
        CatalogError: something is wrong and this is no preview; it holds all errors.
    """
    catalog, problems = check_all(root)
    errors = [problem for problem in problems if problem.level == "error"]
    notices = [problem for problem in problems if problem.level == "notice"]
    errors += unexpected_files(docs, root)
    settings = {"directory_urls": directory_urls, "repository": repository}
    render, render_first = partial(site_pages.render, **settings), partial(site_pages.render_first, **settings)
    if errors and not preview:
        raise CatalogError(errors)
    assets = [] if catalog is None else list(site_pages.assets(catalog, directory_urls=directory_urls))
    if not errors:
        try:
            return Content(list(render(catalog)), assets, notices=notices)
        except CatalogError as late:
            if not preview:
                raise
            errors = late.problems
    return Content(problem_pages.pages_that_work(catalog, errors, render, render_first), assets, errors, notices)
