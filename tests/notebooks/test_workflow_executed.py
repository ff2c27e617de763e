"""The workflow that a question describes is the one that is executed."""

import shutil

import pytest

pytestmark = pytest.mark.torch
QUESTION = "fine-text-2x"
MODEL = "sisr-any-liif-edsr"
LARGE = 16_000_000  # of four bytes: more than what is ever taken from memory that was freed before


@pytest.fixture
def workflow(monkeypatch):
    from lab import record, workflow

    monkeypatch.setattr(record, "RECORD", record.Record())
    return workflow


@pytest.fixture
def root(tmp_path):
    """Return a copy of the catalog that a test may edit."""
    from catalog.load import ROOT

    shutil.copytree(ROOT / "catalog", tmp_path / "catalog", ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    return tmp_path


def doubling(workflow, factor=None):
    import torch
    from lab.weights import Loaded

    def apply(image, s):
        return torch.nn.functional.interpolate(image[None], scale_factor=factor or s)[0]

    return {MODEL: workflow.Network(apply, Loaded(torch.nn.Identity(), "untrained", smaller=True, file=None))}


def giving(shape):
    """Return what a step may run that gives a picture of one shape, whatever it takes."""
    import torch

    return lambda **_: torch.rand(shape)


def executed(workflow, root=None, networks=None, shape=(3, 5, 6)):
    import torch

    from catalog.load import ROOT

    picture = torch.rand(shape)
    networks = doubling(workflow) if networks is None else networks
    return workflow.run(QUESTION, {"screenshot": picture}, networks, torch.device("cpu"), root or ROOT)


def test_the_question_s_steps_run_and_leave_a_trace(workflow):
    from lab import record

    outputs = executed(workflow)

    assert {name: tuple(value.shape) for name, value in outputs.items()} == {"sharp": (3, 10, 12)}
    (step,) = record.RECORD.trace
    assert (step["step"], step["run"]) == ("enlarge", MODEL)
    assert (step["weights"], step["smaller"]) == ("untrained", True)
    assert (step["in"], step["out"]) == ({"image": [3, 5, 6]}, {"image": [3, 10, 12]})
    assert step["seconds"] >= 0


def test_a_step_s_time_and_memory_are_measured_and_the_spec_s_digest_is_kept(workflow):
    import time

    import torch
    from lab import record

    from catalog.load import ROOT, load
    from catalog.workflow import spec_digest

    network = doubling(workflow)[MODEL]

    def busy(image, s):
        held, clock, processor = torch.ones(LARGE), time.perf_counter(), time.process_time()
        while min(time.perf_counter() - clock, time.process_time() - processor) < 0.02:
            held += 1
        return network.apply(image, s)

    executed(workflow, networks={MODEL: workflow.Network(busy, network.weights)})

    (step,) = record.RECORD.trace
    assert step["seconds"] >= 0.02
    assert step["peak_bytes"] is None or step["peak_bytes"] > 2 * LARGE, "a system may not tell"
    assert record.RECORD.workflows == {QUESTION: spec_digest(load(ROOT)[0].questions[QUESTION])}


@pytest.mark.parametrize(("known", "told"), [(True, "official"), (False, "given by the user (digest not known)")])
def test_a_trace_calls_weights_official_only_where_a_record_gives_their_digest(workflow, known, told):
    from lab import record
    from lab.weights import Loaded

    network = doubling(workflow)[MODEL]
    given = Loaded(network.weights.network, "official", smaller=False, file="net.pth", known=known)
    executed(workflow, networks={MODEL: workflow.Network(network.apply, given)})

    assert [step["weights"] for step in record.RECORD.trace] == [told]


def test_an_edit_of_the_spec_changes_what_is_executed(workflow, root):
    from lab import record

    path = root / "catalog" / "questions" / f"{QUESTION}.md"
    text = path.read_text("utf-8")
    edited = text.replace("takes: screenshot, with: {s: 2}", "takes: half, with: {s: 4}").replace(
        "  steps:\n", "  steps:\n    half: {run: bicubic, takes: screenshot, with: {s: 0.5}}\n"
    )
    assert edited != text
    path.write_text(edited, "utf-8")

    executed(workflow, root, shape=(3, 8, 10))

    assert [(s["step"], s["run"]) for s in record.RECORD.trace] == [("half", "bicubic"), ("enlarge", MODEL)]
    assert record.RECORD.trace[0]["out"] == {"image": [3, 4, 5]}


def test_a_shape_that_is_not_the_declared_one_is_refused(workflow):
    with pytest.raises(workflow.WorkflowError, match="declared as 3 x 2H x 2W"):
        executed(workflow, networks=doubling(workflow, 3))


def with_step(root, step):
    """Put a bicubic step before the question's own."""
    path = root / "catalog" / "questions" / f"{QUESTION}.md"
    text = path.read_text("utf-8")
    edited = text.replace("takes: screenshot, with: {s: 2}", "takes: half, with: {s: 4}")
    path.write_text(edited.replace("  steps:\n", f"  steps:\n    half: {step}\n"), "utf-8")


@pytest.mark.parametrize(("shape", "right"), [((3, 2, 4), True), ((3, 3, 4), True), ((3, 4, 4), False)])
def test_a_side_of_half_a_pixel_may_be_rounded_either_way_and_no_further(workflow, root, monkeypatch, shape, right):
    with_step(root, "{run: bicubic, takes: screenshot, with: {s: 0.5}}")
    monkeypatch.setitem(workflow.OPERATIONS, "bicubic", giving(shape))
    four = {MODEL: workflow.Network(giving((3, 10, 16)), doubling(workflow)[MODEL].weights)}

    if right:
        assert executed(workflow, root, four, shape=(3, 5, 8))["sharp"].shape == (3, 10, 16)
    else:
        with pytest.raises(workflow.WorkflowError, match=r"half gives image as \[3, 4, 4\], declared as"):
            executed(workflow, root, four, shape=(3, 5, 8))


@pytest.mark.parametrize("shape", [(3, 11, 12), (3, 10, 13), (1, 10, 12), (3, 10), (3, 10, 12, 1)])
def test_a_picture_that_is_off_by_one_in_any_way_is_refused(workflow, shape):
    wrong = workflow.Network(giving(shape), doubling(workflow)[MODEL].weights)
    with pytest.raises(workflow.WorkflowError, match="declared as 3 x 2H x 2W"):
        executed(workflow, networks={MODEL: wrong})


def test_a_network_that_gives_other_ports_than_declared_is_refused(workflow):
    network = doubling(workflow)[MODEL]
    other = workflow.Network(lambda image, s: {"picture": network.apply(image, s)}, network.weights)
    with pytest.raises(workflow.WorkflowError, match=r"gives \['picture'\], not \['image'\]"):
        executed(workflow, networks={MODEL: other})


def test_an_input_that_is_missing_is_named(workflow):
    import torch

    from catalog.load import ROOT

    with pytest.raises(workflow.WorkflowError, match="the input screenshot is missing"):
        workflow.run(QUESTION, {}, doubling(workflow), torch.device("cpu"), ROOT)


def test_a_size_may_have_a_long_name(workflow, root):
    path = root / "catalog" / "questions" / f"{QUESTION}.md"
    text = path.read_text("utf-8")
    edited = text.replace("shape: [3, H, W]", "shape: [3, rows, columns]")
    assert edited != text
    path.write_text(edited, "utf-8")

    assert executed(workflow, root)["sharp"].shape == (3, 10, 12)
    with pytest.raises(workflow.WorkflowError, match="declared as 3 x 2·rows x 2·columns"):
        executed(workflow, root, networks=doubling(workflow, 3))


def test_an_input_of_the_wrong_shape_is_refused(workflow):
    with pytest.raises(workflow.WorkflowError, match="input screenshot"):
        executed(workflow, shape=(1, 5, 6))


def test_a_model_without_a_network_is_refused(workflow):
    with pytest.raises(workflow.WorkflowError, match=MODEL):
        executed(workflow, networks={})


def test_an_unknown_question_is_refused(workflow):
    import torch

    with pytest.raises(workflow.WorkflowError, match="no question"):
        workflow.run("nothing", {}, {}, torch.device("cpu"))
