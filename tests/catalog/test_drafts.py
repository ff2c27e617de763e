"""A draft says what the records decide, and no more."""

import shutil

import pytest

from catalog import open_points
from catalog.answer import NOT_YET_WRITTEN
from catalog.drafts import Offer, derive, propose
from catalog.fit import verdicts
from catalog.load import ROOT, check_all, load
from catalog.open_points import to_do
from catalog.workflow import build

MODEL = """\
name: Enlarger
family: Enlarger
github: "https://github.com/example/enlarger"
uses:
"""
IMAGE = "{image: {type: image, shape: [3, H, W]}}"
ENLARGE = """\
  {name}:
    {hosted}
    task: super-resolution
    inputs: {{image: {{type: image, shape: [3, H, W]}}}}
    outputs: {{image: {{type: image, shape: [3, f*H, f*W]}}}}
    settings: {{f: {{type: number, default: 4, says: "Factor."}}}}
"""
HELP = f"""\
  deblur:
    hosted: true
    task: motion-deblurring
    inputs: {IMAGE}
    outputs: {IMAGE}
"""
PAINT = """\
  paint:
    hosted: true
    task: text-to-image
    inputs: {prompt: {type: text}}
    outputs: {image: {type: image, shape: [3, 512, 512]}}
"""


@pytest.fixture
def repository(tmp_path):
    """Make a repository with a function that writes the record of a model."""
    (tmp_path / "catalog/models").mkdir(parents=True)
    (tmp_path / "catalog/questions").mkdir()
    shutil.copy(ROOT / "catalog/vocabulary.yml", tmp_path / "catalog")
    return tmp_path


def drafted(root, uses, question="I upscaled a photo 3×."):
    """Write the draft of a question about one model; return its steps as (run, settings)."""
    (root / "catalog/models/enlarger.yml").write_text(MODEL + uses if uses else MODEL[: MODEL.index("uses")])
    draft = derive(Offer("q", question, ("enlarger",), (), {}), load(root)[0])
    (root / "catalog/questions/q.md").write_text(draft)
    catalog, problems = check_all(root)
    assert [str(problem) for problem in problems if problem.level == "error"] == []
    graph, _ = build(catalog.questions["q"], catalog)
    return [(step.run, dict(step.settings)) for step in graph.steps] if graph else None


HOSTED = ENLARGE.format(name="hosted-one", hosted="hosted: true")
DOCUMENTED = ENLARGE.format(name="other-one", hosted='source: "README"')


def test_a_model_that_does_the_job_stands_alone_with_the_asked_factor(repository):
    assert drafted(repository, HOSTED) == [("enlarger", {"f": 3})]


def test_an_output_has_a_name_that_no_step_has(repository):
    assert drafted(repository, ENLARGE.format(name="result", hosted="hosted: true")) == [("enlarger", {"f": 3})]


def test_the_hosted_use_comes_before_a_documented_one(repository):
    assert drafted(repository, DOCUMENTED + HOSTED) == [("enlarger", {"f": 3})]


def test_a_model_that_does_the_job_comes_before_one_that_helps(repository):
    assert drafted(repository, HELP + DOCUMENTED) == [("enlarger.other-one", {"f": 3})]


def test_a_model_that_returns_its_size_stands_behind_a_plain_enlargement(repository):
    assert drafted(repository, HELP) == [("bicubic", {"s": 3}), ("enlarger", {})]


def test_a_factor_that_nobody_named_is_a_proposal(repository):
    assert drafted(repository, HOSTED, "I upscaled a photo.") == [("enlarger", {"f": 4})]
    assert drafted(repository, HELP, "I upscaled a photo.") == [("bicubic", {"s": 2}), ("enlarger", {})]


REPAINT = (
    PAINT
    + """\
  deblur:
    source: "README"
    task: image-to-image
    inputs: {image: {type: image, shape: [3, H, W]}, deblur: {type: text}}
    outputs: {image: {type: image, shape: [3, H, W]}}
"""
)


def drafted_with(root, **others):
    """Write the draft of a question about one model that helps and others; return it with the verdicts on them."""
    for id, uses in others.items():
        (root / f"catalog/models/{id}.yml").write_text(MODEL.replace("Enlarger", id.title()) + uses)
    (root / "catalog/models/enlarger.yml").write_text(MODEL + HELP)
    offer = Offer("q", "I upscaled a photo 3×.", ("enlarger", *others), (), {})
    (root / "catalog/questions/q.md").write_text(derive(offer, load(root)[0]))
    catalog, problems = check_all(root)
    assert [str(problem) for problem in problems if problem.level == "error"] == []
    return catalog.questions["q"], verdicts(catalog.questions["q"], catalog), catalog


def test_models_that_help_stand_side_by_side_each_with_its_result(repository):
    question, found, _ = drafted_with(repository, sharpener=HELP, painter=REPAINT, writer=PAINT)

    assert [(name, step.run) for name, step in question.workflow.steps.items()] == [
        ("enlarge", "bicubic"),
        ("deblur", "enlarger"),
        ("deblur-2", "sharpener"),
        ("deblur-4", "painter.deblur"),
    ]
    assert {name: output.label for name, output in question.workflow.outputs.items()} == {
        "result": "Result of Enlarger",
        "result-2": "Result of Sharpener",
        "result-3": "Result of Painter",
    }
    assert list(question.workflow.inputs) == ["image", "deblur-3"]
    kinds = {id: verdict.kind for id, verdict in found.items()}
    assert kinds == dict.fromkeys(("enlarger", "sharpener", "painter"), "can-be-a-step") | {"writer": "has-no-place"}


