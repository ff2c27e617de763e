"""The typed graph of a workflow: what goes from where to where."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Literal

from catalog.shapes import Shape

Kind = Literal["input", "operation", "model", "output"]


@dataclass(frozen=True)
class PortValue:
    """What passes through a port.

    Attributes:
        type: a port type of the vocabulary, such as image.
        shape: its size along each axis, such as 3 x 2H x 2W; None when there is none or it could not be found out.
        range: lowest and highest value; None when nobody said.
    """

    type: str
    shape: Shape | None = None
    range: tuple[float, float] | None = None


@dataclass(frozen=True)
class Node:
    """A box of the diagram: an input, a step or an output.

    Attributes:
        name: its key in the record; no two nodes of a graph share one.
        kind: an operation has no learned weights, a model has.
        label: its name for people, plain text.
        run: what the record says after `run:`; None for inputs and outputs.
        record_id: the model's id; None for everything else.
        use: the name of the model's use; None for everything else.
        hosted: whether that use is the hosted one.
        source: where a use that is not hosted is documented.
        settings: all settings with their values, the defaults included.
        inputs: what comes in by each port; the only port of an output is called as the output.
        outputs: what goes out by each port; the only port of an input is called as the input.
        notes: what a caller must know of a port beyond its type and shape, by port.
    """

    name: str
    kind: Kind
    label: str
    run: str | None = None
    record_id: str | None = None
    use: str | None = None
    hosted: bool = False
    source: str | None = None
    settings: Mapping[str, float | str] = field(default_factory=dict)
    inputs: Mapping[str, PortValue] = field(default_factory=dict)
    outputs: Mapping[str, PortValue] = field(default_factory=dict)
    notes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Edge:
    """A line of the diagram, from a port of one node to a port of another."""

    source: str
    source_port: str
    target: str
    target_port: str
    type: str
    shape: Shape | None = None


@dataclass(frozen=True)
class Graph:
    """A workflow that has passed all checks.

    Attributes:
        nodes: inputs, steps and outputs; each step after the steps it takes from.
        edges: by the order of their target, then of its ports.
        digest: of the record's workflow (see `workflow.spec_digest`).
        ways: each input with an output that depends on it and is what the question asks for.
    """

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    digest: str
    ways: tuple[tuple[str, str], ...] = ()

    @property
    def steps(self) -> tuple[Node, ...]:
        """The nodes that do something."""
        return tuple(node for node in self.nodes if node.run is not None)

    def node(self, name: str) -> Node:
        """Return the node of that name.

        Raises:
            KeyError: there is none.
        """
        return {node.name: node for node in self.nodes}[name]

    def into(self, name: str) -> tuple[Edge, ...]:
        """Return the edges that end at a node."""
        return tuple(edge for edge in self.edges if edge.target == name)

    def upstream(self, name: str) -> frozenset[str]:
        """Return the names of all nodes on whose results a node depends."""
        return behind(name, [(edge.source, edge.target) for edge in self.edges])

    def on_the_way(self, name: str) -> bool:
        """Tell whether a node lies between what is given and what is asked for."""
        return any(start in self.upstream(name) and name in self.upstream(end) for start, end in self.ways)


def behind(name: str, connections: Collection[tuple[str, str]]) -> frozenset[str]:
    """Return all names from which connections (source, target) lead to `name`."""
    found: set[str] = set()
    waiting = {name}
    while waiting:
        waiting = {source for source, target in connections if target in waiting} - found
        found |= waiting
    return frozenset(found)
