"""A lesson shows how far it is: a bar with the time left on a terminal, ten lines in a log."""

import io

import pytest

pytestmark = pytest.mark.torch


@pytest.fixture
def shown(monkeypatch):
    """Return a function that shows 30 steps on a terminal or in a log, and returns what was said."""
    from lab import progress
    from rich.console import Console

    def show(terminal):
        said = io.StringIO()
        made = Console(file=said, force_terminal=terminal, width=100)
        monkeypatch.setattr(progress, "Console", lambda **_: made)
        with progress.bar("a lesson", 30) as tell:
            for step in range(30):
                tell(step + 1, 1 / (step + 1))
        return said.getvalue()

    return show


def test_a_log_gets_ten_lines(shown):
    lines = shown(terminal=False).splitlines()
    assert len(lines) == 10
    assert (lines[0], lines[-1]) == ("a lesson: 3 of 30, 0.3333", "a lesson: 30 of 30, 0.0333")


def test_a_terminal_gets_a_bar_with_the_time_left(shown):
    said = shown(terminal=True)
    assert "30/30" in said
    assert "0:00:00" in said
    assert "0.0333" in said
