"""Which steps of a workflow change the size of a picture, by how much, and what could be written instead."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from math import prod

from catalog.contracts import sizing, wrong_value
from catalog.counted import all_digits
from catalog.flow import Flow
from catalog.graph import behind
from catalog.shapes import describe, ratio
from catalog.source import Source
from catalog.wiring import Wiring

FEW_DIGITS = 1000  # a setting that is proposed is a multiple of one over this


@dataclass(frozen=True)
class Resizing:
    """A step whose picture comes out larger or smaller, or at a size of its own.

    Attributes:
        name: the step.
        factor: how many times as large; None where it gives a size that does not follow from what comes in.
        gives: the shape that it gives, as people write it.
        setting: the one setting that decides the factor; None where its record does.
        is_default: whether that setting is not set by the step.
    """

    name: str
    factor: Fraction | None
    gives: str
    setting: str | None
    is_default: bool


def resizing_steps(start: str, end: str, wiring: Wiring, flow: Flow) -> Iterator[Resizing]:
    """Yield the steps between an input and an output that change the size, in order."""
    connections = [(wire.source, wire.target) for wire in wiring.wires]
    for name in wiring.order:
        on_the_way = start in behind(name, connections) and name in behind(end, connections)
        found = _resizing(name, wiring, flow) if on_the_way else None
        if found and found.factor != 1:
            yield found


def _resizing(name: str, wiring: Wiring, flow: Flow) -> Resizing | None:
    """Return what one step does to the size of its picture, or None where nobody knows."""
    before = [value.shape for (node, _), value in flow.taken.items() if node == name and value.shape]
    after = [value.shape for (node, _), value in flow.given.items() if node == name and value.shape]
    if not before or not after:
        return None
    factor = ratio(before[0], after[0])
    deciding = sorted(sizing(wiring.runnables[name].contract))
    setting = deciding[0] if len(deciding) == 1 else None
    number = factor.factor if factor and not factor.symbols else None
    is_default = setting is not None and setting not in wiring.spec.steps[name].with_
    return Resizing(name, number, describe(after[0]), setting, is_default)


def say_steps(steps: list[Resizing], got: Fraction | None, asked: float | None, wiring: Wiring, record: Source) -> str:
    """Say what each step does to the size, and what to write to get the asked factor where `got` comes out.

    Where the steps do not stand one behind the other, nobody can say which value would do.
    """
    if not steps:
        return "no step changes the size; add one that enlarges"
    said = ", ".join(_say(step, wiring, record) for step in steps)
    in_a_row = got is not None and prod(step.factor or 0 for step in steps) == got
    wanted = Fraction(str(asked)) / got if asked and got and in_a_row else None
    choices = [choice for step in steps if wanted and (choice := _choice(step, wanted, wiring))]
    settings = any(step.setting for step in steps)
    remedy = f"write {' or '.join(choices)}" if choices else "change a setting" if settings else "run another step"
    return f"{said}; {remedy}{'' if remedy == 'run another step' else ' or add a step'}"


def _say(step: Resizing, wiring: Wiring, record: Source) -> str:
    """Say what one step does, and where that is decided."""
    does = f"makes it {float(step.factor):.12g} times as large" if step.factor else f"gives {step.gives}"
    runnable = wiring.runnables[step.name]
    if step.setting is None:
        port = next(iter(runnable.contract.outputs))
        return f'"{step.name}" {does} ({runnable.place("outputs", port, "shape")})'
    line = record.at("workflow", "steps", step.name, "with", step.setting).line
    value = all_digits(wiring.settings[step.name][step.setting])
    how = f"{step.setting} is not set, its default is {value}" if step.is_default else f"{step.setting}: {value}"
    return f'"{step.name}" {does} ({how}, line {line})'


def _choice(step: Resizing, wanted: Fraction, wiring: Wiring) -> str | None:
    """Return the value of a setting with which one step sets the size right, or None where there is none."""
    if step.setting is None:
        return None
    now = wiring.settings[step.name][step.setting]
    value = Fraction(str(now)) * wanted
    setting = wiring.runnables[step.name].contract.settings[step.setting]
    if step.factor != Fraction(str(now)) or (value * FEW_DIGITS).denominator > 1 or wrong_value(setting, float(value)):
        return None
    return f'{step.setting}: {all_digits(float(value))} in "{step.name}"'
