"""What an author sees in the preview while records are broken: their problems, and every page that still works."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path, PurePosixPath

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from catalog.load import Catalog
from catalog.problems import CatalogError, Problem
from catalog.records import Question
from hooks.links_between_pages import address
from hooks.pages import Heading, Page, SearchEntry

TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"), autoescape=True, undefined=StrictUndefined
)
KINDS = ("papers", "models", "questions")


def pages_that_work(
    catalog: Catalog | None, problems: Iterable[Problem], render: Callable[[Catalog], Iterable[Page]]
) -> list[Page]:
    """Return the pages of the sound records, and for each broken file a page with its problems in its place."""
    problems = sorted(problem for problem in problems if problem.level == "error")
    pages: list[Page] = []
    if catalog is not None:
        try:
            pages = list(render(without_broken_records(catalog, problems)))
        except CatalogError as late:
            problems += late.problems
        except Exception as error:  # the preview must go on; a build would stop here
            problems = [*problems, Problem("catalog", 1, 1, "", f"the pages cannot be made: {error!r}")]
    taken = {page.uri for page in pages}
    replacements = list(problem_pages(problems, home_is_missing="index.md" not in taken))
    return pages + [page for page in replacements if page.uri not in taken]


def without_broken_records(catalog: Catalog, problems: Iterable[Problem]) -> Catalog:
    """Return the catalog without the records that have errors and without the questions that lean on them."""
    broken = {problem.file for problem in problems}
    kept = {
        kind: {id: record for id, record in getattr(catalog, kind).items() if record.source.file not in broken}
        for kind in KINDS
    }
    kept["questions"] = {id: question for id, question in kept["questions"].items() if _stands(question, kept)}
    kept["questions"] = {id: _among(question, kept) for id, question in kept["questions"].items()}
    answers = {id: answer for id, answer in catalog.answers.items() if id in kept["questions"]}
    return replace(catalog, answers=answers, **kept)


def _stands(question: Question, kept: dict[str, dict]) -> bool:
    """Tell whether all that was offered for a question is still there."""
    return question.models.keys() <= kept["models"].keys() and question.papers.keys() <= kept["papers"].keys()


def _among(question: Question, kept: dict[str, dict]) -> Question:
    """Return the question without the siblings that are not there."""
    siblings = {id: differs for id, differs in question.siblings.items() if id in kept["questions"]}
    return question if siblings == question.siblings else question.model_copy(update={"siblings": siblings})


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
    html = TEMPLATES.get_template("problems.html").render(title=title, file=file, problems=problems)
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
