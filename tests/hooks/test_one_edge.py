"""One edge of a workflow is changed, and checker, diagram, list of steps, execution and freshness all tell."""

import re
import shutil
from html import unescape

import pytest

from catalog.freshness import run_key
from catalog.load import check_all, load
from catalog.packages import command
from catalog.stale import stale_reasons, workflow_digests
from hooks import site_pages
from tests.hooks.small_catalog import FIXTURE

pytestmark = pytest.mark.torch
QUESTION = "sharp-letters"
STEPS = """  steps:
    enlarge: {run: small-enlarger, takes: letters, with: {s: 2}}
    plain: {run: bicubic, takes: letters, with: {s: 2}}
    narrow: {run: small-deblurrer, takes: enlarge, label: "Narrow the edges"}
  outputs:
    large: {from: narrow, label: "Large letters"}
    kept: {from: enlarge, label: "As enlarged"}
    soft: {from: plain, label: "Plain letters"}
"""
EDGE = "small-deblurrer, takes: enlarge"


@pytest.fixture
def root(tmp_path):
    """Return a copy of the small world whose workflow has two ways, and whose run belongs to it."""
    root = shutil.copytree(FIXTURE, tmp_path / "world")
    path = root / f"catalog/questions/{QUESTION}.md"
    text = path.read_text("utf-8")
    path.write_text(text[: text.index("  steps:")] + STEPS + text[text.index("notebook:") :], "utf-8")
    specs = workflow_digests(load(root)[0])
    key = run_key(root, QUESTION, "full", 0, workflows={QUESTION: specs[QUESTION]})
    record = root / f"notebooks/outputs/{QUESTION}/run.json"
    lines = ",\n".join(f'  "{part}": "{value}"' for part, value in key.items())
    record.write_text(re.sub(r'"key": \{.*?\}', f'"key": {{\n{lines}\n }}', record.read_text("utf-8"), flags=re.DOTALL))
    return root


def edit(root, old, new):
    path = root / f"catalog/questions/{QUESTION}.md"
    text = path.read_text("utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), "utf-8")


def problems(root):
    """Return what the checker says of the question's workflow and of its run."""
    found = [problem for problem in check_all(root)[1] if QUESTION in problem.file]
    return [str(problem) for problem in found if problem.field.startswith("workflow") or "stale" in problem.message]


def page(root):
    catalog, _ = load(root)
    [page] = [page for page in site_pages.render(catalog) if page.uri == f"questions/{QUESTION}.md"]
    return page.html


def arrows(root):
    """Return the arrows of the drawing, each as the labels of its ends."""
    drawn = re.search(r'<pre class="mermaid"><code>(.*?)</code>', page(root), re.DOTALL)
    lines = unescape(drawn[1]).splitlines() if drawn else []
    boxes = dict(
        re.findall(r'^(n\d+)\W+"\d+\. (.*?)(?:, 2#215;)?(?:<br/>.*)?"', line)[0] for line in lines if '["' in line
    )
    ends = [re.fullmatch(r"(n\d+) -->.* (n\d+)", line) for line in lines if "-->" in line]
    return {(boxes[end[1]], boxes[end[2]]) for end in ends}


def executed(root, monkeypatch):
    """Return which of the enlargements was narrowed: that of the network is white, that of bicubic as it was."""
    import torch
    from lab import record, workflow
    from lab.weights import Loaded

    untrained = Loaded(torch.nn.Identity(), "untrained", smaller=True, file=None)
    monkeypatch.setattr(record, "RECORD", record.Record())
    seen = []

    def narrow(image):
        seen.append(float(image.mean()))
        return image

    networks = {
        "small-enlarger": workflow.Network(
            lambda image, s: torch.ones(3, *(int(s * n) for n in image.shape[1:])), untrained
        ),
        "small-deblurrer": workflow.Network(narrow, untrained),
    }
    workflow.run(QUESTION, {"letters": torch.zeros(3, 4, 4)}, networks, torch.device("cpu"), root)
    return "network" if seen == [1.0] else "bicubic"


def test_an_edge_that_leads_elsewhere_changes_drawing_list_execution_and_freshness(root, monkeypatch):
    assert problems(root) == []
    assert ("Small-Enlarger", "Narrow the edges") in arrows(root)
    assert "Takes “Small-Enlarger" in page(root).split("Narrow the edges</strong>")[1][:200]
    assert executed(root, monkeypatch) == "network"
    assert stale_reasons(load(root)[0])[QUESTION] == ()

    edit(root, EDGE, "small-deblurrer, takes: plain")

    [notice] = problems(root)
    assert f"notice: this run is stale: the workflow of {QUESTION} changed after this run" in notice
    assert ("Bicubic resizing", "Narrow the edges") in arrows(root)
    assert ("Small-Enlarger", "Narrow the edges") not in arrows(root)
    assert "Takes “Bicubic resizing" in page(root).split("Narrow the edges</strong>")[1][:200]
    assert executed(root, monkeypatch) == "bicubic"
    assert stale_reasons(load(root)[0])[QUESTION] == (f"the workflow of {QUESTION} changed after this run",)
    assert f"<li>the workflow of {QUESTION} changed after this run</li>" in page(root)


def test_an_edge_that_fits_nowhere_is_a_problem_and_is_neither_drawn_nor_executed(root, monkeypatch):
    from lab import workflow

    edit(root, EDGE, "small-deblurrer, takes: narrow")

    told = problems(root)
    assert len(told) == 1
    assert re.match(rf"catalog/questions/{QUESTION}\.md:\d+:\d+: workflow\.steps\.narrow\.takes: .*circle", told[0])
    assert arrows(root) == set()
    with pytest.raises(workflow.WorkflowError, match="circle"):
        executed(root, monkeypatch)


@pytest.mark.parametrize(("old", "new"), [("s: 2", "s: 3"), ("run: small-deblurrer", "run: no-such-model")])
def test_a_run_of_a_workflow_that_the_checker_refuses_is_stale(root, old, new):
    path = root / f"catalog/questions/{QUESTION}.md"
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")

    assert not [problem for problem in problems(root) if "stale" in problem], "the error says what is to be mended"
    why = f"; {command('check_catalog')} says why"
    assert stale_reasons(load(root)[0])[QUESTION] == (f"the workflow of {QUESTION} cannot be read now{why}",)


def test_a_run_of_a_workflow_that_was_taken_out_is_stale(root):
    path = root / f"catalog/questions/{QUESTION}.md"
    text = path.read_text("utf-8")
    path.write_text(re.sub(r"(?m)^workflow:\n(?: .*\n)+", "", text), "utf-8")

    assert path.read_text("utf-8") != text
    assert stale_reasons(load(root)[0])[QUESTION] == (f"the workflow of {QUESTION} changed after this run",)
