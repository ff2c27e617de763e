"""A lesson that builds on another starts from its weights, which are looked at as any are, and stand in its key."""

import json
import re
import shutil

import pytest

pytestmark = pytest.mark.torch
FIRST = "linfusion-softmax"


@pytest.fixture
def shipped(tmp_path):
    """Return a folder with a copy of the weights of the first lesson."""
    from lab.weights import SHIPPED

    for kind in ("safetensors", "json"):
        shutil.copy(SHIPPED / f"{FIRST}.{kind}", tmp_path)
    return tmp_path


def started(shipped):
    from lab import earlier
    from lab.designs.linfusion import DESIGN

    return earlier.network_of(DESIGN, FIRST, shipped)


def test_the_first_network_is_as_it_was_shipped_and_learns_no_more(shipped):
    from safetensors.torch import load_file

    network = started(shipped)
    kept = load_file(shipped / f"{FIRST}.safetensors")
    assert all(bool((value == kept[name].float()).all()) for name, value in network.state_dict().items())
    assert not network.training
    assert not any(value.requires_grad for value in network.parameters())


def test_a_lesson_does_not_start_from_weights_that_were_changed(shipped):
    from lab.checkpoints import WeightsError

    path = shipped / f"{FIRST}.safetensors"
    path.write_bytes(path.read_bytes()[:-1] + b"\x01")
    with pytest.raises(WeightsError, match="SHA-256"):
        started(shipped)


def test_a_lesson_does_not_start_from_weights_that_are_not_finite(shipped):
    from lab.checkpoints import WeightsError
    from safetensors.torch import load_file, save_file

    from catalog.digests import file_digest

    path = shipped / f"{FIRST}.safetensors"
    state = load_file(path)
    next(iter(state.values())).view(-1)[0] = float("nan")
    save_file(state, path)
    sidecar = path.with_suffix(".json")
    sidecar.write_text(json.dumps(json.loads(sidecar.read_text()) | {"sha256": file_digest(path)}))
    with pytest.raises(WeightsError, match="not finite"):
        started(shipped)


def test_a_lesson_does_not_start_from_nothing(tmp_path):
    from lab import earlier
    from lab.checkpoints import WeightsError

    from scripts.train_weights import lessons

    for start in (lambda: started(tmp_path), lambda: earlier.key_of(lessons()["linfusion-linear"], tmp_path)):
        with pytest.raises(WeightsError, match=f"python -m scripts.train_weights {FIRST}"):
            start()


def test_the_key_of_a_lesson_tells_the_weights_that_it_starts_from(shipped):
    from lab import earlier

    from catalog.digests import file_digest
    from scripts.train_weights import lessons

    known = lessons()
    path = shipped / f"{FIRST}.safetensors"
    assert earlier.key_of(known[FIRST], shipped) == {}
    assert earlier.key_of(known["linfusion-linear"], shipped) == {f"weights/{path.name}": file_digest(path)}


def test_no_lesson_reads_a_file_of_weights_by_itself():
    from catalog.load import ROOT

    lessons = {path.name: path.read_text("utf-8") for path in (ROOT / "notebooks/lab/lessons").glob("*.py")}
    assert [name for name, text in lessons.items() if re.search(r"safetensors|torch\.load|load_file", text)] == []
