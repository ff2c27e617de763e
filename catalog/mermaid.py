"""The text of a diagram, made from the typed graph alone."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from catalog.counted import seconds_in_words
from catalog.graph import Edge, Graph, Node
from catalog.problems import shortened
from catalog.records import LONGEST_LABEL
from catalog.runs import TraceStep
from catalog.shapes import describe

LONGEST_ROW = 3  # steps from left to right; more of them stand from top to bottom
REPLACED_LATE = re.compile(r":(?=fa-)|\$(?=\$)|\\(?=n)|ﬂ(?=°)|¶(?=ß)")  # icons, formulas, breaks, its own codes
BOXES = {  # told apart by their outline, not by colour
    "input": '(["{}"])',
    "operation": '["{}"]',
    "model": '[["{}"]]',
    "output": '(["{}"])',
}


def diagram(graph: Graph, title: str, description: str, trace: Sequence[TraceStep] | None = None) -> str:
    """Return the mermaid text of a graph; with the trace of a run it shows measured shapes, times, devices and weights.

    `title` and `description` are plain text for people who cannot see the picture.
    """
    measured = {step.step: step for step in trace or ()}
    numbered = list(enumerate(graph.nodes, start=1))  # as in the list beside the diagram, see catalog/steps.py
    ids = {node.name: f"n{number}" for number, node in enumerate(graph.nodes)}
    lines = [
        "flowchart " + ("LR" if len(graph.steps) <= LONGEST_ROW else "TB"),
        f"accTitle: {escape(title)}",
        f"accDescr: {escape(description)}",
        *(ids[node.name] + _box(number, node, measured.get(node.name)) for number, node in numbered),
        *(ids[edge.source] + _arrow(edge, graph, measured) + ids[edge.target] for edge in graph.edges),
    ]
    return "\n".join(lines) + "\n"


def escape(text: str) -> str:
    """Return one line in which every character but letters, digits, space, comma, point and hyphen is a code.

    What mermaid would still replace after it has read the codes is kept apart by an invisible word joiner.
    """
    apart = REPLACED_LATE.sub("\\g<0>\u2060", " ".join(text.split()))
    return re.sub(r"[^A-Za-z0-9 ,.-]", lambda found: f"#{ord(found[0])};", apart)


def shown(text: str) -> str:
    """Return what a diagram shows of a label, escaped."""
    return escape(shortened(text, LONGEST_LABEL))


def _box(number: int, node: Node, measured: TraceStep | None) -> str:
    """Return a box with its number and label, and below them time, kind of device and who trained its weights."""
    lines = [f"{number}. {shown(node.label)}"]
    if measured:
        device = measured.device.partition(",")[0]
        lines.append(shown(f"{seconds_in_words(measured.seconds)}, {device}"))
    if measured and measured.weights != "none":
        lines.append(escape(f"weights: {measured.weights}"))
    return BOXES[node.kind].format("<br/>".join(lines))


def _arrow(edge: Edge, graph: Graph, measured: Mapping[str, TraceStep]) -> str:
    """Return an arrow with the shape of what passes along it, as measured where a run tells it.

    Of a box that gives several things it begins with the port, as two of them may have one shape.
    """
    label = describe(_measured_shape(edge, measured) or edge.shape).replace(" x ", " × ") or edge.type
    port = f"{edge.source_port}: " if len(graph.node(edge.source).outputs) > 1 else ""
    return f' -->|"{shown(port + label)}"| '


def _measured_shape(edge: Edge, measured: Mapping[str, TraceStep]) -> tuple[int, ...] | None:
    """Return the shape a run saw at either end of an edge."""
    before, after = measured.get(edge.source), measured.get(edge.target)
    if before and edge.source_port in before.outputs:
        return before.outputs[edge.source_port]
    return after.inputs.get(edge.target_port) if after else None
