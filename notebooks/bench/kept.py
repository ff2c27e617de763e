"""The last results of the benchmark, kept in a file beside it so that everybody can read them."""

from __future__ import annotations

import json
import os
import platform
import time
from collections.abc import Sequence
from pathlib import Path

import torch

RESULTS = Path(__file__).with_name("results.json")


def keep(case: str, printed: Sequence[str], times: int, results: Path = RESULTS) -> None:
    """Put what was printed of a case into the file, in the place of what stood there of it, and of no other."""
    found = json.loads(results.read_text("utf-8")) if results.is_file() else {}
    found[case] = {
        "date": time.strftime("%Y-%m-%d", time.gmtime()),
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, torch {torch.__version__}",
        "median of": times,
        "printed": list(printed),
    }
    results.write_text(json.dumps(found, indent=1, sort_keys=True) + "\n", "utf-8")
