"""Execute the workflow that a question describes, checking real shapes against the declared ones."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import torch

from catalog.load import ROOT, load
from catalog.shapes import Size, describe, match, number, replace
from catalog.workflow import Graph, Node, PortValue, build
from lab import device as places
from lab import record
from lab.moment import Moment
from lab.operations import OPERATIONS
from lab.weights import Loaded


@dataclass(frozen=True)
class Network:
    """How a model is run here: `apply` gets its ports and settings by name, and returns the value of its output port.

    With several output ports it returns a mapping. `weights` is what was loaded for it.
    """

    apply: Callable[..., Any]
    weights: Loaded


class WorkflowError(ValueError):
    """The workflow cannot be executed, or does not do what it declares."""


def graph_of(question_id: str, root: Path = ROOT) -> Graph:
    """Return the typed graph of a question.

    Raises:
        WorkflowError: there is no such question, or its workflow has problems.
    """
    catalog, problems = load(root)
    question = catalog.questions.get(question_id) if catalog else None
    if catalog is None or question is None:
        raise WorkflowError(f"there is no question {question_id!r} in the catalog; {'; '.join(map(str, problems))}")
    graph, problems = build(question, catalog)
    if graph is None:
        raise WorkflowError("; ".join(map(str, problems)) or f"{question_id} has no workflow")
    return graph


def run(
    question_id: str,
    inputs: Mapping[str, Any],
    networks: Mapping[str, Network],
    device: torch.device,
    root: Path = ROOT,
) -> dict[str, Any]:
    """Execute a question's workflow on `inputs` (by name) and return its outputs (by name); the trace is recorded.

    `networks` maps what the steps run (a model, or model.use) to the network that does it; operations are known here.
    Pictures are floats (3, H, W) in [0, 1].

    Raises:
        WorkflowError: something is missing, or a real shape is not the declared one.
    """
    graph = graph_of(question_id, root)
    values: dict[tuple[str, str], Any] = {}
    known: dict[str, Size] = {}
    trace = []
    for node in graph.nodes:
        if node.kind == "input":
            if node.name not in inputs:
                raise WorkflowError(f"the input {node.name} is missing")
            values[node.name, node.name] = inputs[node.name]
            learn(node.outputs[node.name], inputs[node.name], known, f"the input {node.name}")
        elif node.kind != "output":
            taken = {edge.target_port: values[edge.source, edge.source_port] for edge in graph.into(node.name)}
            given, entry = execute(node, taken, networks, device)
            for port, value in given.items():
                check(node.outputs[port], value, known, f"{node.name} gives {port}")
                values[node.name, port] = value
            trace.append(entry)
    record.traced(question_id, graph.digest, trace)
    ends = {edge.target: values[edge.source, edge.source_port] for edge in graph.edges}
    return {node.name: ends[node.name] for node in graph.nodes if node.kind == "output"}


def execute(
    node: Node, taken: Mapping[str, Any], networks: Mapping[str, Network], device: torch.device
) -> tuple[Mapping[str, Any], dict[str, Any]]:
    """Run one step; return what it gives by port, with its line of the trace."""
    network = networks.get(node.run or "")
    apply = network.apply if network else OPERATIONS.get(node.run or "")
    if apply is None:
        raise WorkflowError(f"the step {node.name} runs {node.run}, for which no network was given")
    watch = Watch(device if node.kind == "model" else torch.device("cpu"))
    given = apply(**taken, **node.settings)
    seconds, peak = watch.stop()
    if not isinstance(given, Mapping):
        given = dict.fromkeys(node.outputs, given)
    if set(given) != set(node.outputs):
        raise WorkflowError(f"the step {node.name} gives {sorted(given)}, not {sorted(node.outputs)}")
    entry = {
        "step": node.name,
        "run": node.run,
        "in": {port: shape_of(value) for port, value in taken.items()},
        "out": {port: shape_of(value) for port, value in given.items()},
        "seconds": round(seconds, 4),
        "peak_bytes": peak,
        "device": places.describe(watch.device)["device"],
        "weights": record.origin(network.weights) if network else "none",
        "smaller": bool(network and network.weights.smaller),
    }
    return given, entry


def shape_of(value: Any) -> list[int]:
    """Return the shape of a picture; nothing for a text."""
    return list(value.shape) if hasattr(value, "shape") else []


def learn(port: PortValue, value: Any, known: dict[str, Size], where: str) -> None:
    """Find what the letters of an input's shape stand for."""
    if port.shape is None:
        return
    real = tuple(number(n) for n in shape_of(value))
    found, wrong = match([(port.shape, real)], known)
    if wrong:
        raise WorkflowError(f"{where} is {shape_of(value)}, declared as {describe(port.shape)}")
    known |= found


def check(port: PortValue, value: Any, known: Mapping[str, Size], where: str) -> None:
    """Compare a real shape with the declared one; sides are rounded to whole pixels."""
    if port.shape is None:
        return
    wanted = [size.factor for size in replace(port.shape, known)]
    real = shape_of(value)
    if len(real) != len(wanted) or any(abs(n - w) > Fraction(1, 2) for n, w in zip(real, wanted, strict=True)):
        raise WorkflowError(f"{where} as {real}, declared as {describe(port.shape)}")


class Watch:
    """Measures a step: seconds of computing, and the memory it needed beyond what was held before."""

    def __init__(self, device: torch.device) -> None:
        """Start."""
        self.device = device
        if device.type == "cuda":
            torch.cuda.synchronize(device)
            torch.cuda.reset_peak_memory_stats(device)
            self.before = torch.cuda.memory_allocated(device)
        else:
            self.before = _resident(reset=True)
        self.started = Moment()

    def stop(self) -> tuple[float, int | None]:
        """Return the seconds, and the bytes if the system tells."""
        if self.device.type == "cuda":
            torch.cuda.synchronize(self.device)
            return time.perf_counter() - self.started.clock, torch.cuda.max_memory_allocated(self.device) - self.before
        seconds, peak = self.started.passed(), _resident(reset=False)
        return seconds, None if peak is None or self.before is None else max(0, peak - self.before)


def _resident(reset: bool) -> int | None:
    """Return the process's memory in bytes: now (forgetting the peak so far), or at its peak since; None if untold."""
    try:
        if reset:
            Path("/proc/self/clear_refs").write_text("5")
        status = Path("/proc/self/status").read_text()
    except OSError:
        return None
    word = "VmRSS:" if reset else "VmHWM:"
    return next((int(line.split()[1]) * 1024 for line in status.splitlines() if line.startswith(word)), None)
