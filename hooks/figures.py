"""Figures of runs: single pictures, pairs to compare, and the files that are published for them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from markupsafe import Markup

from catalog.load import Catalog
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
    caption: str
    placeholder: str | None
    weights: str
    run_id: str
    run_href: str
    mode: str
    stale: bool


def figure_html(site: SiteFacts, link: Link, run_id: str, name: str, alt: str, shown: set[str]) -> Markup:
    """Return a figure, or a pair when it has a partner; one that is in `shown` becomes a link to where it stands.

    `alt` describes it better than the run did, if it is not empty. `shown` is added to.
    """
    run = site.run(run_id)
    if run is None or name not in run.figures:
        return _missing(alt or name)
    figure = _shown(site, link, run, name, alt)
    if figure.anchor in shown:
        return _shown_above(figure)
    shown.add(figure.anchor)
    partner = run.figures[name].partner
    if partner is None:
        return _single(figure)
    shown.add(_anchor(run_id, partner))
    return _comparison(_shown(site, link, run, partner), figure)


def evidence_figure(run: Run, cited: list[str]) -> str | None:
    """Return the name of the figure that stands at the top: a cited pair, any pair, a cited figure, or the first."""
    pairs = [name for name, figure in run.figures.items() if figure.partner]
    cited = [name for name in cited if name in run.figures]
    candidates = [name for name in cited if name in pairs] + pairs + cited + list(run.figures)
    return candidates[0] if candidates else None


def _shown(site: SiteFacts, link: Link, run: Run, name: str, alt: str = "") -> ShownFigure:
    """Return what a template needs of one figure."""
    figure = run.figures[name]
    return ShownFigure(
        anchor=_anchor(run.id, name),
        src=link(addresses.run_file(run.id, figure.file)),
        width=figure.width,
        height=figure.height,
        alt=alt or figure.alt,
        caption=figure.caption,
        placeholder=figure.placeholder,
        weights=figure.weights,
        run_id=run.id,
        run_href=link(addresses.notebook_page(run.id)),
        mode=run.mode,
        stale=bool(site.stale(run)),
    )


def _anchor(run_id: str, name: str) -> str:
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
