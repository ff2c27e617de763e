"""Whether a workflow leads from what its question starts from to what it asks for."""

from __future__ import annotations

from fractions import Fraction

from catalog.flow import Flow
from catalog.graph import behind
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
    if not starts:
        report.wrong(f"the question starts from {asks.from_}, but no input is {asks.from_}; add one", "inputs")
    if not ends and len(types) == len(wiring.spec.outputs):
        report.wrong(f"the question asks for {asks.to}, but no output is {asks.to}; add one", "outputs")
    return check_ways(asks, ways(starts, ends, wiring), flow, report) if report.nothing_wrong else ()


def ways(starts: list[str], ends: list[str], wiring: Wiring) -> list[Way]:
    """Return each input with each output that depends on it."""
    connections = [(wire.source, wire.target) for wire in wiring.wires]
    return [(start, end) for end in ends for start in starts if start in behind(end, connections)]


def check_ways(asks: Asks, found: list[Way], flow: Flow, report: Report) -> tuple[Way, ...]:
    """Check that there is a way, and that one of them enlarges as asked; return those that do."""
    fitting = tuple(way for way in found if enlarges_as_asked(scale_of(way, flow), asks))
    if not found:
        message = f"no output of type {asks.to} depends on an input of type {asks.from_}; connect them"
        report.wrong(message, "outputs")
    elif not fitting:
        wanted = f"{asks.scale:g} times the size" if asks.scale else "a larger picture"
        message = f"{say_size(found[0], flow)}, but the question asks for {wanted}; change a setting or add a step"
        report.wrong(message, "outputs", found[0][1], "from")
    return fitting


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
    return f'"{end}" becomes {float(scale):g} times the size of "{start}" ({describe(shape)})'
