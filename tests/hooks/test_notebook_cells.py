"""Executed notebooks are shown: prose and figures open, code folded, outputs only of kinds that can do no harm."""

import base64
import json
import re

import pytest

from hooks.notebook_cells import (
    LARGEST_NOTEBOOK,
    LARGEST_PICTURE,
    MANY_RESULTS,
    MOST_LINES,
    NotebookError,
    Recorded,
    read_essay,
)
from hooks.page_templates import TEMPLATES
from tests.html_pages import FinishedPage

PNG = base64.b64encode(b"\x89PNG\r\n\x1a\n" + b"0" * 30).decode()
EVIL_SVG = '<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><script>alert(1)</script></svg>'


@pytest.fixture
def essay(tmp_path):
    """Return a function that reads a notebook of the given cells."""

    def read(*cells):
        path = tmp_path / "notebook.ipynb"
        path.write_text(json.dumps({"cells": list(cells), "metadata": {}, "nbformat": 4, "nbformat_minor": 5}))
        return read_essay(path, Recorded(["side-by-side"], [f"gain_{n}" for n in range(60)]))

    return read


def prose(text):
    return {"cell_type": "markdown", "metadata": {}, "source": text}


def code(*outputs, source="x = 1"):
    return {"cell_type": "code", "metadata": {}, "source": source, "outputs": list(outputs), "execution_count": 1}


def shown(metadata=None, **data):
    return {"output_type": "display_data", "data": data, "metadata": metadata or {}}


def kinds(found):
    return [part.kind for part in found.parts]


def html_of(found):
    return TEMPLATES.get_template("essay.html").render(parts=found.parts, notebook_href="n.ipynb")


def test_the_first_heading_is_the_title_and_the_others_move_down(essay):
    found = essay(prose("# Text stays *sharp*\n\nWhy?"), prose("## Because"))

    assert found.title == "Text stays sharp"
    assert "<h1" not in html_of(found)
    assert [(h.title, h.level) for h in found.headings] == [("Because", 3)]


def printed(*lines):
    return code({"output_type": "stream", "name": "stdout", "text": "".join(f"{line}\n" for line in lines)}, source="")


def test_results_printed_in_a_row_are_left_to_the_table_of_results_and_other_lines_are_not(essay):
    results = [f"gain_{n}: 1.5 dB" for n in range(MANY_RESULTS)]

    found = essay(printed("weights: trained here", *results, "gain_1 is the largest"))

    assert [(part.text, part.cut) for part in found.parts] == [
        ("weights: trained here", ""), ("", f"{MANY_RESULTS} results"), ("gain_1 is the largest", ""),
    ]  # fmt: skip
    assert f"Left out here: {MANY_RESULTS} results" in html_of(found)


def test_a_few_results_stand_open_among_what_else_was_printed(essay):
    found = essay(
        printed("before", *(f"gain_{n}: 2" for n in range(MANY_RESULTS - 1)), "after", "loss_1: 3", "loss_2: 4")
    )

    assert [(part.kind, part.text.count("\n")) for part in found.parts] == [("text", MANY_RESULTS + 2)]


def test_a_chapter_begins_with_a_cell_that_begins_with_a_heading(essay):
    found = essay(
        prose("# Title\n\nWhy?"), code(), prose("## *One*\n\nFirst.\n\n## One"), code(), prose("Second.\n\n## Late")
    )

    assert [chapter.heading and chapter.heading.text for chapter in found.chapters] == [None, "One"]
    assert [[part.kind for part in chapter.parts] for chapter in found.chapters] == [
        ["prose", "code"],
        ["prose", "code", "prose"],
    ]
    ids = FinishedPage(html_of(found)).ids
    assert found.chapters[1].heading.anchor in ids
    assert len(ids) == len(set(ids)) == 3


def test_code_is_folded_under_its_first_comment_or_its_length(essay):
    found = essay(code(source="# Draw letters\nx = 1"), code(source="x = 1\ny = '<b>'"))

    assert [part.summary for part in found.parts] == ["Draw letters", "2 lines"]
    assert html_of(found).count('<details class="ma-code">') == 2
    assert "&lt;b&gt;" in html_of(found)


def test_printed_text_is_as_a_terminal_leaves_it(essay):
    stream = {
        "output_type": "stream",
        "name": "stdout",
        "text": ["0 %\r50 %\r100 %\n", "\x1b[1mgain\x1b[0m\x07 \x1b]0;title\x07<b>\n"],
    }

    assert essay(code(stream, source="")).parts[0].text == "100 %\ngain <b>"


