"""A verdict follows from the records, and each of its reasons names the line it rests on."""

import pytest

from catalog import fit
from tests.catalog.small_world import MODELS, question, world

PLAIN = """
inputs: {photo: {type: image, label: "A photo"}}
steps: {enlarge: {run: bicubic, takes: photo, with: {s: 2}}}
outputs: {large: {from: enlarge, label: "Large"}}
"""
FOLLOWED = """
inputs: {photo: {type: image, label: "A photo"}}
steps:
  enlarge: {run: bicubic, takes: photo, with: {s: 2}}
  sharpen: {run: steadier, takes: enlarge}
outputs: {large: {from: sharpen, label: "Large"}}
"""
REPAINTED = """
inputs: {photo: {type: image, label: "A photo"}, words: {type: text, label: "Words"}}
steps:
  enlarge: {run: bicubic, takes: photo, with: {s: 2}}
  repaint: {run: painter.repaint, takes: {image: enlarge, prompt: words}, with: {strength: 0.5}}
outputs: {large: {from: repaint, label: "Large"}}
"""


def asking(scale="scale: 2, ", about="photographs", task="super-resolution", start="image", end="image"):
    return f"{{task: {task}, from: {start}, to: {end}, {scale}about: {about}}}"


def verdict(model, workflow=PLAIN, asks=None, **models):
    catalog = world(**models)
    asked = question(workflow, asks=asks or asking(), models=catalog.models)
    return fit.verdict(asked, catalog.models[model], catalog)


def texts(found):
    return [reason.text for reason in found.reasons]


# --- does this job ---------------------------------------------------------------------------------------------------


def test_a_model_whose_hosted_use_enlarges_as_asked_does_the_job():
    found = verdict("enlarger")

    assert (found.kind, found.inside, found.use) == ("does-this-job", True, "enlarge")
    assert texts(found) == [
        "Its hosted use is super-resolution, as this question needs.",
        "It can enlarge by 2×.",
        "It was trained on photographs, and this question is about photographs.",
    ]


def test_what_it_was_trained_on_does_not_change_what_it_is():
    found = verdict("enlarger", asks=asking(about="line-drawings"))
    assert (found.kind, found.inside) == ("does-this-job", False)
    assert texts(found)[-1] == "It was trained on photographs; this question is about line drawings."


def test_a_record_that_does_not_say_what_it_was_trained_on_is_neither_inside_nor_outside():
    assert verdict("painter").inside is None


@pytest.mark.parametrize(
    ("model", "scale", "kind"),
    [
        ("enlarger", "scale: 8, ", "does-this-job"),
        ("enlarger", "scale: 2.5, ", "does-this-job"),
        ("enlarger", "scale: 9, ", "has-no-place"),
        ("enlarger", "scale: 0.5, ", "has-no-place"),
        ("enlarger", "", "does-this-job"),
        ("doubler", "scale: 2, ", "does-this-job"),
        ("doubler", "scale: 3, ", "has-no-place"),
        ("doubler", "", "does-this-job"),
    ],
)
def test_the_hosted_use_has_to_reach_the_asked_scale(model, scale, kind):
    """By itself or by one setting within its limits; where no scale is asked, any enlargement will do."""
    assert verdict(model, asks=asking(scale)).kind == kind


