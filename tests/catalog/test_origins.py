"""Whose weights a run used is one fact, told by its steps and its figures."""

import pytest

from catalog.runs import Figure, Run, TraceStep


@pytest.mark.parametrize(
    ("steps", "figures", "origins"),
    [
        (["trained here"], ["none"], ("trained here",)),
        (["none"], ["untrained"], ("untrained",)),
        (["trained here", "none"], ["official", "trained here"], ("official", "trained here")),
        (["none"], ["none"], ()),
        ([], [], ()),
    ],
)
def test_a_run_used_the_weights_of_its_steps_and_of_its_figures(steps, figures, origins):
    trace = tuple(TraceStep("enlarge", "bicubic", {}, {}, 0.5, None, "cpu", origin) for origin in steps)
    drawn = {str(n): Figure("a.png", 4, 3, "Grey.", "Grey.", None, o, None) for n, o in enumerate(figures)}
    assert Run("made-up", "full", {}, {}, drawn, trace, {}).origins == origins
