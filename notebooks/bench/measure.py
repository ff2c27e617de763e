"""The cases with their targets, measured in fresh processes that take turns."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

NOTEBOOKS = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class Cost:
    """What one run cost: CPU seconds of one thread for the call, peak resident memory of the whole process in MiB."""

    seconds: float
    mebibytes: float


@dataclass(frozen=True)
class Case:
    """A network at a size; the last form must cost at most `target` times the first, or `target` MiB if it is alone."""

    says: str
    network: str
    sizes: tuple[int, ...]
    forms: tuple[str, ...]
    cost: str  # seconds or mebibytes
    target: float


LIIFS = ("plain", "folded", "bands")
CASES = {
    "mssnet-256": Case("MSSNet, 256x256", "mssnet", (256,), ("plain", "fast", "channels-last"), "seconds", 0.87),
    "liif-768": Case("LIIF, 64x64 to 768x768", "liif", (64, 768), LIIFS, "seconds", 0.40),
    "liif-2048": Case("LIIF, 256x256 to 2048x2048", "liif", (256, 2048), LIIFS, "mebibytes", 0.7),
    "liif-4096": Case("LIIF, 1024x1024 to 4096x4096", "liif", (1024, 4096), ("bands",), "mebibytes", 1.5e9 / 2**20),
}


def in_its_own_process(module: str, *arguments: str, **options: bool) -> subprocess.CompletedProcess:
    """Run a module of this folder on one thread in a fresh process, with the paths that essays have."""
    path = os.pathsep.join((str(NOTEBOOKS), os.environ.get("PYTHONPATH", "")))
    environment = os.environ | {"PYTHONPATH": path, "OMP_NUM_THREADS": "1"}
    return subprocess.run([sys.executable, "-m", module, *arguments], env=environment, text=True, **options)


def run_once(case: Case, form: str) -> Cost:
    """Run one form of a case in a process of its own.

    Raises:
        SystemExit: it failed; its messages are printed.
    """
    done = in_its_own_process("bench.cases", case.network, form, *map(str, case.sizes), capture_output=True)
    if done.returncode:
        sys.exit(f"{case.says} ({form}) failed:\n{done.stderr[-3000:]}")
    return Cost(**json.loads(done.stdout))


def measure(case: Case, times: int) -> dict[str, Cost]:
    """Return the median cost of each form, the forms taking turns so that a busy minute hits them all."""
    seen: dict[str, list[Cost]] = {form: [] for form in case.forms}
    for _ in range(times):
        for form, costs in seen.items():
            costs.append(run_once(case, form))
    return {
        form: Cost(statistics.median(c.seconds for c in costs), statistics.median(c.mebibytes for c in costs))
        for form, costs in seen.items()
    }


def lines(case: Case, costs: Mapping[str, Cost]) -> list[str]:
    """Return what is printed of a case: each form, its ratios to the first, and whether the last keeps the target."""
    first, found = costs[case.forms[0]], [case.says]
    for form, cost in costs.items():
        times, more = cost.seconds / first.seconds, cost.mebibytes / first.mebibytes
        found.append(f"  {form:14}{cost.seconds:9.2f} s {times:6.2f}x {cost.mebibytes:9.0f} MiB {more:6.2f}x")
    last = getattr(costs[case.forms[-1]], case.cost)
    value = last / getattr(first, case.cost) if len(case.forms) > 1 else last
    unit = "x" if len(case.forms) > 1 else " MiB"
    verdict = "kept" if value <= case.target else "MISSED"
    return [*found, f"  {case.cost}: {value:.3g}{unit}, at most {case.target:.4g}{unit}: {verdict}"]