@pytest.mark.parametrize(
    ("shape", "setting", "scale", "kind"),
    [
        ("[3, 2*k*H, 2*k*W]", "{type: integer, minimum: 1, maximum: 2, says: F.}", "scale: 4, ", "does-this-job"),
        ("[3, 2*k*H, 2*k*W]", "{type: integer, minimum: 1, maximum: 2, says: F.}", "scale: 3, ", "has-no-place"),
        ("[3, H/k, W/k]", "{type: number, minimum: 0.25, maximum: 2, says: F.}", "scale: 4, ", "does-this-job"),
        ("[3, H/k, W/k]", "{type: number, minimum: 0.25, maximum: 2, says: F.}", "", "does-this-job"),
        ("[3, H/k, W/k]", "{type: number, minimum: 1, maximum: 2, says: F.}", "", "has-no-place"),
        ("[3, k*H, k*W]", "{type: number, maximum: 1, says: F.}", "", "has-no-place"),
        ("[3, k*H, W]", "{type: number, says: F.}", "scale: 2, ", "has-no-place"),
        ("[3, 512, 512]", "{type: number, says: F.}", "scale: 2, ", "has-no-place"),
    ],
)
def test_a_scale_that_hangs_on_a_setting_is_solved_for_it(shape, setting, scale, kind):
    model = f"""
        name: Other-Net
        family: Other
        uses:
          enlarge:
            hosted: true
            task: super-resolution
            inputs: {{image: {{type: image, shape: [3, H, W]}}}}
            outputs: {{image: {{type: image, shape: {shape}}}}}
            settings: {{k: {setting}}}
        """
    assert verdict("other", asks=asking(scale), other=model).kind == kind


def test_a_question_that_asks_for_no_size_is_content_with_any():
    asks = asking(scale="", task="motion-deblurring")
    assert verdict("steadier", workflow=None, asks=asks).kind == "does-this-job"


# --- can be a step ---------------------------------------------------------------------------------------------------


def test_a_model_that_stands_in_the_workflow_and_helps_can_be_a_step():
    found = verdict("steadier", FOLLOWED)

    assert (found.kind, found.use) == ("can-be-a-step", "steady")
    assert texts(found) == [
        "Its hosted use is motion deblurring; this question needs super-resolution.",
        "It returns the size it is given.",
        'Here it is the step "Steadier-Net".',
        "An enlarged picture has soft edges.",
        "It was trained on photographs, and this question is about photographs.",
    ]


def test_a_use_that_is_not_hosted_may_be_the_step():
    found = verdict("painter", REPAINTED)

    assert (found.kind, found.use) == ("can-be-a-step", "repaint")
    assert texts(found) == [
        "Its hosted use is text to image; this question needs super-resolution.",
        "Its hosted use takes text, not a picture.",
        'Here it is the step "Painter-Net".',
        "That step is image to image, a use that is not the hosted one.",
        "It is documented here: repository, README.",
        "It can paint detail.",
        "Its record names no kind of picture that it learned from.",
    ]


def test_a_model_that_enlarges_too_little_can_be_a_step_of_a_larger_enlargement():
    workflow = FOLLOWED.replace("run: steadier", "run: doubler")
    assert verdict("doubler", workflow, asking("scale: 4, ")).kind == "can-be-a-step"
    assert verdict("doubler", FOLLOWED, asking("scale: 4, ")).kind == "has-no-place"


def test_each_reason_names_the_line_it_rests_on():
    """The line is where the value stands, in the record of the model, the question or the vocabulary."""
    found = verdict("steadier", FOLLOWED)
    lines = {reason.field: (reason.file, reason.line) for reason in found.reasons}

    assert lines["uses.steady.task"] == ("catalog/models/steadier.yml", MODELS["steadier"].split("\n").index(
        "            task: motion-deblurring"
    ) + 1)  # fmt: skip
    assert lines["workflow.steps.sharpen"][0] == "catalog/questions/how.md"
    assert lines["tasks.motion-deblurring.helps.super-resolution"][0] == "catalog/vocabulary.yml"
    assert all(line > 1 for _, line in lines.values())


# --- has no place ----------------------------------------------------------------------------------------------------


def test_a_model_that_no_step_runs_has_no_place():
    found = verdict("steadier", PLAIN)
    assert (found.kind, found.use) == ("has-no-place", None)
    assert "No step of the workflow runs it." in texts(found)


def test_a_workflow_with_a_mistake_gives_nobody_a_place():
    found = verdict("steadier", FOLLOWED.replace("run: bicubic", "run: bicubik"))
    assert found.kind == "has-no-place"
    assert "No workflow shows yet where it could stand." in texts(found)


