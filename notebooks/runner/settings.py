"""How runs are to be made: what a person asked for on the command line."""

from __future__ import annotations

import argparse
import math
import os
import re
from dataclasses import dataclass
from pathlib import Path

from catalog.run_files import OUTPUTS

CELL_SECONDS, SECONDS = 900.0, 3600.0
WEIGHTS = "MODEL_ANSWERS_WEIGHTS"  # the environment variable that names a folder with official files
QUIET = {"TRANSFORMERS_VERBOSITY": "error"}  # it warns, when it is imported, of classes that nobody asked for


@dataclass(frozen=True)
class Settings:
    """The repository, the mode, the device, the limits; `out` is where runs go that are not published."""

    root: Path
    mode: str = "full"
    device: str = "auto"
    weights: Path | None = None
    out: Path | None = None
    cell_seconds: float = CELL_SECONDS
    seconds: float = SECONDS
    memory_bytes: int = 0  # 0: as much as the machine has

    def place(self, run_id: str) -> Path:
        """Return the folder that a run goes to."""
        return self.out.resolve() / run_id if self.out else self.root / OUTPUTS / run_id

    def source(self, run_id: str) -> Path:
        """Return the essay of a run."""
        return self.root / "notebooks" / f"{run_id}.py"

    def shown(self, path: Path) -> str:
        """Return a path as people type it."""
        return str(path.relative_to(self.root)) if path.is_relative_to(self.root) else str(path)

    @property
    def memory(self) -> int:
        """How many bytes a process may have."""
        return self.memory_bytes or os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options that say where and within what limits runs are made."""
    parser.add_argument("--device", default="auto", help="auto, cpu, cuda (any GPU that is free) or cuda:N")
    parser.add_argument("--weights", type=Path, metavar="DIR", help=f"official weights (or {WEIGHTS})")
    limits = parser.add_argument_group("limits")
    limits.add_argument("--cell-seconds", type=float, default=CELL_SECONDS, help="longest time of a cell (%(default)g)")
    limits.add_argument("--seconds", type=float, default=SECONDS, help="longest time of a notebook (%(default)g)")
    limits.add_argument("--memory", type=float, default=0, metavar="GB", help="of a process (all the machine has)")


def official_folder(settings: Settings) -> Path | None:
    """Return the folder with official files that essays are told of, if they are told of one."""
    named = settings.weights or os.environ.get(WEIGHTS)
    return Path(named) if named else None


def misused(options: argparse.Namespace) -> list[str]:
    """Return what is wrong with those options, as sentences."""
    found = [sentence for sentence in [misnamed(options.device)] if sentence]
    for option, value in (("--cell-seconds", options.cell_seconds), ("--seconds", options.seconds)):
        if not value > 0:  # so that nan is told, too
            found.append(f"{option} is above 0 (got {value:g})")
    if not 0 <= options.memory < math.inf:
        found.append(f"--memory is a number of GB, not below 0 (got {options.memory:g})")
    return found


def misnamed(device: str) -> str:
    """Say why a text names no device, or nothing."""
    named = re.fullmatch(r"auto|cpu|cuda(:\d+)?", device)
    return "" if named else f'--device is auto, cpu, cuda or cuda:N (got "{device}")'


def settings_of(options: argparse.Namespace, root: Path, mode: str, out: Path | None) -> Settings:
    """Return how runs are to be made, by those options."""
    memory = int(options.memory * 2**30)
    return Settings(root, mode, options.device, options.weights, out, options.cell_seconds, options.seconds, memory)
