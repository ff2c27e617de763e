"""From a question's workflow, as written, to a typed graph or to all that is wrong with it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from catalog import contracts
from catalog.aim import check_aim, unasked_outputs
from catalog.flow import Flow, Place, follow
from catalog.graph import Edge, Graph, Node, PortValue
from catalog.problems import Problem
from catalog.records import Contract, Question, as_data
from catalog.steps import StepLine, step_lines
from catalog.wiring import Report, Wire, Wiring, connect

if TYPE_CHECKING:
    from catalog.load import Catalog

__all__ = ["Edge", "Graph", "Node", "PortValue", "StepLine", "build", "problems", "spec_digest", "step_lines"]

MOST_NODES, MOST_EDGES = 60, 200  # beyond this a diagram cannot be read
ONLY_SHOWN = {"label", "says"}  # what a reader sees and no computation needs


_BUILT: WeakKeyDictionary[Catalog, dict[int, tuple[Question, Graph | None, list[Problem]]]] = WeakKeyDictionary()


def build(question: Question, catalog: Catalog) -> tuple[Graph | None, list[Problem]]:
    """Return the typed graph of a question's workflow, or None with everything that is wrong with it, sorted.

    A question without a workflow has neither a graph nor problems. Records do not change, so a graph is built once.
    """
    built = _BUILT.setdefault(catalog, {})
    if id(question) not in built:  # the question is kept beside its graph, so that no other can take its id
        built[id(question)] = (question, *_build(question, catalog))
    _, graph, found = built[id(question)]
    return graph, list(found)


def _build(question: Question, catalog: Catalog) -> tuple[Graph | None, list[Problem]]:
    """Return the typed graph of a question's workflow, or what is wrong with it."""
    if question.workflow is None:
        return None, []
    report = Report(question.source)
    wiring = connect(question, catalog, report)
    flow = follow(wiring, question.asks, report)
    ways = check_aim(question.asks, wiring, flow, report) if question.asks else ()
    check_size(wiring, report)
    if not report.nothing_wrong:
        return None, sorted(set(report.problems))
    return Graph(nodes(wiring, flow), edges(wiring, flow), spec_digest(question), ways), []


def problems(catalog: Catalog) -> Iterator[Problem]:
    """Check that every contract can be kept, and that every workflow does what its question asks and no more."""
    yield from contracts.problems(catalog)
    for question in catalog.questions.values():
        graph, found = build(question, catalog)
        yield from found
        for name, message in unasked_outputs(question.asks, graph) if graph and question.asks else ():
            yield question.source.problem(message, "workflow", "outputs", name, "from", level="notice")


def spec_digest(question: Question) -> str:
    """Return the SHA-256, in hex, of what a question's workflow computes; of nothing when it has none.

    Labels change nothing, nor does the order in which inputs, steps and outputs are written. No other record is read.
    """
    spec = as_data(question.workflow) if question.workflow else {}
    computed = {part: {name: _without_labels(entry) for name, entry in spec[part].items()} for part in spec}
    canonical = json.dumps(computed, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def _without_labels(entry: dict[str, object]) -> dict[str, object]:
    """Return an input, step or output without what is only shown."""
    return {key: value for key, value in entry.items() if key not in ONLY_SHOWN}


def check_size(wiring: Wiring, report: Report) -> None:
    """Check that the diagram has no more boxes and lines than a person can read."""
    boxes = sum(len(part) for part in (wiring.spec.inputs, wiring.spec.steps, wiring.spec.outputs))
    if boxes > MOST_NODES:
        report.wrong(f"at most {MOST_NODES} inputs, steps and outputs fit a diagram (got {boxes}); leave some out")
    if len(wiring.wires) > MOST_EDGES:
        report.wrong(f"at most {MOST_EDGES} connections fit a diagram (got {len(wiring.wires)}); leave some out")


def nodes(wiring: Wiring, flow: Flow) -> tuple[Node, ...]:
    """Return inputs, steps and outputs of a workflow in which nothing is wrong."""
    spec = wiring.spec
    first = [
        Node(name, "input", spec.inputs[name].label, outputs=_at(name, flow.given)) for name in sorted(spec.inputs)
    ]
    last = [
        Node(name, "output", spec.outputs[name].label, inputs=_at(name, flow.taken)) for name in sorted(spec.outputs)
    ]
    return (*first, *(_step_node(name, wiring, flow) for name in wiring.order), *last)


def _step_node(name: str, wiring: Wiring, flow: Flow) -> Node:
    """Return the node of one step."""
    step, runnable = wiring.spec.steps[name], wiring.runnables[name]
    return Node(
        name,
        runnable.kind,
        step.label or runnable.title,
        run=step.run,
        record_id=runnable.record_id,
        use=runnable.use,
        hosted=runnable.hosted,
        source=runnable.source,
        settings=wiring.settings[name],
        inputs=_at(name, flow.taken),
        outputs=_at(name, flow.given),
        notes=_notes(runnable.contract),
    )


def _notes(contract: Contract) -> dict[str, str]:
    """Return what the ports of a contract say beyond type and shape, such as sizes that are cut."""
    ports = {**contract.outputs, **contract.inputs}
    return {port: spec.says for port, spec in ports.items() if spec.says}


def _at(node: str, values: dict[Place, PortValue]) -> dict[str, PortValue]:
    """Return what passes through the ports of one node, by port."""
    return {port: value for (name, port), value in values.items() if name == node}


def edges(wiring: Wiring, flow: Flow) -> tuple[Edge, ...]:
    """Return the connections of a workflow in which nothing is wrong."""
    wires = [wire for name in (*wiring.order, *sorted(wiring.spec.outputs)) for wire in wiring.into(name)]
    return tuple(_edge(wire, flow.along(wire)) for wire in wires)


def _edge(wire: Wire, value: PortValue) -> Edge:
    """Return one connection with what passes along it."""
    return Edge(wire.source, wire.source_port, wire.target, wire.target_port, value.type, value.shape)
