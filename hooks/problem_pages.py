"""What an author sees in the preview while records are broken: their problems, and every page that still works."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import PurePosixPath

from catalog.load import Catalog
from catalog.problems import CatalogError, Problem
from catalog.records import Record
from hooks.links_between_pages import address
from hooks.narrowed_catalogs import KINDS, around, without_broken_records
from hooks.page_templates import macro
from hooks.pages import Heading, Page, SearchEntry

_instead = macro("problems.html", "instead")
_above = macro("problems.html", "above")


def pages_that_work(
    catalog: Catalog | None,
    problems: Iterable[Problem],
    render: Callable[[Catalog], Iterable[Page]],
    render_first: Callable[[Catalog, str], Page],
) -> list[Page]:
    """Return the pages of the sound records, and for each broken file a page with its problems.

    `render` makes all pages of a catalog, `render_first` that of its first record of a kind.
    """
    problems = sorted(problem for problem in problems if problem.level == "error")
    pages: list[Page] = []
    if catalog is not None:
        sound = without_broken_records(catalog, problems)
        try:
            pages = list(render(sound))
        except CatalogError as late:
            problems += late.problems
        except Exception as error:  # the preview must go on; a build would stop here
            problems = [*problems, Problem("catalog", 1, 1, "", f"the pages cannot be made: {error!r}")]
        pages += _pages_of_others(catalog, sound, problems, render_first)
    taken = {page.uri for page in pages}
    replacements = list(problem_pages(problems, home_is_missing="index.md" not in taken))
    return pages + [page for page in replacements if page.uri not in taken]


def _pages_of_others(
    catalog: Catalog, sound: Catalog, problems: Iterable[Problem], render_first: Callable[[Catalog, str], Page]
) -> Iterator[Page]:
    """Yield a page for each record that is broken or leans on one: below the problems all that can be shown of it."""
    for kind in KINDS:
        for id, record in getattr(catalog, kind).items():
            if id in getattr(sound, kind):
                continue
            files = _files(record)
            told = [problem for problem in problems if problem.file in files]
            try:
                page = render_first(around(catalog, kind, record), kind)
            except Exception:  # a build would say no more than these problems
                yield _problem_page(page_of(record.source.file), record.source.file, told)
            else:
                yield replace(page, html=f"{_above(told)}\n{page.html}")


def _files(record: Record) -> set[str]:
    """Return the files in which a page has its problems: that of the record and, of a question, of what it offers."""
    offered = {kind: getattr(record, kind, ()) for kind in ("models", "papers")}
    return {record.source.file, *(f"catalog/{kind}/{id}.yml" for kind, ids in offered.items() for id in ids)}


def problem_pages(problems: Iterable[Problem], home_is_missing: bool) -> Iterator[Page]:
    """Yield a page for each file with problems, at the address its record would have, and a home page if needed."""
    by_file: dict[str, list[Problem]] = defaultdict(list)
    for problem in problems:
        by_file[problem.file].append(problem)
    for file, its_problems in by_file.items():
        yield _problem_page(page_of(file), file, its_problems)
    if home_is_missing:
        yield _problem_page("index.md", "", [problem for some in by_file.values() for problem in some])


def links(problems: Iterable[Problem], directory_urls: bool = True) -> list[tuple[str, str]]:
    """Return the address, from the site's root, and the name of each file that has problems."""
    files = sorted({problem.file for problem in problems})
    return [(address(page_of(file), directory_urls), file) for file in files]


def page_of(file: str) -> str:
    """Return the uri of the page that a record's file becomes; other files get one under `problems/`."""
    path = PurePosixPath(file)
    if path.parts[:1] == ("catalog",) and len(path.parts) == 3 and path.parts[1] in KINDS:
        return f"{path.parts[1]}/{path.stem}.md"
    return f"problems/{file.strip('/').replace('/', '-').replace('.', '-') or 'catalog'}.md"


def _problem_page(uri: str, file: str, problems: list[Problem]) -> Page:
    title = f"Not yet right: {file}" if file else "Some records are not yet right"
    html = _instead(title, file, problems)
    text = " ".join(problem.message for problem in problems)
    return Page(
        uri=uri,
        title=title,
        description=title,
        html=str(html),
        toc=(Heading("problems", "Problems"),),
        search=(SearchEntry("", title, text),),
        source=file,
        kind="problem",
        nav="" if uri == "index.md" else None,
    )
