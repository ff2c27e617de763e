"""The seal of a run covers all that its record says, but for what an edit of prose changes."""

import copy
import json

import pytest

from catalog.load import ROOT
from catalog.seal import is_sealed, resealed, seal_of, sealed

TEXT = (ROOT / "notebooks/outputs/fine-text-2x/run.json").read_text("utf-8")
RECORD = json.loads(TEXT)
PROVENANCE = ("device", "date", "packages", "commit", "dirty", "seed", "seconds", "peak_bytes", "python")
COVERED = [("mode",), ("id",), ("key", "code"), *(("provenance", name) for name in PROVENANCE)]
COVERED += [("trace", 0, "device"), ("results", "gain_text_x2", "value"), ("figures", "gain-by-scale", "alt")]
OTHER = "f" * 64


def with_another(*path, value="another"):
    """Return the text of a sealed run with another value at a path, and the seal that it had."""
    record = json.loads(TEXT)
    inside = record
    for step in path[:-1]:
        inside = inside[step]
    assert path[-1] in inside
    inside[path[-1]] = value
    return sealed(record).replace(seal_of(sealed(record)), RECORD["seal"])


def test_a_run_is_sealed_as_it_was_written():
    assert is_sealed(TEXT)
    assert sealed(RECORD) == TEXT


@pytest.mark.parametrize("path", COVERED, ids=lambda path: ".".join(map(str, path)))
def test_whatever_a_run_wrote_down_is_sealed(path):
    assert not is_sealed(with_another(*path))


def test_what_is_added_or_taken_away_is_seen():
    added, gone = copy.deepcopy(RECORD), copy.deepcopy(RECORD)
    added["provenance"]["driver"] = "570.124.06"
    del gone["provenance"]["device"]
    assert len({seal_of(sealed(record)) for record in (RECORD, added, gone)}) == 3


def test_an_edit_of_prose_breaks_no_seal():
    edited = with_another("provenance", "essay", value=OTHER)

    assert edited != TEXT
    assert is_sealed(edited)


def test_another_seal_is_seen_and_mended():
    edited = TEXT.replace(RECORD["seal"], OTHER)

    assert not is_sealed(edited)
    assert resealed(edited) == TEXT


@pytest.mark.parametrize("part", ["key", "results", "figures"])
def test_the_digest_of_an_essay_stands_in_its_provenance_and_nowhere_else(part):
    inside = {**RECORD[part], "essay": OTHER} if part == "key" else {**RECORD[part], "essay": {"essay": OTHER}}
    added = sealed({**RECORD, part: inside})

    assert seal_of(added) != RECORD["seal"]


def test_a_record_without_a_seal_or_in_another_layout_is_not_sealed():
    assert not is_sealed("")
    assert not is_sealed("{}")
    assert not is_sealed(json.dumps(RECORD))
    assert not is_sealed(TEXT.replace("\n ", "\n  "))


@pytest.mark.parametrize("provenance", [[], None, "x", 1])
def test_a_record_without_a_provenance_of_the_right_form_can_be_asked(provenance):
    assert seal_of(sealed({**RECORD, "provenance": provenance})) != RECORD["seal"]
