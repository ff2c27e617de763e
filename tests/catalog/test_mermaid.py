"""A diagram is made from the graph alone, and no label can become part of its grammar."""

import re
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.graph import Edge, Graph, Node, PortValue
from catalog.mermaid import diagram, escape, shown
from catalog.records import LONGEST_LABEL
from catalog.runs import TraceStep
from catalog.shapes import parse_shape
from catalog.steps import step_lines
from tests.catalog.small_world import PATIENT
from tests.patience import PATIENCE

MERMAID = Path(__file__).parents[2] / "docs/assets/vendor/mermaid/mermaid.tiny.js"
PICTURE = {"image": PortValue("image", parse_shape(["3", "2*H", "2*W"]))}
JOINER = "\u2060"

TRICKY = [
    "1. Enlarge", "- list", "* list", "# head", "> quote", "`code`", "**bold**", "_thin_ x_y", "~~old~~", "<b>x</b>",
    "[name](http://a.b)", "&amp; &#65;", 'say "hi"', "#quot; #35;", "fa:fa-car", "fas:fa-car b:fa-x", "$$x^2$$", "$$$$",
    "%%{init: {}}%%", "a;b", "end", "graph TD", "{x}", "(x)", "|x|", "<script>alert(1)</script>", "a\tb\nc",
    "\\n, \\\\n", "<img src=http://a.b/c.png>", "12× größer, 日本語", "x--y---z-->w", "...", "-", "---", "😀", "1) x",
    "ﬂ°°46¶ß", "ﬂ°lt¶ß", "style n0 fill:red", "classDef x", 'click n0 "javascript:alert(1)"', "@{shape: x}", "n0 & n1",
]  # fmt: skip


def graph_with(label, steps=1):
    """Return a chain with one label everywhere, its steps by turns models and operations."""
    middle = [
        Node(f"s{n}", "operation" if n % 2 else "model", label, run="x", inputs=PICTURE, outputs=PICTURE)
        for n in range(steps)
    ]
    nodes = (Node("in", "input", label, outputs=PICTURE), *middle, Node("out", "output", label, inputs=PICTURE))
    edges = (Edge(a.name, "image", b.name, "image", "image", PICTURE["image"].shape) for a, b in pairwise(nodes))
    return Graph(nodes, tuple(edges), "d")


def traced(step="s0"):
    shapes = {"image": (3, 48, 48)}, {"image": (3, 96, 96)}
    return TraceStep(step, "x", *shapes, seconds=0.0124, peak_bytes=None, device="cpu", weights="none")


def plain(text):
    return " ".join(text.replace(JOINER, "").split())


def test_a_diagram_is_exactly_this_text():
    """Models stand in a box with double sides, so that nobody needs to see colours."""
    assert diagram(graph_with("A 2× step", steps=2), "Fine text", "In, out.") == (
        "flowchart LR\n"
        "accTitle: Fine text\n"
        "accDescr: In, out.\n"
        'n0(["1. A 2#215; step"])\n'
        'n1[["2. A 2#215; step"]]\n'
        'n2["3. A 2#215; step"]\n'
        'n3(["4. A 2#215; step"])\n'
        'n0 -->|"3 #215; 2H #215; 2W"| n1\n'
        'n1 -->|"3 #215; 2H #215; 2W"| n2\n'
        'n2 -->|"3 #215; 2H #215; 2W"| n3\n'
    )


def test_boxes_have_the_numbers_of_the_list_of_steps():
    graph = graph_with("x", steps=5)
    numbers = re.findall(r'^n\d+\W+"(\d+)\. x"', diagram(graph, "t", "d"), re.MULTILINE)

    assert numbers == [str(line.number) for line in step_lines(graph)]


def test_up_to_three_steps_stand_in_a_row_and_more_in_a_column():
    assert diagram(graph_with("x", steps=3), "t", "d").startswith("flowchart LR\n")
    assert diagram(graph_with("x", steps=4), "t", "d").startswith("flowchart TB\n")


def test_a_run_replaces_letters_by_measured_sizes_and_adds_time_and_device():
    text = diagram(graph_with("x"), "t", "d", [traced()])
    assert 'n1[["2. x<br/>12.4 ms, cpu"]]' in text
    assert 'n0 -->|"3 #215; 48 #215; 48"| n1' in text
    assert 'n1 -->|"3 #215; 96 #215; 96"| n2' in text


