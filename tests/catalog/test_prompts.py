"""Prompts are read strictly, printed to the same bytes, and every mistake is named with its place.

A case in `prompt_cases/` changes the well-formed prompt beside it (`change` once each, `everywhere`, or a whole
`prompt`), saves it in an `encoding`, and lists all problems; `titles` and `summaries` are what is read all the same.
"""

from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from catalog.prompts import Entry, Line, Prompt, parse_prompt, print_prompt, read_prompt
from tests.catalog.any_text import ON_ONE_LINE, VISIBLE, holds_a_letter, may_stand_in_a_prompt, patient

HERE = Path(__file__).parent
CASES = sorted((HERE / "prompt_cases").glob("*.yml"))
PROMPTS = sorted((HERE.parent / "prompts").glob("*.txt"))
WELL_FORMED = (HERE / "prompt_cases" / "well_formed.txt").read_text("utf-8")


def written(case: dict) -> str:
    text = case.get("prompt", WELL_FORMED)
    for old, new in case.get("change", {}).items():
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in the prompt"
        text = text.replace(old, new)
    for old, new in case.get("everywhere", {}).items():
        text = text.replace(old, new)
    return text


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_case(path, tmp_path):
    case = yaml.safe_load(path.read_text("utf-8"))
    file = tmp_path / "p.txt"
    file.write_bytes(written(case).encode(case.get("encoding", "utf-8")))

    prompt, problems = read_prompt(file, "p.txt")

    assert list(map(str, problems)) == case["problems"]
    assert (prompt is None) == any(problem.level == "error" for problem in problems)
    if "titles" in case:
        assert [entry.title for entry in (*prompt.models, *prompt.papers)] == case["titles"]
    if "summaries" in case:
        assert [entry.get("Summary").value for entry in prompt.papers] == case["summaries"]
    if prompt:
        assert print_prompt(prompt).encode() == file.read_bytes()


def test_a_file_that_is_too_large_is_refused_unread(tmp_path):
    file = tmp_path / "p.txt"
    file.write_bytes(b"x" * (2**18 + 1))

    assert list(map(str, read_prompt(file, "p.txt")[1])) == [
        "p.txt:1:1: is too large (got 262,145 bytes); at most 262,144 are allowed"
    ]
    file.write_bytes(b"x" * 2**18)
    assert not any("too large" in str(problem) for problem in read_prompt(file, "p.txt")[1])


def test_at_least_twenty_mistakes_are_known():
    assert len(CASES) >= 20


@pytest.mark.parametrize("path", PROMPTS, ids=lambda path: path.stem)
def test_a_real_prompt_is_printed_to_the_same_bytes(path):
    prompt, problems = read_prompt(path, path.name)

    assert problems == []
    assert print_prompt(prompt).encode() == path.read_bytes()


@pytest.mark.parametrize("path", PROMPTS, ids=lambda path: path.stem)
def test_every_value_stands_where_its_place_says(path):
    prompt, _ = read_prompt(path, path.name)
    lines = path.read_text("utf-8").split("\n")

    for value in (prompt.question, *(line for entry in (*prompt.models, *prompt.papers) for line in entry.lines)):
        assert lines[value.line - 1][value.column - 1 :].startswith(value.value or "None")


@pytest.mark.parametrize("number", range(len(WELL_FORMED.splitlines())))
def test_a_prompt_without_one_of_its_lines_is_not_read_as_the_same_prompt(number):
    """No line can go unnoticed: what is left either has a problem or says something else."""
    lines = WELL_FORMED.splitlines(keepends=True)
    whole, _ = parse_prompt(WELL_FORMED, "p.txt")

    prompt, problems = parse_prompt("".join(lines[:number] + lines[number + 1 :]), "p.txt")

    assert problems or prompt.content() != whole.content()


TITLES = st.text(ON_ONE_LINE, min_size=1, max_size=60).filter(holds_a_letter)
SUMMARIES = st.lists(st.text(VISIBLE, max_size=60) | st.sampled_from(["Model: x", "Paper: y", ""])).map("\n".join)
ADDRESSES = st.none() | st.from_regex(r"https?://[a-z]{1,9}\.org/[a-zA-Z0-9./]{0,20}", fullmatch=True)
REPOSITORIES = st.none() | st.from_regex(r"https://github\.com/[a-z]{1,9}/[A-Za-z0-9]{1,9}", fullmatch=True)


@st.composite
def entries(draw, with_summary: bool):
    lines = [Line("Model", draw(TITLES)), Line("Paper", draw(ADDRESSES))]
    if draw(st.booleans()):
        lines.append(Line("GitHub", draw(REPOSITORIES)))
    summary = draw(SUMMARIES.filter(may_stand_in_a_prompt))
    return Entry((*lines, *([Line("Summary", summary)] if with_summary else [])))


def distinct(entry: Entry) -> str:
    return entry.title.strip().casefold()


@patient
@given(
    TITLES,
    st.lists(entries(with_summary=False), min_size=1, max_size=3, unique_by=distinct),
    st.lists(entries(with_summary=True), max_size=3, unique_by=distinct),
)
def test_any_prompt_that_is_printed_is_read_as_it_was(question, models, papers):
    prompt = Prompt("p.txt", Line("question", question), tuple(models), tuple(papers))

    again, problems = parse_prompt(print_prompt(prompt), "p.txt")

    assert [problem for problem in problems if problem.level == "error"] == []
    assert again.content() == prompt.content()


LINES = WELL_FORMED.splitlines(keepends=True)
SPOILT = st.lists(
    st.tuples(
        st.integers(0, len(LINES) - 1),
        st.sampled_from(["", "\n", "Model: x\n", "GitHub: None\n", "\ufeff", "\r\n", "Answer:\n", '"', *LINES]),
    ),
    max_size=4,
)


@patient
@given(SPOILT)
def test_a_spoilt_prompt_is_refused_with_places_or_printed_as_it_stands(changes):
    """Whatever is read is kept to the last byte; whatever cannot be kept is refused."""
    lines = list(LINES)
    for number, line in changes:
        lines[number] = line
    text = "".join(lines)

    prompt, problems = parse_prompt(text, "p.txt")

    assert (prompt is None) == any(problem.level == "error" for problem in problems)
    assert all(problem.line >= 1 and problem.column >= 1 and problem.message for problem in problems)
    if prompt:
        assert print_prompt(prompt) == text


@patient
@given(st.text(max_size=300))
def test_a_text_that_is_no_prompt_is_refused(text):
    prompt, problems = parse_prompt(text, "p.txt")

    assert prompt is None
    assert problems
