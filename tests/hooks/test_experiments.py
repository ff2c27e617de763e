"""Pages tell how long a run took as it was: by the clock, and in CPU time where the run says so."""

import pytest

from hooks.experiments import time_in_words

TIMES = {
    "": {},
    "98 s": {"seconds": 98.0},
    "8 min (98 s of CPU time)": {"seconds": 480.2, "cpu_seconds": 98.0},
    "12 s": {"seconds": 12, "cpu_seconds": True},
}


@pytest.mark.parametrize("said", TIMES)
def test_waiting_is_told_apart_from_work_and_what_no_run_measured_is_left_out(said):
    assert time_in_words({"device": "cpu", **TIMES[said]}) == said
