"""The essay of a run as HTML: whole on a page of its own, its prose with figures on that of its question."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from markupsafe import Markup

from catalog.runs import Run
from hooks import addresses
from hooks.figures import evidence_figure, figure_anchor, figure_html, pair
from hooks.notebook_cells import Essay, EssayPart
from hooks.site_facts import Link, SiteFacts

LONGEST_ON_A_QUESTION = 40_000  # characters of HTML
DETAILS = ("whole", "prose", "figures", "headings")  # what a question shows of it: the first that fits


@dataclass
class OpenChapter:
    """A chapter of an essay on the page of its question.

    Attributes:
        heading: the part that begins it; None before the first heading.
        prose: what the essay says.
        figures: those that the page does not show yet, as HTML.
        folded: everything else, which is numbers and code.
    """

    heading: EssayPart | None
    prose: list[EssayPart] = field(default_factory=list)
    figures: list[Markup] = field(default_factory=list)
    folded: list[EssayPart] = field(default_factory=list)

    @property
    def numbers(self) -> list[EssayPart]:
        """What is folded and no code."""
        return [part for part in self.folded if part.kind != "code"]

    @property
    def only_code_is_folded(self) -> bool:
        """Whether nothing but code is folded, each cell of which has a fold of its own."""
        return not self.numbers


def essay_html(site: SiteFacts, run: Run, link: Link, shown: set[str]) -> Markup:
    """Return the essay of a run as HTML, empty when it cannot be shown; its figures are added to `shown`."""
    essay = site.essay(run)
    if essay is None:
        return Markup("")
    parts = list(_with_figures(essay.parts, site, run, link, shown, set()))
    return site.fill("essay.html", addresses.notebook_page(run.id), parts=parts, notebook_href=link(_notebook(run)))


def essay_on_question(
    site: SiteFacts, run: Run, link: Link, shown: set[str], room: int = LONGEST_ON_A_QUESTION
) -> Markup:
    """Return an essay for the page of its question, which has `room` for it; empty when it cannot be shown.

    Its prose and the figures that the page does not show yet are open, numbers and code are folded. Of a long essay
    the page leaves the code to the essay's own, of a longer one it shows what is said first, its headings and its
    figures, of a very long one no figures either.
    """
    essay = site.essay(run)
    if essay is None:
        return Markup("")
    page = addresses.notebook_page(run.id)
    values = {"essay": essay, "title": site.run_title(run), "href": link(page), "notebook_href": link(_notebook(run))}
    html = Markup("")
    for detail in DETAILS:
        chapters = list(_open_chapters(essay, site, run, link, set(shown)))
        html = site.fill("essay_on_question.html", page, chapters=chapters, detail=detail, **values)
        if len(html) <= min(room, LONGEST_ON_A_QUESTION):
            break
    return html


def essay_in_short(site: SiteFacts, run: Run, link: Link, named: str | None = None) -> Markup:
    """Return an essay for the page of its model or paper: its claim, its key figure, and where the rest is.

    The key figure is the one that the record has named, else that of the answer, else the first.
    """
    page, essay = addresses.notebook_page(run.id), site.essay(run)
    drawn = [part.figure for part in (essay.parts if essay else ()) if part.figure]
    candidates = (named if named in run.figures else None, key_figure(site, run), *drawn, *run.figures)
    key = next(filter(None, candidates), "")
    figure = figure_html(site, link, run.id, key, "", set()) if key else Markup("")
    return site.fill("essay_in_short.html", page, run=run, title=site.run_title(run), href=link(page), figure=figure)


def key_figure(site: SiteFacts, run: Run) -> str | None:
    """Return the figure that stands for the answer to which a run belongs; None where it belongs to none."""
    questions = [question for question in site.catalog.questions.values() if question.notebook == run.id]
    return next(filter(None, (evidence_figure(site.catalog, question) for question in questions)), None)


def _open_chapters(essay: Essay, site: SiteFacts, run: Run, link: Link, shown: set[str]) -> Iterator[OpenChapter]:
    """Yield each chapter with what is open and what is folded; its figures are added to `shown`."""
    done: set[str] = set()
    for chapter in essay.chapters:
        before = set(shown)
        found = OpenChapter(chapter.heading)
        for part in _with_figures(chapter.parts, site, run, link, shown, done):
            if part.kind == "figure" and not _stands_in(before, run, part.figure):
                found.figures.append(part.html)
            elif part.kind == "prose":
                found.prose.append(part)
            else:
                found.folded.append(part)
        yield found


def _with_figures(
    parts: tuple[EssayPart, ...], site: SiteFacts, run: Run, link: Link, shown: set[str], done: set[str]
) -> Iterator[EssayPart]:
    """Yield parts with figures drawn from the run's own files; a pair stands once, where it begins (see `done`)."""
    for part in parts:
        if not part.figure:
            yield part
        elif part.figure not in done:
            done.update(pair(run, part.figure))
            yield replace(part, html=figure_html(site, link, run.id, part.figure, "", shown))


def _stands_in(shown: set[str], run: Run, name: str) -> bool:
    """Tell whether a figure, or the pair that it belongs to, is among those shown."""
    return figure_anchor(run.id, pair(run, name)[-1]) in shown


def _notebook(run: Run) -> str:
    """Return where the executed notebook is published."""
    return addresses.run_file(run.id, f"{run.id}.ipynb")
