"""Where each record's page stands, so that no page spells an address itself."""

from __future__ import annotations

from catalog.proposed_names import family_id

HOME = "index.md"
QUESTIONS = "questions/index.md"
MODELS = "models/index.md"
PAPERS = "papers/index.md"
TASKS = "tasks/index.md"
NOTEBOOKS = "notebooks/index.md"
HOW_TO_READ = "guide/how-to-read.md"
HOW_TO_ADD = "guide/how-to-add.md"
HOW_TO_RUN = "guide/how-to-run.md"
REPRODUCTION_REPORT = "guide/reproduction-report.md"
CHANGES = "guide/changes.md"
API = "api/index.json"
API_RUNS = "api/runs.json"


def question_page(question_id: str) -> str:
    """Return the uri of a question's page."""
    return f"questions/{question_id}.md"


def model_page(model_id: str) -> str:
    """Return the uri of a model's page."""
    return f"models/{model_id}.md"


def paper_page(paper_id: str) -> str:
    """Return the uri of a paper's page."""
    return f"papers/{paper_id}.md"


def task_page(task: str) -> str:
    """Return the uri of a task's page."""
    return f"tasks/{task}.md"


def notebook_page(notebook_id: str) -> str:
    """Return the uri of a notebook's page."""
    return f"notebooks/{notebook_id}.md"


def family_page(family: str) -> str:
    """Return the uri of the page of a model family, from the name its variants share."""
    return f"families/{family_id(family)}.md"


def index_part(index: str, number: int) -> str:
    """Return the uri of a part of a long list, as `models/more/2.md`; ids have no slash, so no record is in the way."""
    folder = index.removesuffix(".md").removesuffix("/index")
    return index if number == 1 else f"{folder}/more/{number}.md"


def run_file(notebook_id: str, file: str) -> str:
    """Return where a file of a run is published, beside the notebook's page."""
    return f"notebooks/{notebook_id}/{file}"


def api_schema(uri: str) -> str:
    """Return where the JSON Schema of a file for programs is published: `api/schema/runs.json` for `api/runs.json`."""
    folder, _, name = uri.rpartition("/")
    return f"{folder}/schema/{name}"


def result_anchor(name: str) -> str:
    """Return where a result stands on the page of its notebook."""
    return f"result-{name}"


def claim_anchor(name: str) -> str:
    """Return where a claim stands on the page of its record."""
    return f"claim-{name}"


def number_anchor(name: str) -> str:
    """Return where a reported number stands on the page of its record."""
    return f"number-{name}"