def test_models_that_want_the_same_beside_the_picture_share_what_the_person_gives(repository):
    question, _, _ = drafted_with(repository, painter=REPAINT, repainter=REPAINT)

    assert [step.run for step in question.workflow.steps.values()][2:] == ["painter.deblur", "repainter.deblur"]
    assert list(question.workflow.inputs) == ["image", "deblur-2"]


def test_a_proposal_says_which_models_it_does_not_run(repository):
    question, _, catalog = drafted_with(repository, writer=PAINT)

    assert "workflow: no step runs writer; let one run it where it has a place" in propose(question, catalog).note


def test_more_models_than_a_diagram_holds_leave_the_first(repository):
    question, _, _ = drafted_with(repository, **{f"more{n}": HELP for n in range(40)})

    assert [step.run for step in question.workflow.steps.values()] == ["bicubic", "enlarger"]


@pytest.mark.parametrize("uses", [PAINT, ""], ids=["it does another job", "its uses are not known"])
def test_nothing_is_derived_where_no_use_fits(uses, repository):
    assert drafted(repository, uses) is None


def test_a_task_that_no_operation_does_has_the_ports_of_the_models_that_do_it(repository):
    assert drafted(repository, HELP, "How does AI remove the blur from a shaky photo?") == [("enlarger", {})]
    assert drafted(repository, PAINT, "How does AI paint icons from my words?") == [("enlarger", {})]


def test_a_factor_beside_a_task_that_keeps_the_size_leaves_the_task_open(repository):
    """The one who asks may mean the enlargement or the other job; nothing is guessed, and a person is asked."""
    question = "My photo was shaky; after the app it was crisp at 4x."

    assert drafted(repository, HELP, question) is None

    catalog, _ = load(repository)
    assert catalog.questions["q"].asks is None
    assert any("asks" in sentence for sentence in to_do(catalog.questions["q"], catalog))


@pytest.mark.parametrize(("question", "told"), [("I deblurred a photo.", False), ("I upscaled a photo.", True)])
def test_only_an_enlargement_is_missed_a_scale(question, told, repository):
    (repository / "catalog/models/enlarger.yml").write_text(MODEL + HELP)

    text = derive(Offer("q", question, ("enlarger",), (), {}), load(repository)[0])
    (repository / "catalog/questions/q.md").write_text(text)
    catalog, _ = load(repository)

    assert any("names no scale" in sentence for sentence in to_do(catalog.questions["q"], catalog)) == told


def test_a_check_derives_no_workflow_to_say_that_it_is_missing(repository, monkeypatch):
    assert drafted(repository, "", "I upscaled a photo 3×.") is None
    asked = []
    monkeypatch.setattr(open_points, "why_no_workflow", lambda question, _: asked.append(question.id) or "")

    catalog, problems = check_all(repository)
    assert asked == []
    assert any("it still needs workflow" in problem.message for problem in problems)
    assert any("`workflow`" in sentence for sentence in to_do(catalog.questions["q"], catalog))
    assert asked == ["q"]


def test_ports_that_several_models_answer_otherwise_are_left_open(repository):
    other = PAINT.replace("paint:", "words:").replace("hosted: true", 'source: "README"').replace("{prompt:", "{photo:")
    other = other.replace("type: text", "type: image")

    assert drafted(repository, PAINT + other, "How does AI paint icons from my words?") is None
    text = (repository / "catalog/questions/q.md").read_text()
    assert "# asks: {task: text-to-image, to: image, about: text-and-icons, from: ...}\n" in text


def test_a_question_that_asks_for_nothing_known_has_no_workflow(repository):
    assert drafted(repository, HOSTED, "Why is the sky blue?") is None


@pytest.mark.parametrize("question", ["Why is the sky blue?", "I upscaled a photo 3×."])
def test_what_is_not_derived_leaves_no_sentence_that_becomes_false(question, repository):
    drafted(repository, "", question)

    parts = (repository / "catalog/questions/q.md").read_text().split("## ")
    assert parts[2] == f"Workflow\n\n{NOT_YET_WRITTEN}\n\n"
    assert (parts[1] == f"Task\n\n{NOT_YET_WRITTEN}\n\n") == ("sky" in question)


def test_a_published_question_has_read_every_paper(repository):
    shutil.copytree(ROOT / "catalog/papers", repository / "catalog/papers")
    (repository / "catalog/models/enlarger.yml").write_text(MODEL + HOSTED)
    text = derive(Offer("q", "I upscaled a photo 3×.", ("enlarger",), ("ips",), {}), load(repository)[0])
    (repository / "catalog/questions/q.md").write_text(text.replace("status: draft", "status: published"))

    problems = [str(problem) for problem in check_all(repository)[1]]

    line = text.split("\n").index('  ips: {role: unread, because: "Derived from the records; not yet read."}') + 1
    place = f"catalog/questions/q.md:{line}:15: papers.ips.role: "
    assert place + 'the paper is marked as not yet read; give it a role, or write "status: draft"' in problems


def test_a_name_that_markdown_would_change_is_left_to_its_record(repository):
    record = MODEL.replace("name: Enlarger", 'name: "<b>*Enlarger"').replace("uses:\n", "")
    (repository / "catalog/models/enlarger.yml").write_text(record)

    text = derive(Offer("q", "Why?", ("enlarger",), (), {}), load(repository)[0])

    assert "<b>" not in text
    assert "- [@enlarger] <https://github.com/example/enlarger>" in text
