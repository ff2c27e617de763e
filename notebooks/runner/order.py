"""What the supervisor orders from the process that executes an essay."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

CELL_BYTES, NOTEBOOK_BYTES = 10**6, 20 * 10**6  # what one cell, and all of them, may put out
NOTE = "note"  # the id of a cell that stands above those of the essay


@dataclass(frozen=True)
class Order:
    """One execution: `essay` is the percent-format source, `notebook` where the executed copy goes.

    A cell may take `cell_seconds`, all of them `seconds`, and each process `memory_bytes`. `sockets` is a short path of
    a folder for the kernel's sockets. `events` is the number of an open file that hears of progress, `life` that of one
    that ends when the supervisor does. `leftovers` are folders that the process removes when that happens. `note` is
    Markdown that stands above the executed cells.
    """

    essay: str
    notebook: str
    sockets: str
    cell_seconds: float
    seconds: float
    memory_bytes: int
    events: int = -1
    life: int = -1
    leftovers: tuple[str, ...] = ()
    note: str = ""

    def text(self) -> str:
        """Return the order as JSON."""
        return json.dumps(asdict(self))

    @staticmethod
    def read(text: str) -> Order:
        """Return the order that a JSON text holds."""
        data = json.loads(text)
        return Order(**data | {"leftovers": tuple(data["leftovers"])})
