from hypothesis import given
from hypothesis import strategies as st

from catalog.answer import NOT_YET_WRITTEN, read_answer
from catalog.costly import LONGEST

GOOD = "It is so. It is done.\n\n## Task\n\nA task.\n\n## Workflow\n\nOne.\n\nTwo.\n\n## Sources\n\nNone.\n"


def messages(body, **options):
    return [(problem.line, problem.message) for problem in read_answer(body, "a.md", 1, **options)[1]]


def test_an_answer_is_its_lead_and_three_parts():
    answer, problems = read_answer(GOOD, "a.md", 1)
    assert problems == []
    assert [(name, part.text) for name, part in answer.parts] == [
        ("lead", "It is so. It is done."),
        ("task", "A task."),
        ("workflow", "One.\n\nTwo."),
        ("sources", "None."),
    ]


@given(st.integers(1, 50), st.integers(0, 3), st.integers(0, 3))
def test_every_part_knows_the_line_of_its_first_character(first_line, above, below):
    body = "\n" * above + GOOD.replace("\n\n##", "\n\n" + "\n" * below + "##")
    answer, problems = read_answer(body, "a.md", first_line)
    lines = body.split("\n")
    assert problems == []
    for _, part in answer.parts:
        assert lines[part.line - first_line] == part.text.split("\n")[0]


def test_windows_line_ends_change_nothing():
    assert read_answer(GOOD.replace("\n", "\r\n"), "a.md", 1) == read_answer(GOOD, "a.md", 1)


def test_what_is_missing_is_told_at_the_end_and_what_is_empty_at_its_heading():
    told = messages("Lead.\n\n## Task\n\n## Sources\n\nNone.")
    assert told == [
        (3, "this part is empty; write it below its heading"),
        (7, 'the part is missing; add a heading "## Workflow" with its text'),
    ]


def test_a_draft_may_lack_parts():
    _, problems = read_answer("", "a.md", 9, draft=True)
    assert {problem.level for problem in problems} == {"notice"}
    assert [problem.field for problem in problems] == ["lead", "sources", "task", "workflow"]


def test_headings_in_code_are_no_headings():
    answer, problems = read_answer(GOOD.replace("One.", "```\n## Task\n# x\n---\n```"), "a.md", 1)
    assert problems == []
    assert "## Task" in answer.workflow.text


def test_lower_headings_may_divide_a_part():
    assert messages(GOOD.replace("One.", "### Steps")) == []


def test_a_heading_is_spelled_exactly():
    for wrong in ("##Task", "## task", " ## Task", "> ## Task", "# Task", "## Task ##"):
        told = messages(GOOD.replace("## Task", wrong))
        assert any('"## Task"' in message or "headings" in message for _, message in told), wrong


def test_a_block_of_code_ends():
    told = messages(GOOD + "\n```\nx")
    assert told == [(17, "this block of code does not end; close it with the same fence")]


def test_an_answer_does_not_begin_like_a_front_matter():
    assert messages("template: 404.html\n" + GOOD)[0][0] == 1
    assert messages("---\n" + GOOD)[0][0] == 1
    assert messages("Answer: it is so.\n" + GOOD) == []


def test_a_part_that_is_too_long_is_told_and_read_no_further():
    answer, problems = read_answer(GOOD.replace("A task.", "word " * 5000), "a.md", 1)
    assert [problem.field for problem in problems] == ["task"]
    assert len(answer.task.text) == LONGEST


def test_fifty_brackets_may_stand_open():
    assert messages(GOOD.replace("One.", "[" * 50)) == []
    for many in ("[" * 51, "![" * 51, "*[" * 51, "<!" * 51, "[ " * 51, "[a" * 51):
        assert messages(GOOD.replace("One.", many)), many
    assert messages(GOOD.replace("One.", "[a] " * 2000)) == []


def test_a_derived_answer_says_so():
    assert read_answer(GOOD.replace("One.", NOT_YET_WRITTEN), "a.md", 1)[0].not_yet_written
    assert not read_answer(GOOD, "a.md", 1)[0].not_yet_written
