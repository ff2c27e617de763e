"""What comes from one place of the vocabulary is told once, and nothing else is left out."""

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from catalog.load import load
from catalog.problems import Problem
from catalog.told_once import MOST, told_once

CATALOG = load(Path(__file__).parent / "base")[0]
CAUSES = st.sampled_from([(), ("metrics", "psnr", "range"), ("metrics", "psnr", "unit"), ("roles", "lost")])
PROBLEMS = st.lists(
    st.builds(Problem, st.sampled_from("abc"), st.integers(1, 9), st.just(1), st.just(""), st.text(), cause=CAUSES),
    unique=True,
)


@given(PROBLEMS)
def test_each_cause_that_shows_often_is_told_once_and_all_else_as_it_was(problems):
    by_cause = {cause: [p for p in problems if p.cause == cause] for cause in {p.cause for p in problems}}
    often = {cause for cause, found in by_cause.items() if cause and len(found) > MOST}
    told = list(told_once(problems, CATALOG))

    assert {p for p in problems if p.cause not in often} <= set(told)
    assert len(told) == sum(1 if cause in often else len(found) for cause, found in by_cause.items())