@pytest.mark.parametrize(
    ("given", "text"),
    [
        ("<a.Legend at 0x7f424c68a7d0>", None),
        ("<a.b.Legend>", None),
        ("<__main__.A object at 0x7f424c68a7d0>", None),
        ("[<a.B at 0x7f424c68a7d0>]", "[<a.B>]"),
        ("<a.B: 3>", "<a.B: 3>"),
        ("<b>", "<b>"),
    ],
)
def test_an_object_that_has_no_words_of_its_own_is_not_shown(essay, given, text):
    parts = essay(code(shown(**{"text/plain": given}), source="")).parts

    assert [part.text for part in parts] == [text][: text is not None]


def test_long_output_is_cut_and_says_how_much_is_missing(essay):
    stream = {"output_type": "stream", "name": "stdout", "text": "line\n" * 100}

    part = essay(code(stream, source="")).parts[0]

    assert (part.text.count("\n") + 1, part.cut) == (MOST_LINES, f"{100 - MOST_LINES} lines")


def test_a_line_without_end_is_cut_and_says_how_much_is_missing(essay):
    stream = {"output_type": "stream", "name": "stdout", "text": "x" * 300_000}

    part = essay(code(stream, source="")).parts[0]

    assert (len(part.text), part.cut) == (4_000, "296,000 characters")


@pytest.mark.parametrize(("rows", "shown_rows", "cut"), [(40, 40, ""), (41, 40, "1 row"), (9_000, 40, "8,960 rows")])
def test_a_long_table_shows_its_first_rows_and_says_how_many_are_missing(essay, rows, shown_rows, cut):
    body = "".join(f"<tr><td>{i}</td></tr>" for i in range(rows - 1))
    html = f"<table><thead><tr><th>n</th></tr></thead><tbody>{body}</tbody></table><p>after</p>"

    part = essay(code(shown(**{"text/html": html, "text/plain": "2"}), source="")).parts[0]

    assert (part.kind, part.html.count("<tr>"), part.cut) == ("table", shown_rows, cut)
    assert part.html.endswith("</tbody></table><p>after</p>")


def test_several_tables_are_left_as_they_are(essay):
    html = "".join(f"<table>{'<tr><td>1</td></tr>' * 30}</table>" for _ in range(2))

    part = essay(code(shown(**{"text/html": html, "text/plain": "2"}), source="")).parts[0]

    assert (part.kind, part.html.count("<tr>"), part.cut) == ("table", 60, "")


def test_a_table_that_is_too_large_is_left_to_the_notebook(essay):
    html = f"<table><tr><td>{'x' * 50_000}</td></tr></table>"

    part = essay(code(shown(**{"text/html": html, "text/plain": "2"}), source="")).parts[0]

    assert (part.kind, part.text, part.cut) == ("text", "", "a large table")


def test_a_recorded_figure_is_known_by_its_name(essay):
    output = shown({"model_answers": {"figure": "side-by-side"}}, **{"image/png": PNG})

    part = essay(code(output, source="")).parts[0]

    assert (part.kind, part.figure) == ("figure", "side-by-side")


def test_a_figure_that_the_run_does_not_have_is_shown_as_the_notebook_has_it(essay):
    output = shown({"model_answers": {"figure": "gone"}}, **{"image/png": PNG})

    assert kinds(essay(code(output, source=""))) == ["picture"]


FIGURE = "<Figure size 640x480 with 1 Axes>"


@pytest.mark.parametrize(
    ("cells", "output", "alt"),
    [
        (["# A claim\n\n## How wide a line is"], {"text/plain": FIGURE}, 'Picture below "How wide a line is"'),
        (["# A claim", "## One", "## Two & three"], {}, 'Picture below "Two & three"'),
        (["# A claim\n\nWords."], {"text/plain": "<PIL.Image.Image image mode=RGB>"}, 'Picture below "A claim"'),
        (["Words."], {"text/plain": "<IPython.core.display.Image object>"}, "A picture that this cell drew"),
        (["# A claim"], {"text/plain": "Six steps, from coarse to fine"}, "Six steps, from coarse to fine"),
    ],
)
def test_a_picture_that_is_no_figure_says_where_it_stands_and_never_how_python_calls_it(essay, cells, output, alt):
    found = essay(*map(prose, cells), code(shown(**{"image/png": PNG, **output}), source=""))
    assert [part.alt for part in found.parts if part.kind == "picture"] == [alt]


