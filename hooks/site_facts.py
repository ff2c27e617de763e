"""What pages need to know beyond their own record, derived once for the whole site."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any

from markupsafe import Markup

from catalog.fit import Verdict, judge
from catalog.graph import Graph
from catalog.load import Catalog
from catalog.records import Model, Paper, Question, Vocabulary
from catalog.run_files import NOTEBOOK
from catalog.runs import Run
from catalog.stale import stale_reasons
from catalog.workflow import build
from hooks import addresses
from hooks.deadline import deadline
from hooks.links_between_pages import relative
from hooks.notebook_cells import Essay, NotebookError, Recorded, read_essay
from hooks.page_templates import TEMPLATES
from hooks.reverse_index import ReverseIndex, reverse_index

Link = Callable[..., str]  # link(to_uri, anchor=None) -> the relative address


class SiteFacts:
    """A catalog with everything that is derived from it, each thing when it is first asked for."""

    def __init__(self, catalog: Catalog, *, directory_urls: bool = True, repository: str = "") -> None:
        """Keep the catalog; `repository` is the address that record lines are linked to, empty for none."""
        self.catalog = catalog
        self.directory_urls = directory_urls
        self.repository = repository.rstrip("/")
        self._graphs: dict[str, Graph | None] = {}
        self._essays: dict[str, Essay | None] = {}
        self._relative: dict[tuple[str, str], str] = {}

    @property
    def vocabulary(self) -> Vocabulary:
        """Return the words."""
        return self.catalog.vocabulary

    @cached_property
    def verdicts(self) -> dict[str, dict[str, Verdict]]:
        """Return the verdicts by question, then by model; a question that asks nothing yet has none."""
        return {
            question.id: self._judged(question) if question.asks else {} for question in self.catalog.questions.values()
        }

    def _judged(self, question: Question) -> dict[str, Verdict]:
        """Return the verdict on each model that a question offers."""
        graph, models = self.graph(question.id), self.catalog.models
        return {id: judge(question.asks, models[id], question, graph, self.catalog) for id in question.models}

    def named_verdicts(self, question_id: str) -> list[tuple[str, Verdict]]:
        """Return the verdict on each model that a question offers, behind what pages call the model."""
        verdicts = self.verdicts.get(question_id, {})
        return [(self.catalog.models[id].called, verdict) for id, verdict in verdicts.items()]

    @cached_property
    def offers(self) -> ReverseIndex:
        """Return who is offered where."""
        return reverse_index(self.catalog, self.verdicts)

    def graph(self, question_id: str) -> Graph | None:
        """Return the typed graph of a question's workflow, or None when there is none that passes its checks."""
        if question_id not in self._graphs:
            question = self.catalog.questions[question_id]
            self._graphs[question_id] = build(question, self.catalog)[0] if question.workflow else None
        return self._graphs[question_id]

    def run(self, notebook_id: str | None) -> Run | None:
        """Return the run of a notebook, if there is one."""
        return self.catalog.runs.get(notebook_id or "")

    def stale(self, run: Run) -> tuple[str, ...]:
        """Return why a run is stale, as sentences; nothing means fresh."""
        return stale_reasons(self.catalog)[run.id]

    def essay(self, run: Run) -> Essay | None:
        """Return the executed essay of a run, or None when it cannot be shown."""
        if run.id not in self._essays:
            try:
                with deadline(f"notebooks/{run.id}.py"):
                    notebook, recorded = self.catalog.root / run.folder / NOTEBOOK, Recorded(run.figures, run.results)
                    self._essays[run.id] = read_essay(notebook, recorded)
            except NotebookError:
                self._essays[run.id] = None
        return self._essays[run.id]

    def run_title(self, run: Run) -> str:
        """Return the claim that is the title of a run's essay, else the run's id."""
        essay = self.essay(run)
        return essay.title if essay and essay.title else run.id

    def source(self, id: str) -> Model | Paper:
        """Return a model or a paper: they share one id space."""
        return self.catalog.models.get(id) or self.catalog.papers[id]

    def source_page(self, id: str) -> str:
        """Return the uri of a model's or a paper's page."""
        return addresses.model_page(id) if id in self.catalog.models else addresses.paper_page(id)

    def variants(self, family: str) -> list[str]:
        """Return the ids of the models of a family when there are several, else nothing."""
        ids = self.offers.families.get(family, [])
        return ids if len(ids) > 1 else []

    def link_from(self, uri: str) -> Link:
        """Return the function that makes links on the page `uri`: `link(to_uri, anchor=None)`."""
        # Pages of one folder lie equally deep, so one of them stands for all and the answer is kept.
        stands_for = uri if uri.endswith("index.md") else f"{uri.rpartition('/')[0]}/-.md"

        def link(to_uri: str, anchor: str | None = None) -> str:
            if to_uri == uri and anchor:
                return f"#{anchor}"
            key = (stands_for, to_uri)
            if key not in self._relative:
                self._relative[key] = relative(stands_for, to_uri, None, self.directory_urls)
            return f"{self._relative[key]}#{anchor}" if anchor else self._relative[key]

        return link

    def line_link(self, file: str, line: int = 1) -> str:
        """Return the address of a line of a record in the repository, or nothing when that is not known."""
        return f"{self.repository}/blob/main/{file}#L{line}" if self.repository else ""

    def fill(self, template: str, uri: str, **values: Any) -> Markup:
        """Return a template's HTML for the page `uri`, escaped and safe, with what every template may use."""
        shared = {"site": self, "words": self.vocabulary, "link": self.link_from(uri), "to": addresses}
        return Markup(TEMPLATES.get_template(template).render({**shared, **values}))
