"""Print what the networks cost: `python -m notebooks.bench [CASE ...] [--times 3]`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

sys.path[:0] = [str(Path(__file__).resolve().parents[1])]  # networks are imported as in essays

from bench.measure import CASES, in_its_own_process, lines, measure


def main(argv: list[str] | None = None) -> None:
    """Measure each case in turn and print its lines."""
    parser = argparse.ArgumentParser(prog="python -m notebooks.bench", description=__doc__)
    parser.add_argument("cases", nargs="*", metavar="CASE", help=", ".join(CASES))
    parser.add_argument("--times", type=int, default=3, help="runs of which the median is taken")
    parser.add_argument("--device", help="instead: milliseconds on a GPU, such as cuda")
    options = parser.parse_args(argv)
    if options.device:
        sys.exit(in_its_own_process("bench.on_device", options.device).returncode)
    unknown = [name for name in options.cases if name not in CASES]
    if unknown:
        parser.error(f"no case {', '.join(unknown)}; there are {', '.join(CASES)}")
    for name in options.cases or CASES:
        print("\n".join(lines(CASES[name], measure(CASES[name], options.times))), flush=True)


if __name__ == "__main__":
    main()
