"""The seal of a run covers all that its record says, but for what an edit of prose changes."""

import copy
import json

import pytest

from catalog.load import ROOT
from catalog.seal import seal_of

RECORD = json.loads((ROOT / "notebooks/outputs/fine-text-2x/run.json").read_text("utf-8"))
PROVENANCE = ("device", "date", "packages", "commit", "dirty", "seed", "seconds", "peak_bytes", "python")
COVERED = [("mode",), ("id",), ("key", "code"), *(("provenance", name) for name in PROVENANCE)]
COVERED += [("trace", 0, "device"), ("results", "gain_text_x2", "value"), ("figures", "gain-by-scale", "alt")]


def with_another(*path):
    """Return the record of a run with another value at a path."""
    record = copy.deepcopy(RECORD)
    inside = record
    for step in path[:-1]:
        inside = inside[step]
    assert path[-1] in inside
    inside[path[-1]] = "another"
    return record


@pytest.mark.parametrize("path", COVERED, ids=lambda path: ".".join(map(str, path)))
def test_whatever_a_run_wrote_down_is_sealed(path):
    assert seal_of(with_another(*path)) != seal_of(RECORD)


def test_what_is_added_or_taken_away_is_seen():
    added, gone = copy.deepcopy(RECORD), copy.deepcopy(RECORD)
    added["provenance"]["driver"] = "570.124.06"
    del gone["provenance"]["device"]
    assert len({seal_of(record) for record in (RECORD, added, gone)}) == 3


@pytest.mark.parametrize("path", [("seal",), ("provenance", "essay")], ids=".".join)
def test_an_edit_of_prose_breaks_no_seal(path):
    assert seal_of(with_another(*path)) == seal_of(RECORD)


def test_the_order_in_which_a_record_is_written_is_not_sealed():
    assert seal_of(dict(reversed(RECORD.items()))) == seal_of(RECORD)


@pytest.mark.parametrize("provenance", [[], None, "x", 1])
def test_a_record_without_a_provenance_of_the_right_form_can_be_asked(provenance):
    assert seal_of(RECORD | {"provenance": provenance}) != seal_of(RECORD)
