"""How runs are to be made: what a person asked for on the command line."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from catalog.run_files import OUTPUTS

CELL_SECONDS, SECONDS = 900.0, 3600.0


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