def test_a_run_says_who_trained_the_weights_of_a_step_that_has_some():
    trace = replace(traced(), device="cpu, x86_64, 1 thread", weights="trained here (small)")
    assert 'n1[["2. x<br/>12.4 ms, cpu<br/>weights#58; trained here #40;small#41;"]]' in diagram(
        graph_with("x"), "t", "d", [trace]
    )


def test_the_trace_of_another_workflow_changes_nothing():
    assert diagram(graph_with("x"), "t", "d", [traced("elsewhere")]) == diagram(graph_with("x"), "t", "d")


def test_text_that_passes_along_an_arrow_is_called_text():
    nodes = (Node("in", "input", "a", outputs={"in": PortValue("text")}), Node("out", "output", "b"))
    assert 'n0 -->|"text"| n1' in diagram(Graph(nodes, (Edge("in", "in", "out", "out", "text"),), "d"), "t", "d")


def test_an_arrow_from_a_box_that_gives_several_things_says_which():
    picture = PICTURE["image"]
    first = Node("in", "operation", "a", run="x", outputs={"light": picture, "dark": picture})
    graph = Graph(
        (first, Node("out", "output", "b", inputs=PICTURE)), (Edge("in", "dark", "out", "out", "image"),), "d"
    )
    assert 'n0 -->|"dark#58; image"| n1' in diagram(graph, "t", "d")


@PATIENT
@given(st.text(max_size=60))
def test_a_label_holds_no_character_that_means_something(text):
    assert re.fullmatch(r"([A-Za-z0-9 ,.-]|#\d+;)*", escape(text))
    decoded = re.sub(r"#(\d+);", lambda code: chr(int(code[1])), escape(text))
    assert decoded.replace(JOINER, "") == " ".join(text.split()).replace(JOINER, "")


@PATIENT
@given(st.text(max_size=200), st.text(max_size=200))
def test_no_label_adds_a_line(label, title):
    assert len(diagram(graph_with(label), title, title).splitlines()) == 3 + 3 + 2


@PATIENT
@given(st.text(max_size=300))
def test_no_label_is_longer_than_eighty_characters(label):
    cut = shown(label) != escape(label)
    assert cut == (len(label) > LONGEST_LABEL)
    assert not cut or shown(label).endswith(escape("…"))


# --- in a browser ----------------------------------------------------------------------------------------------------

DRAW = """async ([id, text]) => {
    const out = document.getElementById("out");
    out.innerHTML = (await mermaid.render(id, text)).svg;
    const all = (selector) => [...out.querySelectorAll(selector)].map((found) => found.textContent);
    const foreign = "img, script, a, i, b, strong, em, li, h1, code, math, .katex";
    return { title: all("svg > title"), description: all("svg > desc"), boxes: all(".nodeLabel"),
             arrows: all(".edgeLabel p"), foreign: out.querySelectorAll(foreign).length,
             sides: out.querySelectorAll(".node polygon").length };
}"""


@pytest.fixture(scope="module")
def page(chromium):
    page = chromium.new_page()
    page.set_default_timeout(PATIENCE * 1000)
    requests = []
    page.on("request", lambda request: requests.append(request.url))
    page.set_content('<div id="out"></div>')
    page.add_script_tag(path=str(MERMAID))
    page.evaluate('mermaid.initialize({ startOnLoad: false, securityLevel: "strict" })')
    yield page
    page.close()
    assert [url for url in requests if url.startswith("http")] == []


@pytest.mark.browser
@pytest.mark.parametrize("label", TRICKY)
def test_a_browser_shows_every_label_as_it_was_written(page, label):
    """In boxes with one line and with two, on arrows, in the title and in the description."""
    text = diagram(graph_with(label), label, label, [traced()])
    # Arrows hold no label today; should they, it stays what it is.
    text = text.replace(escape("3 × 48 × 48"), escape(label))

    drawn = page.evaluate(DRAW, [f"g{TRICKY.index(label)}", text])

    wanted = " ".join(label.split())
    boxes = [f"1. {wanted}", f"2. {wanted}12.4 ms, cpu", f"3. {wanted}"]
    assert [plain(box) for box in drawn["boxes"]] == [plain(box) for box in boxes]
    assert [plain(arrow) for arrow in drawn["arrows"]] == [wanted, "3 × 96 × 96"]
    assert [plain(drawn[part][0]) for part in ("title", "description")] == [wanted, wanted]
    assert drawn["foreign"] == 0
    assert drawn["sides"] == 1, "the model stands in its own kind of box"
