"""Figures of runs: single pictures, pairs to compare, and the files that are published for them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import takewhile

from markupsafe import Markup

from catalog.answer import Answer
from catalog.load import Catalog
from catalog.notations import FigureRef, scan
from catalog.records import Question
from catalog.runs import Run
from hooks import addresses
from hooks.page_templates import macro
from hooks.pages import Asset
from hooks.site_facts import Link, SiteFacts

_single = macro("figure.html", "single")
_comparison = macro("figure.html", "comparison")
_shown_above = macro("figure.html", "shown_above")
_missing = macro("figure.html", "missing")


@dataclass(frozen=True)
class ShownFigure:
    """What a template needs of a figure on one page."""

    anchor: str
    src: str
    width: int
    height: int
    alt: str
    origin: str  # which network drew it; empty when that needs no word
    caption: str  # what it shows, after those words
    placeholder: str | None
    weights: str
    run_id: str
    run_href: str
    mode: str
    stale: bool
    kind: str  # plot or picture
    name: str = ""  # in a comparison, what it is called beside the other


def figure_html(site: SiteFacts, link: Link, run_id: str, name: str, alt: str, shown: set[str]) -> Markup:
    """Return a figure, or the pair it belongs to; one that is in `shown` becomes a link to where it stands.

    `alt` describes it better than the run did, if it is not empty. `shown` is added to.
    """
    run = site.run(run_id)
    if run is None or name not in run.figures:
        return _missing(alt or name)
    members = pair(run, name)
    figures = [_shown(site, link, run, member, alt if member == name else "") for member in members]
    seen = figures[-1].anchor in shown
    shown.update(figure.anchor for figure in figures)
    if seen:
        return _shown_above(figures[-1])
    if len(figures) == 1:
        return _single(*figures)
    names = names_apart(members, {model.family.casefold(): model.family for model in site.catalog.models.values()})
    return _comparison(*(replace(figure, name=called) for figure, called in zip(figures, names, strict=True)))


def names_apart(members: tuple[str, ...], spelled: Mapping[str, str]) -> tuple[str, ...]:
    """Return what two figures are called beside each other: the words in which their names differ.

    `spelled` holds the proper spelling of words by their casefolded form, such as that of a model family.
    """
    words = [name.replace("_", "-").split("-") for name in members]
    shared = len(list(takewhile(lambda pair: pair[0] == pair[1], zip(*words, strict=False))))
    own = [parts[shared:] or parts for parts in words]
    return tuple(" ".join(spelled.get(word.casefold(), word) for word in parts) for parts in own)


def pair(run: Run, name: str) -> tuple[str, ...]:
    """Return the figures that are shown together: left and right of a comparison, or the figure alone.

    What no network drew stands on the left, so that a reader goes from the plain result to the network's.
    """
    pointing = [other for other, figure in run.figures.items() if figure.partner == name]
    partner = run.figures[name].partner or next(iter(pointing), None)
    if partner is None:
        return (name,)
    drawn = {member: run.figures[member].weights != "none" for member in (name, partner)}
    if drawn[name] != drawn[partner]:
        return tuple(sorted(drawn, key=drawn.__getitem__))
    return tuple(sorted((name, partner), key=lambda member: (run.figures[member].partner is not None, member)))


def evidence_figure(catalog: Catalog, question: Question) -> str | None:
    """Return the name of the figure that stands for an answer, None when the question has no run, or its run no figure.

    It is the one that the question names, else a cited pair, any pair, a cited figure, or the first.
    """
    run = catalog.runs.get(question.notebook or "")
    if run is None:
        return None
    pairs = [name for name in run.figures if len(pair(run, name)) == 2]
    cited = [found.name for found in _cited(catalog.answers.get(question.id), run)]
    named = [question.figure] if question.figure in run.figures else []
    candidates = named + [name for name in cited if name in pairs] + pairs + cited + list(run.figures)
    return candidates[0] if candidates else None


def alt_in_answer(catalog: Catalog, question: Question, name: str) -> str:
    """Return how the answer describes a figure of its run where it cites it, empty where it does not."""
    run = catalog.runs.get(question.notebook or "")
    found = _cited(catalog.answers.get(question.id), run) if run else ()
    return next((figure.alt for figure in found if figure.name == name), "")


def _cited(answer: Answer | None, run: Run) -> Iterator[FigureRef]:
    """Yield where an answer cites figures of a run."""
    for _, passage in answer.parts if answer else ():
        for found in scan(passage) if passage and "](run:" in passage.text else ():
            if isinstance(found, FigureRef) and found.run == run.id and found.name in run.figures:
                yield found


def _shown(site: SiteFacts, link: Link, run: Run, name: str, alt: str = "") -> ShownFigure:
    """Return what a template needs of one figure."""
    figure = run.figures[name]
    return ShownFigure(
        anchor=figure_anchor(run.id, name),
        src=link(addresses.run_file(run.id, figure.file)),
        width=figure.width,
        height=figure.height,
        alt=alt or figure.alt,
        origin=figure.stamp,
        caption=figure.caption,
        placeholder=figure.placeholder,
        weights=figure.weights,
        run_id=run.id,
        run_href=link(addresses.notebook_page(run.id)),
        mode=run.mode,
        stale=bool(site.stale(run)),
        kind="plot" if figure.file.endswith(".svg") else "picture",
    )


def figure_anchor(run_id: str, name: str) -> str:
    """Return where a figure stands on a page."""
    return f"figure-{run_id}-{name}"


def assets(catalog: Catalog) -> Iterator[Asset]:
    """Yield the files of runs that pages lead to: figures, the executed notebook, the essay, the record."""
    for run in catalog.runs.values():
        folder = catalog.root / run.folder
        for file in dict.fromkeys(figure.file for figure in run.figures.values()):
            yield Asset(addresses.run_file(run.id, file), folder / file)
        for file in run_files(catalog, run):
            yield file


def run_files(catalog: Catalog, run: Run) -> list[Asset]:
    """Return the downloads of a run that are there: its essay, the executed notebook, the record."""
    folder = catalog.root / run.folder
    candidates = [
        Asset(addresses.run_file(run.id, f"{run.id}.py"), catalog.root / "notebooks" / f"{run.id}.py"),
        Asset(addresses.run_file(run.id, f"{run.id}.ipynb"), folder / "notebook.ipynb"),
        Asset(addresses.run_file(run.id, "run.json"), folder / "run.json"),
    ]
    return [asset for asset in candidates if asset.path.is_file()]
