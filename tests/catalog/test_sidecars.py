"""What is told of a file of weights is relied on only while both files are as the lesson wrote them."""

import json

import pytest

from catalog.digests import file_digest
from catalog.load import ROOT
from catalog.packages import command
from catalog.run_files import OUTPUTS, read_run, run_ids
from catalog.runs import LOADED
from catalog.seal import sealed
from catalog.sidecars import not_vouched_for

AGAIN = f"; put it back as it was, or teach the lesson again with {command('train_weights', 'net-words')}"
LONGEST = 40  # minutes of CPU time: what someone waits who teaches anew what one essay loads
SHIPPED = sorted((ROOT / "notebooks/weights").glob("*.safetensors"))


@pytest.fixture
def weights(tmp_path):
    """Return a file of weights beside a sidecar that tells of it."""
    path = tmp_path / "net-words.safetensors"
    path.write_bytes(b"weights")
    told = {"sha256": file_digest(path), "lesson": {"steps": 700}, "provenance": {"seconds": 3.5}}
    path.with_suffix(".json").write_text(sealed(told))
    return path


def edit(weights, change):
    """Change what is told of weights, by hand."""
    sidecar = weights.with_suffix(".json")
    told = json.loads(sidecar.read_text())
    change(told)
    sidecar.write_text(json.dumps(told))


def test_two_files_as_they_were_written_are_relied_on(weights):
    assert not_vouched_for(weights) == []


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_nobody_changed_what_is_told_of_the_weights_that_are_shipped(path):
    assert not_vouched_for(path) == []


CHANGES = {
    "its digest of the weights": lambda told: told.update(sha256="0" * 64),
    "its steps": lambda told: told["lesson"].update(steps=7000),
    "its time": lambda told: told["provenance"].update(seconds=0.5),
    "a seal that is gone": lambda told: told.pop("seal"),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_sidecar_that_was_changed_by_hand_is_told(weights, change):
    edit(weights, change)
    said = f"net-words.json was changed by hand: its seal is not that of what it tells{AGAIN}"
    assert not_vouched_for(weights) == [said]


def test_weights_that_were_changed_are_told(weights):
    weights.write_bytes(b"other weights")
    assert not_vouched_for(weights) == [f"net-words.safetensors is not the file of which net-words.json tells{AGAIN}"]


def test_a_file_that_is_missing_is_told(weights):
    weights.unlink()
    assert not_vouched_for(weights) == [f"net-words.safetensors is missing{AGAIN}"]
    weights.with_suffix(".json").rename(weights.with_suffix(".txt"))
    weights.touch()
    missing = f"net-words.json, which tells how net-words.safetensors was taught, is missing{AGAIN}"
    assert not_vouched_for(weights) == [missing]


@pytest.mark.parametrize("text", ["{", "[]", "\udcff", "[" * 100_000], ids=["cut off", "a list", "no text", "too deep"])
def test_a_sidecar_that_cannot_be_read_is_told(weights, text):
    weights.with_suffix(".json").write_text(text, errors="surrogateescape")
    assert not_vouched_for(weights) == [f"net-words.json cannot be read{AGAIN}"]


@pytest.mark.parametrize("run_id", run_ids(ROOT))
def test_what_one_essay_loads_was_taught_in_little_time(run_id):
    """Of some weights the CPU time is that of the whole lesson by the rate of its first steps (`timed`)."""
    run, _ = read_run(ROOT / OUTPUTS / run_id, run_id, files=False)
    loaded = [ROOT / "notebooks" / part for part in run.key if part.startswith(LOADED["trained here"])]
    told = [json.loads(path.with_suffix(".json").read_text("utf-8"))["provenance"] for path in loaded]
    unknown = [path.stem for path, taught in zip(loaded, told, strict=True) if "cpu_seconds" not in taught]
    assert not unknown
    minutes = {path.stem: taught["cpu_seconds"] / 60 for path, taught in zip(loaded, told, strict=True)}
    assert sum(minutes.values()) <= LONGEST, minutes
