"""The boxes of a diagram as an ordered list, for everybody who cannot see the diagram."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from catalog.counted import all_digits
from catalog.graph import Edge, Graph, Kind, Node, PortValue
from catalog.shapes import describe


@dataclass(frozen=True)
class Passed:
    """What a box takes or gives by one port.

    Attributes:
        port: the port of this box.
        type: a port type of the vocabulary.
        shape: such as `3 x 2H x 2W`; empty when there is none or nobody said.
        label: the box it comes from, plain text; empty for what is given. Where several boxes are called so it begins
            with the number of the one that is meant, and where that gives several things it ends in the port.
    """

    port: str
    type: str
    shape: str = ""
    label: str = ""


@dataclass(frozen=True)
class StepLine:
    """One entry of the list: an input, a step or an output, numbered from 1.

    Attributes:
        label: plain text, not escaped.
        record_id: the model's id, for a link to its page; None for everything that is no model.
        use: the name of the model's use; `source` is where it is documented when it is not the hosted one.
        settings: the value of each setting, such as `12` or `0.4`.
        notes: what a caller must know of a port beyond its type and shape, by port.
    """

    number: int
    name: str
    label: str
    kind: Kind
    takes: tuple[Passed, ...]
    gives: tuple[Passed, ...]
    record_id: str | None
    use: str | None
    hosted: bool
    source: str | None
    settings: dict[str, str]
    notes: dict[str, str]

    @property
    def takes_text(self) -> str:
        """What it takes, in words: the boxes before it, with the port where there are several."""
        several = len(self.takes) > 1
        return ", ".join(f"{passed.label} ({passed.port})" if several else passed.label for passed in self.takes)

    @property
    def gives_text(self) -> str:
        """What it gives, in words: the shape where there is one, else the type."""
        several = len(self.gives) > 1
        return ", ".join((f"{given.port}: " if several else "") + (given.shape or given.type) for given in self.gives)


def step_lines(graph: Graph) -> tuple[StepLine, ...]:
    """Return the boxes of a graph in an order in which each follows those it takes from."""
    labels = _labels(graph)
    return tuple(_line(number, node, graph.into(node.name), labels) for number, node in enumerate(graph.nodes, start=1))


def _labels(graph: Graph) -> dict[tuple[str, str], str]:
    """Return by node and port what people call the thing that comes out there, so that no two are called alike."""
    often = Counter(node.label for node in graph.nodes)
    labels = {}
    for number, node in enumerate(graph.nodes, start=1):
        label = node.label if often[node.label] == 1 else f"{number}. {node.label}"
        for port in node.outputs:
            labels[node.name, port] = label if len(node.outputs) == 1 else f"{label}: {port}"
    return labels


def value_text(value: float | str) -> str:
    """Return the value of a setting as people write it."""
    return value if isinstance(value, str) else all_digits(value)


def _line(number: int, node: Node, edges: tuple[Edge, ...], labels: dict[tuple[str, str], str]) -> StepLine:
    """Return the entry of one box."""
    return StepLine(
        number=number,
        name=node.name,
        label=node.label,
        kind=node.kind,
        takes=tuple(Passed(e.target_port, e.type, describe(e.shape), labels[e.source, e.source_port]) for e in edges),
        gives=tuple(_given(port, value) for port, value in (node.outputs or node.inputs).items()),
        record_id=node.record_id,
        use=node.use,
        hosted=node.hosted,
        source=node.source,
        settings={name: value_text(value) for name, value in node.settings.items()},
        notes=dict(node.notes),
    )


def _given(port: str, value: PortValue) -> Passed:
    """Return what one port gives; an output gives what it takes."""
    return Passed(port, value.type, describe(value.shape))
