"""Read what the comparison of our networks wrote, as untrusted input; standard library alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from catalog.json_file import read_json
from catalog.json_reader import JsonReader
from catalog.packages import command
from catalog.parity import (
    ComparedCase,
    ComparedNames,
    ComparedNetwork,
    ComparedOutput,
    Deviation,
    Device,
    Parity,
)
from catalog.problems import Problem

PARITY = "notebooks/outputs/parity.json"
AGAIN = f"run {command('check_parity')}"


def read_parity(root: Path) -> tuple[Parity | None, list[Problem]]:
    """Read what was compared: None if nothing was, or if something is wrong with it."""
    path = root / PARITY
    if not path.is_file() and not path.is_symlink():
        return None, []
    text, data, problem = read_json(path, PARITY, AGAIN)
    if problem:
        return None, [problem]
    reader = ParityReader(PARITY, text, AGAIN)
    parity = reader.parity(data)
    return (None, reader.problems) if reader.problems else (parity, [])


class ParityReader(JsonReader):
    """Checks the values of parity.json."""

    def parity(self, data: Any) -> Parity | None:
        """Check the whole file."""
        data = self.members(data, "devices networks provenance")
        if not data:
            return None
        devices = {name: self.device(value, name) for name, value in self.named(data["devices"], "devices")}
        networks = {
            name: self.network(value, devices, name) for name, value in self.named(data["networks"], "networks")
        }
        return Parity(networks, devices, self.provenance(data["provenance"]), self.file)

    def device(self, data: Any, name: str) -> Device:
        """Check one device."""
        at = ("devices", name)
        data = self.members(data, "name times", *at)
        if not data:
            return Device("", 1)
        called = self.words(data["name"], *at, "name", longest=120)
        return Device(called, self.number(data["times"], *at, "times", least=1))

    def network(self, data: Any, devices: dict[str, Device], name: str) -> ComparedNetwork:
        """Check what one network was compared by."""
        at = ("networks", name)
        data = self.members(data, "key forms cases lists", *at)
        if not data:
            return ComparedNetwork({}, (), {}, {})
        forms = self.sequence(data["forms"], *at, "forms")
        cases = self.named(data["cases"], *at, "cases", dots=True)
        lists = self.named(data["lists"], *at, "lists")
        return ComparedNetwork(
            key=self.key(data["key"], *at, "key"),
            forms=tuple(self.words(form, *at, "forms", longest=80) for form in forms),
            cases={case: self.case(value, devices, *at, "cases", case) for case, value in cases},
            lists={listed: self.names(value, *at, "lists", listed) for listed, value in lists},
        )

    def case(self, data: Any, devices: dict[str, Device], *at: str) -> ComparedCase:
        """Check one test input."""
        data = self.members(data, "inputs repository commit files weights outputs", *at)
        if not data:
            return ComparedCase({}, "", "", "", "", {})
        inputs = self.named(data["inputs"], *at, "inputs", capitals=True)  # as the official code calls them
        outputs = self.named(data["outputs"], *at, "outputs", dots=True, capitals=True)
        told = {
            part: self.words(data[part], *at, part, longest=400, empty=part == "weights")
            for part in ("repository", "commit", "files", "weights")
        }
        return ComparedCase(
            inputs={name: self.shape(value, *at, "inputs", name) for name, value in inputs},
            outputs={name: self.output(value, devices, *at, "outputs", name) for name, value in outputs},
            **told,
        )

    def output(self, data: Any, devices: dict[str, Device], *at: str) -> ComparedOutput:
        """Check one output: on each device it lies within what its case allows there."""
        data = self.members(data, "shape atol rms_tol measured", *at)
        if not data:
            return ComparedOutput((), 0, 0, {})
        allowed = Deviation(*(self.number(data[part], *at, part, least=0) for part in ("atol", "rms_tol")))
        measured = {}
        for name, value in self.named(data["measured"], *at, "measured"):
            self.choice(name, devices, *at, "measured", name)
            measured[name] = self.deviation(value, allowed, devices.get(name), *at, "measured", name)
        if missing := [name for name in devices if name not in measured]:
            self.wrong(f"nothing was measured on {missing[0]}; {self.again}", *at, "measured")
        return ComparedOutput(self.shape(data["shape"], *at, "shape"), allowed.largest, allowed.rms, measured)

    def deviation(self, data: Any, allowed: Deviation, device: Device | None, *at: str) -> Deviation:
        """Check how far an output is, and that this is not too far."""
        data = self.members(data, "largest rms", *at)
        if not data:
            return Deviation(0, 0)
        found = Deviation(*(self.number(data[part], *at, part, least=0) for part in ("largest", "rms")))
        times = device.times if device else 1
        for part in ("largest", "rms"):
            most = times * getattr(allowed, part)
            if getattr(found, part) > most:
                message = f"this is no equal output: at most {most:.3g} is allowed (got {getattr(found, part):.3g})"
                self.wrong(f"{message}; {self.again}", *at, part)
        return found

    def names(self, data: Any, *at: str) -> ComparedNames:
        """Check one list of names."""
        data = self.members(data, "names parameters", *at)
        if not data:
            return ComparedNames(0, 0)
        names, parameters = (
            self.number(data[part], *at, part, least=1, whole=True) for part in ("names", "parameters")
        )
        return ComparedNames(names, parameters)
