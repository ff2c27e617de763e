"""What a workflow connects: the operation or model behind each step, and what leads into each of its ports."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from catalog.contracts import (
    NotRunnableError,
    Runnable,
    chosen_settings,
    find_runnable,
    has_unknown_port,
    is_broken,
    lacks_hosted_use,
)
from catalog.problems import Problem, did_you_mean
from catalog.records import Contract, Model, Question, Step, Workflow
from catalog.source import Path, Source

if TYPE_CHECKING:
    from catalog.load import Catalog


@dataclass
class Report:
    """Collects what is wrong with the workflow of one question.

    `blocked` means that a step runs what has no record or a broken one, which the rules about records tell.
    """

    source: Source
    problems: list[Problem] = field(default_factory=list)
    blocked: bool = False

    def wrong(self, message: str, *path: str | int, cause: tuple[str, ...] = ()) -> None:
        """Keep a problem at the value under `path` of the workflow; `cause` as in `Problem`."""
        self.problems.append(self.source.problem(message, "workflow", *path, cause=cause))

    def wrong_key(self, message: str, *path: str | int) -> None:
        """Keep a problem at the key of the value under `path` of the workflow."""
        self.problems.append(self.source.key_problem(message, "workflow", *path))

    @property
    def nothing_wrong(self) -> bool:
        """Whether the workflow can be used as far as it was read."""
        return not self.problems and not self.blocked


@dataclass(frozen=True)
class Wire:
    """One connection; a port is None when it could not be found out, and `path` is where the wire was written.

    The only port of an input or an output is called as the input or the output.
    """

    source: str
    source_port: str | None
    target: str
    target_port: str | None
    path: Path


@dataclass(frozen=True)
class Wiring:
    """All connections of a workflow.

    Attributes:
        spec: the workflow as written.
        runnables: what each step runs, without the steps that run nothing known.
        settings: the value of each setting of those steps.
        wires: the connections, sorted by the ports' order where they end.
        order: the steps, each after those it takes from, without the ones that go round in a circle.
        types: the port types that there are; what has another one is told as a word of no list.
        operations: those of the vocabulary.
    """

    spec: Workflow
    runnables: Mapping[str, Runnable]
    settings: Mapping[str, Mapping[str, float | str]]
    wires: tuple[Wire, ...]
    order: tuple[str, ...]
    types: Collection[str]
    operations: Mapping[str, Contract]

    def into(self, name: str) -> tuple[Wire, ...]:
        """Return the wires that end at a step or an output."""
        return tuple(wire for wire in self.wires if wire.target == name)


def connect(question: Question, catalog: Catalog, report: Report) -> Wiring:
    """Return what the workflow of a question connects; what is wrong with it goes to the report."""
    spec = question.workflow
    clear = check_names(spec, report)
    runnables = find_runnables(question, catalog, report)
    settings = {name: settle(name, spec.steps[name], runnable, report) for name, runnable in runnables.items()}
    wires = tuple(_Plug(spec, runnables, report).wires()) if clear else ()
    order, words = order_steps(spec, wires, report), catalog.vocabulary
    if clear and len(order) == len(spec.steps):  # what a circle leaves out may be what one of its steps should take
        check_use(spec, wires, report)
    return Wiring(spec, runnables, settings, wires, order, words.types.keys(), words.operations)


def check_names(spec: Workflow, report: Report) -> bool:
    """Check that no two inputs, steps or outputs share a name, so that it is clear what a name means."""
    kinds: dict[str, str] = {}
    for part, kind in (("inputs", "an input"), ("steps", "a step"), ("outputs", "an output")):
        for name in getattr(spec, part):
            if name in kinds:
                report.wrong_key(f'{kinds[name]} and {kind} are both called "{name}"; rename one of them', part, name)
            kinds.setdefault(name, kind)
    return not report.problems


def find_runnables(question: Question, catalog: Catalog, report: Report) -> dict[str, Runnable]:
    """Check that each step runs an operation or an offered model; return what it runs."""
    found = {}
    for name, step in question.workflow.steps.items():
        model = step.run.partition(".")[0]
        known, offered = model in catalog.models, model in question.models
        is_there = known or model in catalog.unreadable
        if (offered and not known) or (is_there and not offered and not catalog.knows_all_offered(question)):
            report.blocked = True
            continue
        if known and _lacks_its_use(catalog.models[model], step, question):
            report.blocked = True
            continue
        try:
            runnable = find_runnable(step.run, question, catalog)
        except NotRunnableError as error:
            report.wrong(f'step "{name}" {error}', "steps", name, "run", cause=error.cause)
            continue
        if is_broken(runnable.contract) or has_unknown_port(runnable.contract, catalog.vocabulary):
            report.blocked = True
        else:
            found[name] = runnable
    return found


def _lacks_its_use(model: Model, step: Step, question: Question) -> bool:
    """Tell whether the record of a model lacks what a step runs, which is told there: a hosted use, or any.

    Of a model that only drafts offer it is not an error there, and so it is told here.
    """
    if not model.uses:
        return question.status == "published"
    return "." not in step.run and lacks_hosted_use(model)


def settle(name: str, step: Step, runnable: Runnable, report: Report) -> dict[str, float | str]:
    """Check that a step has all settings of what it runs, and no others; return their values."""
    values, wrong = chosen_settings(runnable.contract, step.with_)
    for setting, message in wrong.items():
        if setting in runnable.contract.settings:
            message = f'step "{name}": "{setting}" {message}'
        else:
            wrong_name, _, _ = message.partition(";")
            elsewhere = runnable.elsewhere("settings", setting)
            message = f'step "{name}" {wrong_name + elsewhere if elsewhere else message}'
        report.wrong_key(message, "steps", name, "with", setting)
    return values


def check_use(spec: Workflow, wires: Collection[Wire], report: Report) -> None:
    """Check that every input and every step leads somewhere."""
    used = {wire.source for wire in wires}
    if not used <= spec.inputs.keys() | spec.steps.keys():
        return  # a source is misspelt, and what it meant would only seem to lead nowhere
    for name in spec.inputs.keys() - used:
        report.wrong_key(
            f'nothing takes the input "{name}"; name it in the takes: of a step, or remove it', "inputs", name
        )
    for name in spec.steps.keys() - used:
        message = (
            f'step "{name}": nothing takes what it gives; name it in the takes: of a step or the from: of an output'
        )
        report.wrong_key(message + ", or remove it", "steps", name)


def order_steps(spec: Workflow, wires: Collection[Wire], report: Report) -> tuple[str, ...]:
    """Check that no step takes, by whatever way, from itself; return the steps in order."""
    takes = {name: {wire.source for wire in wires if wire.target == name} for name in spec.steps}
    order, circles = in_order(takes)
    for circle in circles:
        way = " -> ".join([*circle, circle[0]])
        report.wrong(
            f"the steps go round in a circle: {way}; let one of them take an input", "steps", circle[0], "takes"
        )
    return tuple(order)


def in_order(takes: Mapping[str, Collection[str]]) -> tuple[list[str], list[list[str]]]:
    """Return the names so that each follows those it takes from, and the circles that cannot be ordered.

    Of several names that could come next the first in the alphabet does, so that the order of writing does not matter.
    """
    left = {name: set(sources) & takes.keys() for name, sources in takes.items()}
    order: list[str] = []
    circles: list[list[str]] = []
    while left:
        ready = [name for name, sources in left.items() if not sources & left.keys()]
        if ready:
            order.append(min(ready))
            del left[order[-1]]
        else:
            circles.append(_circle(left))
            left = {name: sources for name, sources in left.items() if name not in circles[-1]}
    return order, circles


def _circle(takes: Mapping[str, set[str]]) -> list[str]:
    """Return a circle in the direction of flow, its first name in the alphabet first; every name takes from another."""
    way: list[str] = []
    name = min(takes)
    while name not in way:
        way.append(name)
        name = min(takes[name] & takes.keys())
    circle = way[way.index(name) :][::-1]
    start = circle.index(min(circle))
    return circle[start:] + circle[:start]


@dataclass(frozen=True)
class _Plug:
    """Turns what `takes:` and `from:` say into wires."""

    spec: Workflow
    runnables: Mapping[str, Runnable]
    report: Report

    def wires(self) -> Iterator[Wire]:
        """Yield the wires of all steps and outputs."""
        for name, step in self.spec.steps.items():
            path = ("steps", name, "takes")
            ports = list(self.runnables[name].contract.inputs) if name in self.runnables else None
            if isinstance(step.takes, str):
                yield self.from_one_source(name, step.takes, ports, path)
            else:
                yield from self.from_several_sources(name, step.takes, ports, path)
        for name, output in self.spec.outputs.items():
            yield self.into_output(name, output.from_)

    def from_one_source(self, name: str, source: str, ports: list[str] | None, path: Path) -> Wire:
        """Return the wire into the only port of a step; `ports` is None when nobody knows them."""
        if ports and len(ports) > 1:
            example = ", ".join(f"{port}: ..." for port in ports)
            message = f'step "{name}" has the ports {" and ".join(ports)}'
            self.report.wrong(f"{message}; say what each takes, as in takes: {{{example}}}", *path)
        only = ports[0] if ports and len(ports) == 1 else None
        return self.wire(source, name, only, f'step "{name}"', path)

    def from_several_sources(
        self, name: str, takes: Mapping[str, str], ports: list[str] | None, path: Path
    ) -> Iterator[Wire]:
        """Yield the wires into the ports of a step in the ports' order; each is fed."""
        unknown = [port for port in takes if ports is not None and port not in ports]
        for port in unknown:
            message = f'step "{name}" has no such port (got {port}); it has {", ".join(ports)}'
            hint = self.runnables[name].elsewhere("inputs", port) or did_you_mean(port, ports)
            self.report.wrong_key(message + hint, *path, port)
            yield self.wire(takes[port], name, None, f'step "{name}"', (*path, port))
        for port in ports or takes:
            if port in takes:
                known = port if ports is not None else None
                yield self.wire(takes[port], name, known, f'step "{name}"', (*path, port))
            elif not unknown:  # otherwise the port is there, but misspelt
                self.report.wrong(f'step "{name}" has a port that nothing feeds, "{port}"; add {port}: to takes', *path)

    def into_output(self, name: str, source: str) -> Wire:
        """Return the wire into an output; what a person puts in is no output."""
        path = ("outputs", name, "from")
        if source in self.spec.inputs:
            self.report.wrong(f'the output "{name}" is the input "{source}", unchanged; name a step', *path)
        return self.wire(source, name, name, f'the output "{name}"', path)

    def wire(self, written: str, target: str, target_port: str | None, who: str, path: Path) -> Wire:
        """Return the wire from the source that is written as `input`, `step` or `step.port`."""
        source, dot, port = written.partition(".")
        if source in self.spec.inputs:
            if dot:
                message = f"{who} takes a port of an input, which has none (got {written}); write {source}"
                self.report.wrong(message, *path)
            return Wire(source, source, target, target_port, path)
        if source in self.spec.steps:
            return Wire(source, self.port_of(source, port if dot else None, who, path), target, target_port, path)
        known = [name for name in (*self.spec.inputs, *self.spec.steps) if name != target]
        message = f"{who} takes something that is no input and no step (got {source}); there is {', '.join(known)}"
        self.report.wrong(message + did_you_mean(source, known), *path)
        return Wire(source, None, target, target_port, path)

    def port_of(self, step: str, port: str | None, who: str, path: Path) -> str | None:
        """Return the port by which a step gives something, or None when that cannot be found out."""
        if step not in self.runnables:
            return None
        ports = list(self.runnables[step].contract.outputs)
        if port in ports or (port is None and len(ports) == 1):
            return port or ports[0]
        if port is None:
            choice = " or ".join(f"{step}.{name}" for name in ports)
            self.report.wrong(f'{who} takes from "{step}", which gives several things; write {choice}', *path)
        else:
            message = f'{who} takes what "{step}" does not give (got {port}); it gives {", ".join(ports)}'
            self.report.wrong(message + did_you_mean(port, ports), *path)
        return None
