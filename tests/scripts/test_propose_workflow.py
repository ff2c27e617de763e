"""A workflow is proposed for a question that is there already, and nothing is written."""

import shutil

import pytest

from catalog import cues, own_files
from catalog.drafts import Offer, derive
from catalog.load import ROOT, check_all, load
from catalog.packages import command
from scripts import propose_workflow

MODEL = """\
name: Enlarger
family: Enlarger
github: "https://github.com/example/enlarger"
"""
USES = """\
uses:
  any:
    hosted: true
    task: super-resolution
    inputs: {image: {type: image, shape: [3, H, W]}}
    outputs: {image: {type: image, shape: [3, f*H, f*W]}}
    settings: {f: {type: number, default: 4, says: "Factor."}}
"""
ASKS = "asks: {task: super-resolution, from: image, to: image, scale: 3, about: photographs}\n"
STEP = "    any: {run: enlarger, takes: image, with: {f: 3}}\n"


@pytest.fixture
def root(tmp_path):
    """Make a repository with a model whose uses nobody has written yet."""
    (tmp_path / "catalog/models").mkdir(parents=True)
    (tmp_path / "catalog/questions").mkdir()
    shutil.copy(ROOT / "catalog/vocabulary.yml", tmp_path / "catalog")
    (tmp_path / "catalog/models/enlarger.yml").write_text(MODEL)
    return tmp_path


def draft(root, question):
    """Write the draft of a question about the one model, and return its path."""
    path = root / "catalog/questions/q.md"
    path.write_text(derive(Offer("q", question, ("enlarger",), (), {}), load(root)[0]), "utf-8")
    return path


def proposed(root, capsys):
    """Run the command on the question; return its exit status, what it printed and what it complained of."""
    status = propose_workflow.main(["q", "--root", str(root)])
    printed = capsys.readouterr()
    return status, printed.out, printed.err


def test_what_is_proposed_can_be_pasted_once_a_person_has_said_what_is_asked_and_what_the_model_does(root, capsys):
    path = draft(root, "Why is the sky so blue?")
    (root / "catalog/models/enlarger.yml").write_text(MODEL + USES)
    text = path.read_text("utf-8").replace("status: draft\n", ASKS + "status: draft\n", 1)
    path.write_text(text, "utf-8")

    status, out, err = proposed(root, capsys)

    assert (status, err) == (0, "")
    assert out.startswith("workflow:\n")
    assert STEP in out
    assert path.read_text("utf-8") == text
    path.write_text(text.replace("status: draft\n", out + "status: draft\n", 1), "utf-8")
    assert [str(problem) for problem in check_all(root)[1] if problem.level == "error"] == []


def test_what_the_words_of_the_question_tell_is_proposed_with_it(root, capsys):
    path = draft(root, "I upscaled a photo 3×.")
    path.write_text(path.read_text("utf-8").replace(ASKS, ""), "utf-8")
    (root / "catalog/models/enlarger.yml").write_text(MODEL + USES)

    _, out, _ = proposed(root, capsys)

    assert out.startswith(ASKS + "workflow:\n")
    assert STEP in out


def test_a_workflow_that_is_there_stays_and_is_told_of(root, capsys):
    (root / "catalog/models/enlarger.yml").write_text(MODEL + USES)
    path = draft(root, "I upscaled a photo.")
    before = path.read_bytes()

    status, out, err = proposed(root, capsys)

    assert status == 0
    assert out in path.read_text("utf-8")
    assert err == (
        "catalog/questions/q.md: workflow: is there already; this would stand in its place\n"
        "catalog/questions/q.md: workflow: the question names no scale; choose the factor of the workflow\n"
    )
    assert path.read_bytes() == before


WHY_NOT = {
    ("Why is the sky blue?", ""): "none can be derived without the task in `asks` and the `uses` of enlarger; once "
    f"there, {command('propose_workflow', 'q')} prints one",
    ("I upscaled a photo.", ""): "none can be derived without the `uses` of enlarger; once there, "
    f"{command('propose_workflow', 'q')} prints one",
    ("I upscaled a photo.", USES.replace("super-resolution", "text-to-image")): "no use of an offered model leads, "
    "type-checked, from image to image: enlarger: Its hosted use is text to image; this question needs "
    "super-resolution.",
    ("I upscaled a photo 4×.", USES.replace("f*", "2*").split("    settings")[0]): "no use of an offered model leads, "
    "type-checked, from image to image: enlarger: It changes the size 2 times, not 4 times.",
}


@pytest.mark.parametrize(("question", "uses"), WHY_NOT)
def test_where_none_can_be_derived_one_sentence_says_why(question, uses, root, capsys):
    (root / "catalog/models/enlarger.yml").write_text(MODEL + uses)
    draft(root, question)

    assert proposed(root, capsys) == (1, "", f"catalog/questions/q.md: workflow: {WHY_NOT[question, uses]}\n")


def test_a_model_that_cannot_be_read_is_told_with_its_place(root, capsys):
    draft(root, "I upscaled a photo.")
    (root / "catalog/models/enlarger.yml").write_text(MODEL + "uses: 3\n")

    status, out, err = proposed(root, capsys)

    assert (status, out) == (1, "")
    assert err.startswith("catalog/models/enlarger.yml:4:7: uses: ")


def test_a_paper_with_the_id_of_the_question_keeps_its_problems_to_itself(root, capsys):
    draft(root, "I upscaled a photo.")
    (root / "catalog/models/enlarger.yml").write_text(MODEL + USES)
    (root / "catalog/papers").mkdir()
    for id in ("q", "unknown"):
        (root / f"catalog/papers/{id}.yml").write_text("title: 3\n")

    assert proposed(root, capsys)[0] == 0
    assert propose_workflow.main(["unknown", "--root", str(root)]) == 1
    assert "catalog/papers" not in capsys.readouterr().err


def test_a_question_that_is_not_there_is_told_with_the_one_that_was_meant(root, capsys):
    draft(root, "I upscaled a photo.")

    assert propose_workflow.main(["qq", "--root", str(root)]) == 1
    assert capsys.readouterr().err.endswith('; did you mean "q"?\n')


def test_a_model_without_a_record_is_told(root, capsys):
    draft(root, "I upscaled a photo.")
    (root / "catalog/models/enlarger.yml").unlink()

    status, _, err = proposed(root, capsys)

    assert status == 1
    assert err == "catalog/questions/q.md:6:13: models.enlarger: has no record; add catalog/models/enlarger.yml\n"


def test_cues_that_cannot_be_read_are_told_with_their_place(root, capsys, monkeypatch):
    draft(root, "Why is the sky so blue?")
    (root / "catalog/cues.yml").write_text("task: [upscal*\n")
    monkeypatch.setattr(own_files, "ROOT", root)
    monkeypatch.setattr(cues, "own_data", own_files.own_data.__wrapped__)  # what was read before is no matter
    monkeypatch.setattr(cues, "_cues", cues._cues.__wrapped__)

    status, out, err = proposed(root, capsys)

    assert (status, out) == (1, "")
    assert "catalog/cues.yml:1:7: task: the bracket opened here is not closed" in err
