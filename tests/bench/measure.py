"""CPU seconds and peak memory of a command, as medians of fresh processes."""

import os
import statistics
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Cost:
    """What a command cost: CPU seconds of the whole process, peak resident memory in MiB."""

    seconds: float
    mebibytes: float


def run_once(command: list[str], folder: Path) -> Cost:
    """Run one command and return its cost.

    Raises:
        SystemExit: the command failed; its output is printed.
    """
    with (folder / "bench.log").open("wb") as log:
        child = subprocess.Popen(command, cwd=folder, stdout=log, stderr=subprocess.STDOUT)
        _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        sys.exit(f"{' '.join(command)} failed:\n{(folder / 'bench.log').read_text()[-3000:]}")
    return Cost(usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def median(commands: dict[str, tuple[list[str], Path]], times: int) -> dict[str, Cost]:
    """Return the median cost of each command, the commands taking turns so that a busy minute hits them all."""
    seen: dict[str, list[Cost]] = {name: [] for name in commands}
    for _ in range(times):
        for name, (command, folder) in commands.items():
            seen[name].append(run_once(command, folder))
    return {
        name: Cost(statistics.median(c.seconds for c in costs), statistics.median(c.mebibytes for c in costs))
        for name, costs in seen.items()
    }