def test_a_step_beside_the_way_is_no_place():
    """The painted picture comes from words alone; nothing of the photograph passes through it."""
    workflow = """
        inputs: {photo: {type: image, label: "A photo"}, words: {type: text, label: "Words"}}
        steps:
          enlarge: {run: bicubic, takes: photo, with: {s: 2}}
          paint: {run: painter, takes: words}
        outputs: {large: {from: enlarge, label: "Large"}, painted: {from: paint, label: "Painted"}}
        """
    assert verdict("painter", workflow).kind == "has-no-place"


def test_a_way_that_does_not_enlarge_as_asked_is_not_the_way():
    """What comes out sharper but no larger only stands beside the answer."""
    workflow = """
        inputs: {photo: {type: image, label: "A photo"}}
        steps:
          enlarge: {run: bicubic, takes: photo, with: {s: 2}}
          sharpen: {run: steadier, takes: photo}
        outputs: {large: {from: enlarge, label: "Large"}, sharp: {from: sharpen, label: "Sharp"}}
        """
    found = verdict("steadier", workflow)
    assert found.kind == "has-no-place"
    assert 'Its step "Steadier-Net" does not lie on the way from what is given to what is asked.' in texts(found)


def test_a_task_that_is_not_known_to_help_gives_no_place():
    workflow = FOLLOWED.replace("run: steadier", "run: other")
    other = MODELS["steadier"].replace("motion-deblurring", "text-to-image")
    found = verdict("other", workflow, other=other)
    assert found.kind == "has-no-place"
    idle = "Here it would do text to image, which is not known to help super-resolution."
    assert idle in texts(found)


def test_a_record_without_uses_says_so():
    assert texts(verdict("newcomer"))[0] == "Its record does not say yet how it is run."


# --- questions -------------------------------------------------------------------------------------------------------


def test_verdicts_come_in_the_order_offered_without_models_that_have_no_record():
    offered = ["painter", "missing", "enlarger"]
    assert list(fit.verdicts(question(PLAIN, models=offered, asks=asking()), world())) == ["painter", "enlarger"]


def test_nobody_is_judged_before_the_question_says_what_it_asks():
    silent = question(PLAIN, asks=None)
    assert fit.verdicts(silent, world()) == {}
    with pytest.raises(ValueError, match="does not say yet what it asks"):
        fit.verdict(silent, world().models["enlarger"], world())


def test_a_reason_is_told_to_the_author_once_for_each_model_that_lacks_it():
    found = question(FOLLOWED, models=["steadier", "painter"], asks=asking())
    problems = list(fit.problems(world(found)))
    assert [(problem.field, problem.level) for problem in problems] == [
        ("models.steadier", "notice"),
        ("models.painter", "notice"),
    ]


def test_a_broken_contract_is_not_judged():
    """Its record has a problem, and the verdict would only be an echo of it."""
    broken = MODELS["enlarger"].replace("[3, s*H, s*W]", "[3, s*H, t*W]")
    found = question(PLAIN, models=["broken"], asks=asking())
    assert list(fit.problems(world(found, broken=broken))) == []


# --- the five questions ----------------------------------------------------------------------------------------------


def test_of_the_five_given_questions_one_model_does_the_job(real_catalog):
    given = ("poster-thin-lines", "brushstrokes-12x", "fine-text-2x", "phone-3x", "smooth-3x")
    found = {id: list(fit.verdicts(real_catalog.questions[id], real_catalog).values()) for id in given}

    assert {id: [(verdict.kind, verdict.use) for verdict in verdicts] for id, verdicts in found.items()} == {
        "poster-thin-lines": [("can-be-a-step", "deblur")],
        "brushstrokes-12x": [("can-be-a-step", "image-to-image")],
        "fine-text-2x": [("does-this-job", "enlarge")],
        "phone-3x": [("can-be-a-step", "deblur")],
        "smooth-3x": [("can-be-a-step", "deblur")],
    }
    assert found["fine-text-2x"][0].inside is False


@pytest.fixture(scope="module")
def real_catalog():
    from catalog.load import load

    catalog, _ = load()
    return catalog
