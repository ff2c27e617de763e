import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.answer import Passage
from catalog.load import ROOT
from catalog.notations import (
    Citation,
    FigureRef,
    ReasoningMark,
    ResultRef,
    blocks,
    code_spans,
    misspelt,
    place,
    scan,
    without,
)

NOTATIONS = ["[@a]", "[@a-b#c]", "[= a.b - 1]", "![x](run:a/b)", " [reasoning]"]
PIECES = [*NOTATIONS, "`", "``", "\n\n", "> ", "- ", "word ", "```\n", "\\", "[", "]", "!["]
TEXTS = st.lists(st.sampled_from(PIECES), max_size=30).map("".join)


def found(text):
    return scan(Passage(text, 1))


def test_the_four_notations_are_found_where_they_stand():
    text = "A [@net] and [@net#fact]: [= a.b - c@d-2].\n\n![Two letters](run:fine-text/x2) [reasoning]"
    citation, fact, result, figure, mark = found(text)
    assert (citation.id, citation.fact) == ("net", None)
    assert (fact.id, fact.fact) == ("net", "fact")
    assert result.expression == " a.b - c@d-2"
    assert (figure.run, figure.name, figure.alt) == ("fine-text", "x2", "Two letters")
    assert isinstance(mark, ReasoningMark)
    assert text[result.expression_start :].startswith(" a.b")
    assert text[figure.alt_start :].startswith("Two letters")


@given(TEXTS)
def test_a_notation_is_what_stands_between_its_offsets(text):
    opening = {Citation: "[@", ResultRef: "[=", FigureRef: "![", ReasoningMark: "[reasoning]"}
    last = 0
    for notation in found(text):
        assert last <= notation.start < notation.end <= len(text)
        assert text[notation.start : notation.end].startswith(opening[type(notation)])
        last = notation.end


@given(TEXTS)
def test_code_holds_no_notation(text):
    spans = code_spans(Passage(text, 1))
    for notation in found(text):
        assert all(notation.start < start or notation.start >= end for start, end in spans)


def test_code_is_what_markdown_shows_as_code():
    assert found("`[@a]` ``[@b] ` [@c]`` [@d]") == [Citation("d", None, 23, 27)]
    assert found("```\n[@a]\n```\n[@b]") == [Citation("b", None, 13, 17)]
    assert [n.id for n in found("a ` b\n\n[@c] ` d")] == ["c"]  # a code span ends with its paragraph
    assert found("\\[@a] and \\\\[@b]") == [Citation("b", None, 12, 16)]


def test_reasoning_marks_the_end_of_a_paragraph_an_item_or_nothing():
    assert len(found("One. [reasoning]\n\n- two [reasoning]\n- three [reasoning]  \n\nfour\nfive [reasoning]")) == 4
    assert found("One [reasoning] two.") == []
    assert len(misspelt(Passage("One [reasoning] two.", 1))) == 1


def test_what_is_nearly_a_notation_is_told():
    for text in (
        "[@a",
        "[= a.b",
        "![a](b.png)",
        '![a](run:b/c "t")',
        "![a][b]",
        "![a [b]](run:c/d)",
        "[@" + "a" * 600 + "]",
    ):
        assert misspelt(Passage(text, 1)), text


@given(TEXTS)
def test_blocks_cover_every_line_that_is_not_blank_once(text):
    kept = without(text, [(block.start, block.end) for block in blocks(Passage(text, 1))])
    assert kept.strip() == ""
    ends = [(block.start, block.end) for block in blocks(Passage(text, 1))]
    assert all(end <= start for (_, end), (start, _) in pairwise(ends))


def test_each_item_of_a_list_is_a_block_of_its_own():
    text = "Text.\n\n- one\n  more\n- two\n\n> said\n> so\n\n### Title\n| a |\n| b |\n\n~~~\n- x\n\n~~~"
    passage = Passage(text, 1)
    assert [block.kind for block in blocks(passage)] == [
        "paragraph",
        "item",
        "item",
        "quote",
        "heading",
        "table",
        "code",
    ]
    assert text[blocks(passage)[-1].start :] == "~~~\n- x\n\n~~~"


@given(TEXTS, st.integers(1, 9), st.data())
def test_a_place_counts_lines_and_columns_from_one(text, line, data):
    offset = data.draw(st.integers(0, max(len(text) - 1, 0)))
    at_line, at_column = place(Passage(text, line), offset)
    lines = text.split("\n")
    assert sum(len(row) + 1 for row in lines[: at_line - line]) + at_column - 1 == offset


@pytest.mark.parametrize(
    "address",
    [
        "run:fine-text/x2.webp",
        "run:fine-text.x2",
        "run:fine-text/figures/x2.png",
        "run:notebooks/outputs/fine-text/x2.webp",
        "fine-text/x2",
        "../outputs/fine-text/x2.svg",
        "run:/fine-text/x2/",
    ],
)
def test_what_names_a_figure_otherwise_is_told_its_right_form(address):
    [found] = misspelt(Passage(f"![A letter]({address})", 1))
    assert found.message.endswith(f'(got "{address}"); write run:run/figure; did you mean "run:fine-text/x2"?')


@pytest.mark.parametrize("address", ["letter.png", "https://example.org/a/b.png", "run:x2", "run:", "run:a/B c"])
def test_what_tells_no_run_and_figure_is_guessed_at_by_nobody(address):
    assert not any("did you mean" in found.message for found in misspelt(Passage(f"![A letter]({address})", 1)))


@pytest.mark.parametrize("place", ["catalog/*.py", "hooks/*.py", "hooks/templates/*.html", "CONTRIBUTING.md"])
def test_a_notation_that_an_author_is_told_is_spelled_in_one_way(place):
    other = re.compile(r"\[= [\w{]|\[[@=][A-Z]{2,}\b|\b[A-Z]{2,}[.@#/](?:RESULT|KEY|NUMBER|FACT|FIGURE)\b")
    for path in ROOT.glob(place):
        assert other.findall(path.read_text(encoding="utf-8")) == [], path.name
