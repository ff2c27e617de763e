"""Pages tell what a run was made with, and how long it took: by the clock, and in CPU time where the run says so."""

import pytest

from catalog.load import load
from hooks.experiments import provenance_rows, rerun_values, time_in_words
from hooks.site_facts import SiteFacts

TIMES = {
    "": {},
    "98 s": {"seconds": 98.0},
    "8 min (98 s of CPU time)": {"seconds": 480.2, "cpu_seconds": 98.0},
    "12 s": {"seconds": 12, "cpu_seconds": True},
}


@pytest.mark.parametrize("said", TIMES)
def test_waiting_is_told_apart_from_work_and_what_no_run_measured_is_left_out(said):
    assert time_in_words({"device": "cpu", **TIMES[said]}) == said


def test_what_belongs_together_stands_side_by_side_and_what_is_not_known_here_last():
    told = {"a_new_thing": "x", "commit": "0" * 40, "cpu_seconds": 98.0, "date": "2026-01-02", "seconds": 480.0}
    names = [name for name, _, _ in provenance_rows(dict(sorted(told.items())), "")]
    assert names == ["Date", "Duration", "CPU time", "Commit", "A new thing"]


def test_options_are_offered_only_where_the_essay_takes_them():
    site = SiteFacts(load()[0])
    values = {run_id: rerun_values(site, site.run(run_id), str) for run_id in ("deepart", "featsharp", "ips")}

    taken = {run_id: (found["gpu"], found["weights"]) for run_id, found in values.items()}
    assert taken == {"deepart": (True, True), "featsharp": (True, False), "ips": (False, False)}
