"""What passes through each port of a workflow: its type, its shape and its range of values."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import chain, count

from catalog.contracts import PICTURE, Runnable, is_shaped_text, port_problems, port_shapes, sizes
from catalog.graph import PortValue
from catalog.records import Asks, Input, Port
from catalog.shapes import Size, describe, match, number, replace, symbol, symbols_of
from catalog.wiring import Report, Wire, Wiring

Place = tuple[str, str]  # a node, a port of it


@dataclass
class Flow:
    """All values of a workflow, by the port they leave and by the port they enter.

    `mistyped` holds the inputs of which the type is wrong, which is told there.
    """

    given: dict[Place, PortValue] = field(default_factory=dict)
    taken: dict[Place, PortValue] = field(default_factory=dict)
    mistyped: set[str] = field(default_factory=set)

    def along(self, wire: Wire) -> PortValue | None:
        """Return what a wire carries, or None when that could not be found out."""
        return self.given.get((wire.source, wire.source_port or ""))


def follow(wiring: Wiring, asks: Asks | None, report: Report) -> Flow:
    """Return what passes through each port; what does not fit goes to the report."""
    flow = Flow()
    start(wiring, asks, flow, report)
    for name in wiring.order:
        if name in wiring.runnables:
            pass_through(name, wiring, flow, report)
    for wire in wiring.wires:
        if wire.path[0] == "outputs" and (value := flow.along(wire)):
            flow.taken[wire.target, wire.target] = value
    return flow


def start(wiring: Wiring, asks: Asks | None, flow: Flow, report: Report) -> None:
    """Let each input give what its record says; a picture without a shape is 3 x H x W with letters of its own."""
    shapes = port_shapes(wiring.spec.inputs)
    letters = fresh_letters(symbols_of(shapes.values()))
    for name, port in sorted(wiring.spec.inputs.items()):
        report.problems += port_problems(port, report.source, ("workflow", "inputs", name))
        if has_wrong_type(name, port, wiring, asks, report):
            flow.mistyped.add(name)
            continue
        if port.type == PICTURE and port.shape is None:
            shapes[name] = (number(3), *map(symbol, next(letters)))
        flow.given[name, name] = PortValue(port.type, shapes.get(name), span(port))


def has_wrong_type(name: str, port: Input, wiring: Wiring, asks: Asks | None, report: Report) -> bool:
    """Tell whether the type of an input is not known, cannot have its shape, or is neither asked for nor taken."""
    if port.type not in wiring.types:
        report.blocked = True  # told as a word that stands in no list
        return True
    if is_shaped_text(port):
        return True
    taken = [wire for wire in wiring.wires if wire.source == name and wire.target in wiring.runnables]
    ports = [wiring.runnables[wire.target].contract.inputs.get(wire.target_port or "") for wire in taken]
    wanted = {taking.type for taking in ports if taking}
    given = {other.type for other in wiring.spec.inputs.values()}
    if not asks or len(wanted) != 1 or wanted != {asks.from_} or asks.from_ in given:
        return False  # a step that takes it may be what is wrong, or mean another input
    message = f'the question starts from {asks.from_}, and so does step "{taken[0].target}" (got {port.type})'
    report.wrong(f"{message}; write {asks.from_}", "inputs", name, "type")
    return True


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
    fitting = [wire for wire in wiring.into(name) if fits(wire, wiring, flow, report)]
    flow.taken.update({(name, wire.target_port): flow.along(wire) for wire in fitting})
    settings = sizes(contract, wiring.settings[name])
    symbols = match_shapes(fitting, wiring.runnables[name], settings, flow, report)
    declared = port_shapes(contract.outputs)
    for port, spec in contract.outputs.items():
        shape = declared.get(port)
        known = shape is not None and symbols_of([shape]) <= symbols.keys()
        flow.given[name, port] = PortValue(spec.type, replace(shape, symbols) if known else None, span(spec))


def fits(wire: Wire, wiring: Wiring, flow: Flow, report: Report) -> bool:
    """Tell whether a wire brings the type that its port takes; the range must agree too."""
    value, runnable = flow.along(wire), wiring.runnables[wire.target]
    if value is None or wire.target_port is None:
        return False
    port = runnable.contract.inputs[wire.target_port]
    who, what = f'step "{wire.target}"', f'but "{wire.source}" gives'
    if port.type != value.type:
        remedy = f"connect something that gives {port.type}{or_correct(runnable, wire.target_port, 'type')}"
        report.wrong(f"{who} takes {port.type} here, {what} {value.type}; {remedy}", *wire.path)
        return False
    if span(port) and value.range and span(port) != value.range:
        wanted, got = (f"[{low:g}, {high:g}]" for low, high in (span(port), value.range))
        mapping = _operation_that_maps(value.range, span(port), wiring)
        remedy = f"run {mapping} between them" if mapping else _without_mapping(wire, wanted, got, wiring)
        report.wrong(f"{who} takes values in {wanted}, {what} values in {got}; {remedy}", *wire.path)
    return True


def _operation_that_maps(given: tuple[float, float], wanted: tuple[float, float] | None, wiring: Wiring) -> str | None:
    """Return an operation that takes values in one range and gives them in another, or None."""
    for name, operation in wiring.operations.items():
        if given in map(span, operation.inputs.values()) and wanted in map(span, operation.outputs.values()):
            return name
    return None


def _without_mapping(wire: Wire, wanted: str, got: str, wiring: Wiring) -> str:
    """Say what to do about two ranges where no operation maps one to the other."""
    if wire.source in wiring.spec.inputs:
        correct = f"write {wanted} at that input"
    else:
        correct = "correct the range of one of them"
    return f"{correct}, or add an operation that maps {got} to {wanted} to catalog/vocabulary.yml"


def or_correct(runnable: Runnable, port: str, field_name: str) -> str:
    """Return `, or correct FILE:LINE` where what a step runs is a model, of which the record may be wrong."""
    return f", or correct {runnable.place('inputs', port, field_name)}" if runnable.kind == "model" else ""


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
        remedy = f"let both have one size and number of channels{or_correct(runnable, wire.target_port, 'shape')}"
        report.wrong(f"{message} {describe(got)}; {remedy}", *wire.path)
    return {} if wrong else symbols
