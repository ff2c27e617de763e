"""Compare every network with every vector and list there is, and write down what came out."""

from __future__ import annotations

import platform
from collections.abc import Iterable, Iterator, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

import torch
from lab.device import describe, packages

from catalog.imported_code import Code
from catalog.parity_freshness import parity_key
from catalog.seal import as_text
from catalog.whole_file import write_whole
from parity.compare import SLACK, Compared, allowed, comparisons, names, of_case, places
from parity.families import network_of, networks, of_network
from parity.vectors import FOLDER, Case, cases, listed

Data = dict[str, Any]
CALLED = {"driver": "driver ", "cuda": "CUDA "}  # what stands before a version that says nothing by itself


class ParityError(Exception):
    """A network is not equal to the code that it is compared with; the message says where, line by line."""


def report(root: Path, folder: Path = FOLDER) -> Data:
    """Return what parity.json holds, without the provenance of the commit.

    Raises:
        ParityError: some output is not within its case's tolerance, or a list of names differs.
    """
    found, code = {name: Network(name, folder) for name in networks()}, Code(root)
    for case in cases(folder):
        found[network_of(case.name)].add(case)
    if wrong := [line for network in found.values() for line in network.wrong]:
        raise ParityError("\n".join(wrong))
    return {
        "devices": {place: device(place) for place in places()},
        "networks": {name: network.data(code) for name, network in found.items()},
        "provenance": {
            "packages": packages() | {"diffusers": version("diffusers")},
            "python": platform.python_version(),
        },
    }


def device(place: str) -> Data:
    """Return what a device is called, and how many times the tolerance is allowed on it."""
    told = describe(torch.device(place))
    name = ", ".join(f"{CALLED.get(part, '')}{value}" for part, value in told.items())
    return {"name": name, "times": SLACK[place]}


class Network:
    """What was found of one network."""

    def __init__(self, name: str, folder: Path) -> None:
        """Compare its names with the lists that no case has."""
        self.name, self.folder = name, folder
        self.wrong: list[str] = []
        self.files: set[str] = set()
        self.forms: dict[str, None] = {}
        self.cases: dict[str, Data] = {}
        self.lists: dict[str, Data] = {}
        for name, network in of_network(self.name).LISTS.items():
            self.compare_names(name, network)

    def add(self, case: Case) -> None:
        """Compare it with one case, and with the list of names of that case's weights."""
        found = [each for place in places() for each in comparisons(case, place)]
        self.wrong += [str(each) for each in found if not each.is_equal]
        self.forms |= dict.fromkeys(each.form for each in found)
        self.files.update(case.files)
        self.cases[case.name] = case_data(case, found)
        if case.key_list and case.key_list not in self.lists:
            self.compare_names(case.key_list, of_case(case))

    def compare_names(self, name: str, network: Any) -> None:
        """Compare its names and shapes with one list."""
        self.files.add(f"keys/{name}.json")
        try:
            self.lists[name] = vars(names(network, listed(name, self.folder), name))
        except ValueError as error:
            self.wrong.append(str(error))

    def data(self, code: Code) -> Data:
        """Return what is written of it."""
        key = parity_key(code, self.name, self.files)
        return {"key": key, "forms": list(self.forms), "cases": self.cases, "lists": self.lists}


def case_data(case: Case, found: Iterable[Compared]) -> Data:
    """Return what is written of one case."""
    upstream, *others = origins(case.sidecar["upstream"])
    return {
        "inputs": {name: told["shape"] for name, told in case.sidecar["inputs"].items()},
        "repository": upstream["repo"],
        "commit": upstream["commit"],
        "files": "; ".join([upstream["file"], *(f"{told['repo']}: {told['file']}" for told in others)]),
        "weights": case.key_list or "",
        "outputs": dict(outputs_data(case.sidecar["outputs"], list(found))),
    }


def origins(upstream: Data | list[Data]) -> list[Data]:
    """Return the repositories whose code a case was made with; the first has the paper's code, if one of them has."""
    return upstream if isinstance(upstream, list) else [upstream]


def outputs_data(stored: Mapping[str, Data], found: list[Compared]) -> Iterator[tuple[str, Data]]:
    """Yield what is written of each output: what is allowed, and the worst that was measured on each device."""
    for name, told in stored.items():
        measured = {}
        for place in dict.fromkeys(each.place for each in found):
            there = [each for each in found if each.output == name and each.place == place]
            worst = {part: max(getattr(each, part) for each in there) for part in ("largest", "rms")}
            measured[place] = {part: float(f"{value:.2e}") for part, value in worst.items()}
        atol, rms_tol = allowed(told)
        yield name, {"shape": told["shape"], "atol": atol, "rms_tol": rms_tol, "measured": measured}


def write(data: Data, path: Path) -> None:
    """Write a report in the place of the one before."""
    write_whole(path, as_text(data))
