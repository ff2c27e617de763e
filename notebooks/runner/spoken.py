"""Says a line to people; standard library alone, because whether runs are fresh is told without any package."""

from __future__ import annotations

import sys


def tell(text: str) -> None:
    """Print a line for people."""
    sys.stderr.write(text + "\n")
    sys.stderr.flush()
