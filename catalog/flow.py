"""What passes through each port of a workflow: its type, its shape and its range of values."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import chain, count

from catalog.contracts import Runnable, port_problems, port_shapes, sizes
from catalog.graph import PortValue
from catalog.records import Input, Port
from catalog.shapes import Size, describe, match, number, replace, symbol, symbols_of
from catalog.wiring import Report, Wire, Wiring

PICTURE = "image"  # the port type that has a height and a width
Place = tuple[str, str]  # a node, a port of it


@dataclass
class Flow:
    """All values of a workflow, by the port they leave and by the port they enter."""

    given: dict[Place, PortValue] = field(default_factory=dict)
    taken: dict[Place, PortValue] = field(default_factory=dict)

    def along(self, wire: Wire) -> PortValue | None:
        """Return what a wire carries, or None when that could not be found out."""
        return self.given.get((wire.source, wire.source_port or ""))


def follow(wiring: Wiring, report: Report) -> Flow:
    """Return what passes through each port; what does not fit goes to the report."""
    flow = Flow()
    start(wiring.spec.inputs, flow, report)
    for name in wiring.order:
        if name in wiring.runnables:
            pass_through(name, wiring, flow, report)
    for wire in wiring.wires:
        if wire.path[0] == "outputs" and (value := flow.along(wire)):
            flow.taken[wire.target, wire.target] = value
    return flow


def start(inputs: dict[str, Input], flow: Flow, report: Report) -> None:
    """Let each input give what its record says; a picture without a shape is 3 x H x W with letters of its own."""
    shapes = port_shapes(inputs)
    letters = fresh_letters(symbols_of(shapes.values()))
    for name, port in sorted(inputs.items()):
        report.problems += port_problems(port, report.source, ("workflow", "inputs", name))
        if port.type == PICTURE and port.shape is None:
            shapes[name] = (number(3), *map(symbol, next(letters)))
        flow.given[name, name] = PortValue(port.type, shapes.get(name), span(port))


def fresh_letters(used: frozenset[str]) -> Iterable[tuple[str, str]]:
    """Yield pairs of letters for height and width that are not in use: H and W, then H2 and W2."""
    pairs = chain([("H", "W")], ((f"H{n}", f"W{n}") for n in count(2)))
    return (pair for pair in pairs if used.isdisjoint(pair))


def span(port: Port) -> tuple[float, float] | None:
    """Return the lowest and highest value of a port, or None when its record does not say."""
    return (port.range[0], port.range[1]) if port.range and port.range[0] < port.range[1] else None


def pass_through(name: str, wiring: Wiring, flow: Flow, report: Report) -> None:
    """Check that what comes into a step fits its ports, and work out what it gives."""
    contract = wiring.runnables[name].contract
    fitting = [wire for wire in wiring.into(name) if fits(wire, contract.inputs, flow, report)]
    flow.taken.update({(name, wire.target_port): flow.along(wire) for wire in fitting})
    settings = sizes(contract, wiring.settings[name])
    symbols = match_shapes(fitting, wiring.runnables[name], settings, flow, report)
    declared = port_shapes(contract.outputs)
    for port, spec in contract.outputs.items():
        shape = declared.get(port)
        known = shape is not None and symbols_of([shape]) <= symbols.keys()
        flow.given[name, port] = PortValue(spec.type, replace(shape, symbols) if known else None, span(spec))


def fits(wire: Wire, ports: dict[str, Port], flow: Flow, report: Report) -> bool:
    """Tell whether a wire brings the type that its port takes; the range must agree too."""
    value = flow.along(wire)
    if value is None or wire.target_port is None:
        return False
    port = ports[wire.target_port]
    who, what = f'step "{wire.target}"', f'but "{wire.source}" gives'
    if port.type != value.type:
        report.wrong(
            f"{who} takes {port.type} here, {what} {value.type}; connect something that gives {port.type}", *wire.path
        )
        return False
    if span(port) and value.range and span(port) != value.range:
        wanted, got = (f"[{low:g}, {high:g}]" for low, high in (span(port), value.range))
        message = f"{who} takes values in {wanted}, {what} values in {got}; put a step between them that maps the range"
        report.wrong(message, *wire.path)
    return True


def match_shapes(
    wires: list[Wire], runnable: Runnable, settings: dict[str, Size], flow: Flow, report: Report
) -> dict[str, Size]:
    """Return what the symbols of a step stand for; what comes in has the shapes that its ports declare."""
    declared = port_shapes(runnable.contract.inputs)
    shaped = [wire for wire in wires if wire.target_port in declared and flow.along(wire).shape is not None]
    pairs = [(declared[wire.target_port], flow.along(wire).shape) for wire in shaped]
    symbols, wrong = match(pairs, settings)
    for position in sorted(wrong):
        wire, (wanted, got) = shaped[position], pairs[position]
        message = f'step "{wire.target}" takes {describe(replace(wanted, symbols))} here, but "{wire.source}" gives'
        remedy = "let both have one size and number of channels"
        if runnable.kind == "model":
            remedy += f", or correct {runnable.place('inputs', wire.target_port, 'shape')}"
        report.wrong(f"{message} {describe(got)}; {remedy}", *wire.path)
    return {} if wrong else symbols
