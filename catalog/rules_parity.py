"""The rules on the comparison of our networks with other code of the same networks."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from catalog.json_reader import place_in
from catalog.load import Catalog
from catalog.parity_file import AGAIN
from catalog.parity_freshness import not_compared
from catalog.problems import Problem
from catalog.stale import stale_comparisons


def comparisons_are_fresh(catalog: Catalog) -> Iterator[Problem]:
    """A comparison belongs to the network and the vectors that are here now, else pages say that it is stale."""
    if catalog.parity is None:
        return
    for network, reasons in stale_comparisons(catalog).items():
        if reasons:
            yield _stale(catalog.parity.file, catalog.root, ("networks", network), reasons)
    for case in not_compared(catalog.parity, catalog.root):
        yield Problem(case, 1, 1, "", f"this case was not compared; {AGAIN}", "notice")


def _stale(file: str, root: Path, path: tuple[str, ...], reasons: tuple[str, ...]) -> Problem:
    """Return the notice that one comparison is stale, with its place in the file."""
    text = (root / file).read_text(encoding="utf-8")
    why = "; ".join(reasons[:3]) + (f"; and {len(reasons) - 3} more reasons" if len(reasons) > 3 else "")
    return Problem(file, *place_in(text, path), ".".join(path), f"this comparison is stale: {why}; {AGAIN}", "notice")


RULES = (comparisons_are_fresh,)
