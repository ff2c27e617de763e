"""How long each essay takes in quick mode on two cores, by the command that people type."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from bench.measure import NOTEBOOKS

ESSAYS = sorted(path.stem for path in NOTEBOOKS.glob("*.py"))
THREADS, MOST = 2, 30.0  # cores, seconds


@dataclass(frozen=True)
class Spent:
    """What one run took: seconds by the clock, from its start to its end, and of CPU time, all threads together."""

    seconds: float
    cpu_seconds: float

    @property
    def kept(self) -> bool:
        """Whether it took little enough.

        On a busy machine the clock counts waiting, and with two threads the CPU time counts both: the less decides.
        """
        return min(self.seconds, self.cpu_seconds) <= MOST


def run_quick(essay: str) -> Spent:
    """Run one essay in quick mode, in a temporary folder.

    Raises:
        SystemExit: it failed; its messages are printed.
    """
    with tempfile.TemporaryDirectory() as folder:
        asked = ["scripts.run_notebooks", essay, "--mode", "quick", "--device", "cpu", "--out", folder]
        environment = os.environ | {"OMP_NUM_THREADS": str(THREADS)}
        command = [sys.executable, "-m", *asked]
        done = subprocess.run(command, cwd=NOTEBOOKS.parent, env=environment, capture_output=True, text=True)
        if done.returncode:
            sys.exit(f"{essay} failed in quick mode:\n{done.stderr[-3000:]}")
        told = json.loads((Path(folder) / essay / "run.json").read_text("utf-8"))["provenance"]
    return Spent(told["seconds"], told["cpu_seconds"])


def line(essay: str, spent: Spent) -> str:
    """Return what is printed of an essay."""
    times = f"{spent.cpu_seconds:7.1f} s of CPU time {spent.seconds:7.1f} s by the clock"
    return f"  {essay:22}{times}, at most {MOST:g} s: {'kept' if spent.kept else 'MISSED'}"
