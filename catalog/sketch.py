"""Writes the lines of a workflow that is proposed: steps one behind the other, or side by side."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import Any, NamedTuple

from catalog.contracts import sizing
from catalog.records import LONGEST_LABEL, Contract, Port, Vocabulary


class Stage(NamedTuple):
    """A step to be written: its name, what it runs, whose result it gives, and by how much it enlarges, if it does."""

    name: str
    run: str
    called: str
    contract: Contract
    factor: float | None = None


@dataclass
class Sketch:
    """A workflow that grows step by step; what a step takes beside the picture on its way is given by the person.

    `to` is the port type that is asked for.
    """

    to: str
    vocabulary: Vocabulary
    inputs: dict[str, Any] = field(default_factory=dict)
    steps: dict[str, Any] = field(default_factory=dict)
    ends: dict[str, str] = field(default_factory=dict)

    def add(self, stage: Stage, before: str | None = None) -> str:
        """Write a step that takes what `before` gives, and return how others name what it gives."""
        takes: dict[str, str] = {}
        for port, wanted in stage.contract.inputs.items():
            on_the_way = before is not None and wanted.type == self.to and before not in takes.values()
            takes[port] = before if on_the_way else self._given(port, wanted)
        name = next(filter(self._is_free, _numbered(stage.name)))
        what = takes if len(takes) > 1 else next(iter(takes.values()))
        self.steps[name] = {"run": stage.run, "takes": what} | _factor(stage.contract, stage.factor)
        return self._source(name, stage.contract)

    def end(self, source: str, called: str) -> None:
        """Let what a step gives be a result."""
        self.ends[source] = called

    def data(self) -> dict[str, Any]:
        """Return the workflow as a record holds it."""
        outputs: dict[str, Any] = {}
        names = filter(self._is_free, _numbered("result"))
        for name, (source, called) in zip(names, self.ends.items(), strict=False):
            label = "Result" if len(self.ends) == 1 else f"Result of {called}"
            outputs[name] = {"from": source, "label": label[:LONGEST_LABEL]}
        return {"inputs": self.inputs, "steps": self.steps, "outputs": outputs}

    def _given(self, port: str, wanted: Port) -> str:
        """Return the input that a person gives to a port; ports that want the same under one name share it."""
        written = self._input(wanted)
        name = next(name for name in _numbered(port) if self.inputs.get(name) == written or self._is_free(name))
        self.inputs[name] = written
        return name

    def _is_free(self, name: str) -> bool:
        """Tell whether no input and no step has a name."""
        return name not in self.inputs and name not in self.steps

    def _input(self, port: Port) -> dict[str, Any]:
        """Write what the person gives, as the port wants it."""
        label = self.vocabulary.types[port.type].title if port.type in self.vocabulary.types else port.type
        shape = {"shape": list(port.shape)} if port.shape else {}
        values = {"range": list(port.range)} if port.range else {}
        return {"type": port.type} | shape | values | {"label": label[:LONGEST_LABEL]}

    def _source(self, name: str, contract: Contract) -> str:
        """Name a step, with the port where it gives more than one thing."""
        if len(contract.outputs) == 1:
            return name
        return f"{name}.{next((port for port, given in contract.outputs.items() if given.type == self.to), '')}"


def _numbered(name: str) -> Iterator[str]:
    """Yield a name, then the same with 2, 3 and so on."""
    yield name
    yield from (f"{name}-{number}" for number in count(2))


def _factor(contract: Contract, factor: float | None) -> dict[str, Any]:
    """Set the setting that decides the size of what is given; without a factor it keeps its default."""
    deciding = [name for name in contract.settings if name in sizing(contract)]
    return {"with": {deciding[0]: factor}} if deciding and factor is not None else {}