def test_a_picture_says_what_its_author_wrote_for_those_who_cannot_see_it(essay):
    given = {"image/png": {"alt": "A staircase of six greys."}}
    output = shown(given, **{"image/png": PNG, "text/plain": "<IPython.core.display.Image object>"})
    assert [part.alt for part in essay(prose("# A claim"), code(output, source="")).parts] == [
        "A staircase of six greys."
    ]


def test_a_picture_is_taken_only_if_its_bytes_are_those_of_its_kind(essay):
    fake = base64.b64encode(b"<script>alert(1)</script>").decode()

    assert kinds(essay(code(shown(**{"image/png": PNG, "text/plain": "p"}), source=""))) == ["picture"]
    assert kinds(essay(code(shown(**{"image/png": fake, "text/plain": "p"}), source=""))) == ["text"]
    assert kinds(essay(code(shown(**{"image/png": '"><script>', "text/plain": "p"}), source=""))) == ["text"]
    mixed = f'{PNG[:12]}"><{PNG[12:]}'  # a lenient reader would pass over the signs between
    assert kinds(essay(code(shown(**{"image/png": mixed, "text/plain": "p"}), source=""))) == ["text"]


@pytest.mark.parametrize(("more", "kind"), [(0, "picture"), (1, "text")])
def test_a_picture_that_is_too_large_for_a_page_is_left_to_the_notebook(essay, more, kind):
    svg = '<svg xmlns="http://www.w3.org/2000/svg" width="7" height="5"/>'
    given = {"image/svg+xml": svg + " " * (LARGEST_PICTURE - len(svg) + more), "text/plain": "p"}
    assert kinds(essay(code(shown(**given), source=""))) == [kind]
    png = base64.b64decode(PNG).ljust(LARGEST_PICTURE - 1 + 3 * more, b"0")
    given = {"image/png": base64.b64encode(png).decode(), "text/plain": "p"}
    assert kinds(essay(code(shown(**given), source=""))) == [kind]


def test_an_svg_becomes_an_image_in_which_nothing_runs(essay):
    page = FinishedPage(html_of(essay(code(shown(**{"image/svg+xml": EVIL_SVG}), source=""))))

    assert page.all("svg") == page.all("script") == []
    assert page.all("img")[0]["src"].startswith("data:image/svg+xml;base64,")


@pytest.mark.parametrize(
    ("mime", "data"),
    [
        ("image/png", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes([0, 0, 0, 7, 0, 0, 0, 5])),
        ("image/svg+xml", b'<svg xmlns="http://www.w3.org/2000/svg" width="7" height="5"/>'),
    ],
)
def test_a_picture_has_the_size_that_its_bytes_tell(essay, mime, data):
    given = data.decode() if mime == "image/svg+xml" else base64.b64encode(data).decode()
    [picture] = FinishedPage(html_of(essay(code(shown(**{mime: given}), source="")))).all("img")

    assert (picture["width"], picture["height"]) == ("7", "5")


def test_numbers_below_zero_have_a_real_minus_sign_in_a_table(essay):
    html = "<table><tr><th>-1x</th><td>-8.70</td><td>3-4</td><td>a -2</td><td>-b</td></tr></table>"

    part = essay(code(shown(**{"text/html": html, "text/plain": "2"}), source="")).parts[0]

    assert re.findall(r"<t[dh]>(.*?)</t[dh]>", part.html) == ["\u22121x", "\u22128.70", "3-4", "a -2", "-b"]


@pytest.mark.parametrize(
    ("cells", "numbers"),
    [(["-8.70", "1,000", "12 dB", "+3 %", "", "+4.00 ± 0.22"], True), (["1.0", "soft"], False), (["12 × 13"], False)],
)
def test_a_table_is_known_to_hold_numbers_alone(essay, cells, numbers):
    html = "<table><tr><th>name</th>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr></table>"

    assert essay(code(shown(**{"text/html": html, "text/plain": "2"}), source="")).parts[0].numbers is numbers


