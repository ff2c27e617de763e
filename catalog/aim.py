"""Whether a workflow leads from what its question starts from to what it asks for."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from catalog.counted import all_digits
from catalog.enlarging_steps import resizing_steps, say_steps
from catalog.flow import Flow
from catalog.graph import Graph, Node, behind
from catalog.records import Asks
from catalog.shapes import describe, scale_between
from catalog.wiring import Report, Wiring

ENLARGING = "super-resolution"  # the task whose result is larger, also where no scale is named
Way = tuple[str, str]  # an input, an output that depends on it


def check_aim(asks: Asks, wiring: Wiring, flow: Flow, report: Report) -> tuple[Way, ...]:
    """Check that a way leads from an input of the asked type to an output of the asked type, and enlarges as asked.

    Returns the ways that do. Nothing is said about ways in a workflow in which something else is wrong.
    """
    starts = [name for name, port in sorted(wiring.spec.inputs.items()) if port.type == asks.from_]
    types = {name: flow.taken[name, name].type for name in wiring.spec.outputs if (name, name) in flow.taken}
    ends = [name for name, type_ in sorted(types.items()) if type_ == asks.to]
    if not starts and asks.from_ in wiring.types and not flow.mistyped:
        report.wrong(f"the question starts from {asks.from_}, but no input is {asks.from_}; add one", "inputs")
    if not ends and len(types) == len(wiring.spec.outputs) and asks.to in wiring.types:
        report.wrong(f"the question asks for {asks.to}, but no output is {asks.to}; add one", "outputs")
    if not (report.nothing_wrong and {asks.from_, asks.to} <= wiring.types):
        return ()
    return check_ways(asks, ways(starts, ends, wiring), wiring, flow, report)


def ways(starts: list[str], ends: list[str], wiring: Wiring) -> list[Way]:
    """Return each input with each output that depends on it."""
    connections = [(wire.source, wire.target) for wire in wiring.wires]
    return [(start, end) for end in ends for start in starts if start in behind(end, connections)]


def check_ways(asks: Asks, found: list[Way], wiring: Wiring, flow: Flow, report: Report) -> tuple[Way, ...]:
    """Check that there is a way, and that one of them enlarges as asked; return those that do."""
    fitting = tuple(way for way in found if enlarges_as_asked(scale_of(way, flow), asks))
    if not found:
        message = f"no output of type {asks.to} depends on an input of type {asks.from_}; connect them"
        report.wrong(message, "outputs")
    elif not fitting:
        message = f"{say_size(found[0], flow)}, but the question asks for {wanted_size(asks)}"
        steps = list(resizing_steps(*found[0], wiring, flow))
        remedy = say_steps(steps, scale_of(found[0], flow), asks.scale, wiring, report.source)
        report.wrong(f"{message}; {remedy}", "outputs", found[0][1], "from")
    return fitting


def wanted_size(asks: Asks) -> str:
    """Return how large a result is asked for."""
    return f"{all_digits(asks.scale)} times the size" if asks.scale else "a larger picture"


def unasked_outputs(asks: Asks, graph: Graph) -> Iterator[tuple[str, str]]:
    """Yield each output that is neither what is asked nor a product on the way to it, with what to do."""
    asked = {end for _, end in graph.ways}
    before = frozenset[str]().union(*map(graph.upstream, asked))
    for node in graph.nodes:
        if asked and node.kind == "output" and node.name not in asked and not _passes(node, before, graph):
            value = node.inputs[node.name]
            what = f"{value.type}, {describe(value.shape)}" if value.shape else value.type
            size = f", {wanted_size(asks)}" if asks.scale or asks.task == ENLARGING else ""
            yield (
                node.name,
                f'the output "{node.name}" ({what}) is not what the question asks for ({asks.to}{size}), and nothing '
                "that it asks for is made from it; leave it out, or lead it on",
            )


def _passes(output: Node, before: frozenset[str], graph: Graph) -> bool:
    """Tell whether what an output shows also goes into a step among those before the asked outputs."""
    shown = {(edge.source, edge.source_port) for edge in graph.into(output.name)}
    return any((edge.source, edge.source_port) in shown and edge.target in before for edge in graph.edges)


def enlarges_as_asked(scale: Fraction | None, asks: Asks) -> bool:
    """Tell whether a scale is the asked one, or a true enlargement where an enlargement without a scale is asked."""
    if asks.scale is not None:
        return scale == Fraction(str(asks.scale))
    return asks.task != ENLARGING or (scale is not None and scale > 1)


def scale_of(way: Way, flow: Flow) -> Fraction | None:
    """Return how many times the size of its input an output has, or None when that is no single number."""
    start, end = way
    before, after = flow.given[start, start].shape, flow.taken[end, end].shape
    return scale_between(before, after) if before is not None and after is not None else None


def say_size(way: Way, flow: Flow) -> str:
    """Return a sentence's beginning that tells how large an output becomes."""
    start, end = way
    shape, scale = flow.taken[end, end].shape, scale_of(way, flow)
    if shape is None:
        return f'the records do not say how large "{end}" becomes'
    if scale is None:
        return f'"{end}" becomes {describe(shape)}, which is no fixed multiple of "{start}"'
    return f'"{end}" becomes {float(scale):.12g} times the size of "{start}" ({describe(shape)})'
