"""What lost the line above it is put back, values and places alike."""

import pytest

from catalog.lost_lines import put_back
from catalog.records import Paper, Question
from catalog.source import read_yaml

WHOLE = """\
question: "How?"
models:
  one: {}
papers:
  two: {role: direct}
workflow:
  inputs:
    page: {type: image, label: "Page"}
  steps:
    grow: {run: one, takes: page}
  outputs:
    large: {from: grow, label: "Large"}
status: draft
"""


def restored(text, kind=Question):
    data, source, _ = read_yaml(text, "f.md")
    return put_back(kind, data, source)


@pytest.mark.parametrize("line", ["papers", "workflow"])
def test_a_question_that_loses_a_line_reads_as_if_it_had_it(line):
    data, source, (problem,) = restored(WHOLE.replace(f"{line}:\n", ""))

    assert data == restored(WHOLE)[0]
    first = next(iter(data[line]))
    assert (problem.line, problem.column, problem.field) == (*source.key_at(line, first)[:2], line)
    assert source.at("workflow", "outputs", "large", "from").line == 11


def test_what_lost_two_lines_is_put_back_below_both():
    data, _, problems = restored(WHOLE.replace("papers:\n", "").replace("workflow:\n", ""))

    assert data == restored(WHOLE)[0]
    assert [problem.field for problem in problems] == ["papers", "workflow"]


@pytest.mark.parametrize("line", ["papers", "workflow"])
def test_what_is_not_indented_below_its_line_belongs_there(line):
    before, after = WHOLE.split(f"{line}:\n")
    lines = after.split("\n")
    end = next(i for i, text in enumerate(lines) if not text.startswith(" "))
    lines[:end] = [text[2:] for text in lines[:end]]

    data, source, problems = restored("\n".join([f"{before}{line}:", *lines]))

    assert data == restored(WHOLE)[0]
    assert [problem.field for problem in problems] == [line]
    assert source.key_at(line, next(iter(data[line])))[:2] == (problems[0].line + 1, 1)


@pytest.mark.parametrize(
    ("line", "moved"),
    [
        ("  outputs:\n    large: {", "    outputs:\n      large: {"),  # too deep, and so is what stands below it
        ("  outputs:\n    large: {", "    outputs:\n    large: {"),  # too deep, and not what belongs below it
        ("  steps:\n    grow: {", "steps:\n  grow: {"),  # not deep enough; what follows then stands too deep
        ("papers:\n  two: {", "  papers:\n    two: {"),
    ],
)
def test_a_key_that_stands_too_deep_or_not_deep_enough_is_put_where_it_belongs(line, moved):
    data, source, problems = restored(WHOLE.replace(line, moved))

    assert data == restored(WHOLE)[0]
    key = moved.split(":")[0]
    assert (problems[0].line, problems[0].column) == (
        WHOLE.split(line)[0].count("\n") + 1,
        len(key) - len(key.lstrip()) + 1,
    )
    assert [source.key_at(*problem.field.split("."))[:2] for problem in problems] == [
        (problem.line, problem.column) for problem in problems
    ]


def test_an_entry_that_is_called_like_a_key_of_its_parent_is_left_alone():
    text = 'title: "A"\nfacts:\n  license: {says: "It is free.", where: "README"}\n'

    assert restored(text, Paper)[2] == []


@pytest.mark.parametrize(
    "text",
    [
        WHOLE,
        WHOLE.replace("{role: direct}", "{rule: direct}"),  # a misspelt key is no lost line
        WHOLE.replace("models:\n  one: {}\npapers:", "papers:"),  # neither are entries that all belong where they stand
        WHOLE.partition("workflow:")[0] + "  steps: {role: direct}\nstatus: draft\n",  # nor a paper that is called so
        "question: [1, 2]\nmodels: no\npapers:\n",
        "- a list\n",
        "",
    ],
)
def test_everything_else_is_left_alone(text):
    data, source, _ = read_yaml(text, "f.md")

    assert put_back(Question, data, source) == (data, source, [])


def test_a_name_that_stands_in_the_wrong_list_alone_is_no_lost_line():
    """All of it would have to move, so its line is there, but misspelt."""
    text = 'title: "A"\nfacts:\n  psnr: {metric: psnr, value: 3, where: "Table 1"}\n'

    assert restored(text, Paper)[2] == []
