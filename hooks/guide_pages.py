"""The pages about the site itself: how to read it, how to add to it, how to run an experiment, what changed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from catalog.rules_answers import FEWEST_SENTENCES, FEWEST_WORDS, MOST_SENTENCES, MOST_WORDS
from catalog.rules_expressions import CONVERSIONS
from catalog.runs import Figure, Result
from hooks import addresses, prose
from hooks.experiments import rerun_values
from hooks.page_contents import contents
from hooks.page_templates import FOLDER
from hooks.pages import Page, SearchEntry
from hooks.record_fields import field_tables
from hooks.site_facts import Link, SiteFacts

EXAMPLE_PROMPT = FOLDER / "example" / "prompt.txt"
EXAMPLE_QUESTION = FOLDER / "example" / "question.md"
EXAMPLE_ESSAY = FOLDER / "example" / "essay.txt"
EXAMPLE_CLAIM = FOLDER / "example" / "claim.yml"
EXAMPLE_RUN = "fine-text-2x"  # the experiment that the guide repeats
NUMBERS = ("no", "one", "two", "three", "four", "five")
WORD_LISTS = {
    "tasks": "Words for tasks",
    "roles": "Words for roles",
    "types": "Words for what a port carries",
    "content": "Words for what a picture shows",
    "wants": "Words for further wishes",
    "operations": "Operations",
    "metrics": "Metrics",
}


def guide_pages(site: SiteFacts) -> Iterator[Page]:
    """Yield the guides."""
    yield how_to_read(site)
    yield how_to_add(site)
    yield how_to_run(site)
    yield from changes(site)


def how_to_read(site: SiteFacts) -> Page:
    """Return the page that explains verdicts, roles, marks and runs."""
    html = site.fill("how_to_read.html", addresses.HOW_TO_READ)
    text = "Verdicts, roles, citations, measured numbers, our reasoning, fresh and stale runs: what the marks mean."
    return _page(addresses.HOW_TO_READ, "How to read a page", text, html)


def how_to_add(site: SiteFacts) -> Page:
    """Return the page that explains how to write a question, with every field of the records."""
    lists = [
        {"anchor": f"words-{name}", "title": title, "words": list(getattr(site.vocabulary, name).items())}
        for name, title in WORD_LISTS.items()
    ]
    html = site.fill(
        "how_to_add.html",
        addresses.HOW_TO_ADD,
        tables=field_tables(),
        lists=lists,
        example_prompt=EXAMPLE_PROMPT.read_text("utf-8"),
        example_question=EXAMPLE_QUESTION.read_text("utf-8"),
        sentences=(NUMBERS[FEWEST_SENTENCES], NUMBERS[MOST_SENTENCES]),
        lengths=(FEWEST_WORDS, MOST_WORDS),
        conversions=[f"{factor:,}" for factor in CONVERSIONS],
    )
    text = "A question is one text file. An example from prompt to page, the notations of an answer, and every field."
    return _page(addresses.HOW_TO_ADD, "How to add a question", text, html)


def how_to_run(site: SiteFacts) -> Page:
    """Return the page that explains how to repeat an experiment, and what its marks mean."""
    html = site.fill(
        "how_to_run.html",
        addresses.HOW_TO_RUN,
        repository=site.repository,
        example=_example(site, site.link_from(addresses.HOW_TO_RUN)),
        example_essay=EXAMPLE_ESSAY.read_text("utf-8"),
        example_claim=EXAMPLE_CLAIM.read_text("utf-8"),
    )
    text = "Rerun an experiment by one command, on a GPU or a cluster, with official weights, and verify what it found."
    return _page(addresses.HOW_TO_RUN, "How to run an experiment", text, html)


def _example(site: SiteFacts, link: Link) -> dict[str, Any] | None:
    """Return what a verification of the example would print, from the published run; None without that run."""
    run = site.run(EXAMPLE_RUN)
    if run is None or "gain_text_x2" not in run.results:
        return None
    outcomes = [_outcome(found.values()) for found in (run.results, run.figures)]
    return {
        "gain": f"{run.results['gain_text_x2'].value:.7g}",
        "results": outcomes[0],
        "figures": outcomes[1],
        "steps": len(run.trace),
        "verdict": "within tolerance" if "within" in outcomes[0] + outcomes[1] else "match",
        **rerun_values(site, run, link),
    }


def _outcome(found: Iterable[Result | Figure]) -> str:
    """Return how a rerun on the same machine comes out."""
    kinds = [one.kind for one in found]
    measured = kinds.count("measured")
    return f"{len(kinds) - measured} match" + (f", {measured} within tolerance" if measured else "")


def changes(site: SiteFacts) -> Iterator[Page]:
    """Yield the page of changes, if a list of them is kept."""
    file = site.catalog.root / "CHANGELOG.md"
    if file.is_file():
        _, _, text = file.read_text("utf-8").partition("\n")  # its own title
        html = site.fill("changes.html", addresses.CHANGES, changes=prose.render(text, "changes").html)
        yield _page(addresses.CHANGES, "Changes", "What readers and authors notice.", html, "CHANGELOG.md")


def _page(uri: str, title: str, text: str, html: str, source: str = "") -> Page:
    """Return a guide as a page; `source` is the file that it shows, empty where it is made of several."""
    return Page(
        uri=uri,
        title=title,
        description=text,
        html=str(html),
        toc=contents(html),
        search=(SearchEntry("", title, text),),
        source=source,
        kind="guide",
        nav="Guide",
    )
