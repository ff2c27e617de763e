"""Tell whether an executed notebook prints the numbers that its run recorded.

Standard library alone, so that the state of runs can be told where no notebook package is installed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from catalog.run_files import NOTEBOOK
from catalog.runs import Run

PRINTED = re.compile(r"^([a-z0-9_-]+): (-?[\d,]+(?:\.\d+)?)(?: .*)?$", re.MULTILINE)  # as lab.result prints


def printed_otherwise(run: Run, root: Path) -> Iterator[str]:
    """Yield which numbers of a run its executed notebook does not print, as sentences.

    Raises:
        OSError: the notebook cannot be read.
        ValueError: it is no JSON.
    """
    printed = printed_numbers(root / run.folder / NOTEBOOK)
    for name, result in run.results.items():
        if name not in printed:
            yield f"its executed notebook does not print {name}"
        elif not is_printed_as(result.value, printed[name]):
            yield f"{name} is {result.value} in run.json, and its executed notebook prints {printed[name]}"


def printed_numbers(notebook: Path) -> Mapping[str, str]:
    """Return the numbers that an executed notebook prints, by their names; the last one of a name counts."""
    cells = json.loads(notebook.read_text("utf-8"))["cells"]
    outputs = (output for cell in cells for output in cell.get("outputs", ()))
    texts = ("".join(output["text"]) for output in outputs if output["output_type"] == "stream")
    return {name: number for text in texts for name, number in PRINTED.findall(text)}


def is_printed_as(value: float, number: str) -> bool:
    """Tell whether a number with so many decimals stands for a value."""
    plain = number.replace(",", "")
    return abs(float(plain) - value) <= 0.5000001 * 10 ** -len(plain.partition(".")[2])
