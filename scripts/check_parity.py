"""Compare our networks with the vectors that the official code made, and write notebooks/outputs/parity.json."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from catalog.commit import commit
from catalog.counted import counted
from catalog.load import ROOT
from catalog.parity_file import PARITY

sys.path[:0] = [str(ROOT / "notebooks")]  # the networks live with the experiments

from runner.publish import today  # noqa: E402 (after the path)
from runner.spoken import tell  # noqa: E402


def main(argv: Sequence[str] | None = None, root: Path = ROOT) -> int:
    """Compare everything and write what came out; return 1, and write nothing, if some network is not equal."""
    arguments(argv)
    from parity import report  # here, so that --help needs no torch

    try:
        data = report.report(root)
    except report.ParityError as error:
        tell(str(error))
        tell(f"{PARITY} stays as it was")
        return 1
    data["provenance"] |= commit(root) | {"date": today()}
    report.write(data, root / PARITY)
    for name, network in data["networks"].items():
        tell(
            f"{name}: {counted(len(network['cases']), 'test input')}, {counted(len(network['lists']), 'list')} of names"
        )
    tell(f"written to {PARITY}")
    return 0


def arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    """Read the command line."""
    return argparse.ArgumentParser(prog="python -m scripts.check_parity", description=__doc__).parse_args(argv)


if __name__ == "__main__":
    sys.exit(main())