def test_a_column_without_a_heading_has_an_empty_cell_there(essay):
    head = '<thead><tr><th scope="col"> </th><th>dB</th></tr></thead>'
    html = f"<table>{head}<tbody><tr><th>a</th><td>1</td></tr></tbody></table>"

    part = essay(code(shown(**{"text/html": html, "text/plain": "2"}), source="")).parts[0]

    assert "<thead><tr><td></td><th>dB</th></tr></thead>" in part.html
    assert "<th>a</th>" in part.html


def test_a_table_loses_its_style_and_its_handlers(essay):
    html = "<style>*{display:none}</style><table class='dataframe evil' onclick='x()'><td id='__config'>2</td></table>"

    part = essay(code(shown(**{"text/html": html, "text/plain": "2"}), source="")).parts[0]

    assert part.kind == "table"
    assert 'class="dataframe"' in part.html
    assert "style" not in part.html
    assert "onclick" not in part.html
    assert 'id="kb-cell0-__config"' in part.html


@pytest.mark.parametrize(
    "mime",
    [
        "application/javascript",
        "application/vnd.jupyter.widget-view+json",
        "text/vnd.mermaid",
        "text/latex",
        "application/x-unknown",
    ],
)
def test_other_kinds_of_output_fall_back_to_their_text(essay, mime):
    found = essay(code(shown(**{mime: "<script>alert(1)</script>", "text/plain": "what it says"}), source=""))

    assert [(part.kind, part.text) for part in found.parts] == [("text", "what it says")]


def test_html_that_says_nothing_after_cleaning_falls_back_to_its_text(essay):
    found = essay(code(shown(**{"text/html": "<script>draw()</script>", "text/plain": "a chart"}), source=""))

    assert found.parts[0].text == "a chart"


def test_a_failed_cell_is_shown_as_failed(essay):
    error = {"output_type": "error", "ename": "ValueError", "evalue": "no <b>", "traceback": ["\x1b[31mlong\x1b[0m"]}

    found = essay(code(error))

    assert "This cell failed" in html_of(found)
    assert "ValueError: no &lt;b&gt;" in html_of(found)
    long = essay(code(error | {"evalue": "x" * 300_000}, source=""))
    assert [(part.kind, len(part.text)) for part in long.parts] == [("failed", 4_000)]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        '{"nbformat": 3, "cells": []}',
        '{"nbformat": 4, "cells": {}}',
        '{"nbformat": 4, "cells": [1]}',
        "[" * 200_000,
        '{"nbformat": 4, "cells": [\ud800]}',
    ],
    ids=["empty", "cut off", "a list", "format 3", "no list of cells", "cells of numbers", "too deep", "not UTF-8"],
)
def test_what_is_no_notebook_is_refused_in_a_sentence(tmp_path, text):
    path = tmp_path / "notebook.ipynb"
    path.write_bytes(text.encode("utf-8", "surrogatepass"))

    with pytest.raises(NotebookError, match=r"notebook\.ipynb is no"):
        read_essay(path)


def test_a_notebook_that_is_too_large_or_a_link_is_refused(tmp_path):
    path, elsewhere = tmp_path / "notebook.ipynb", tmp_path / "elsewhere.ipynb"
    whole = '{"nbformat": 4, "cells": []}'
    path.write_text(whole + " " * (LARGEST_NOTEBOOK - len(whole)))
    assert read_essay(path).parts == ()
    path.write_text(whole + " " * (LARGEST_NOTEBOOK - len(whole) + 1))
    with pytest.raises(NotebookError, match=r"notebook\.ipynb is larger than 20,971,520 bytes"):
        read_essay(path)
    path.unlink()
    elsewhere.write_text(whole)
    path.symlink_to(elsewhere)
    with pytest.raises(NotebookError, match="missing"):
        read_essay(path)


def test_a_missing_notebook_is_named(tmp_path):
    with pytest.raises(NotebookError, match="missing"):
        read_essay(tmp_path / "notebook.ipynb")


@pytest.mark.parametrize("value", [None, 7, {"a": 1}, [1, None], "text"])
def test_strange_values_anywhere_in_a_cell_do_no_harm(essay, value):
    cells = [
        {"cell_type": "markdown", "source": value},
        {"cell_type": "code", "source": value, "outputs": value},
        {"cell_type": value},
        code({"output_type": "display_data", "data": value, "metadata": value}),
        code({"output_type": "stream", "text": value}, value, shown({"model_answers": value}, **{"image/png": value})),
    ]

    html_of(essay(*cells))
