"""Print what the networks and the essays cost: `python -m notebooks.bench [CASE ...] [--times 3] [--keep]`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

sys.path[:0] = [str(Path(__file__).resolve().parents[1])]  # networks are imported as in essays

from bench.kept import RESULTS, keep
from bench.measure import CASES, in_its_own_process, lines, measure
from bench.quick import ESSAYS, THREADS, line, run_quick

QUICK = "quick"


def main(argv: list[str] | None = None) -> None:
    """Measure each case in turn and print its lines."""
    known = (*CASES, QUICK)
    parser = argparse.ArgumentParser(prog="python -m notebooks.bench", description=__doc__)
    parser.add_argument("cases", nargs="*", metavar="CASE", help=f"{', '.join(CASES)}, or {QUICK}: all essays (all)")
    parser.add_argument("--times", type=int, default=3, help="runs of a network of which the median is taken")
    parser.add_argument("--keep", action="store_true", help=f"write what was printed to {RESULTS.name}, by case")
    parser.add_argument("--device", help="instead: milliseconds on a GPU, such as cuda")
    options = parser.parse_args(argv)
    if options.device:
        sys.exit(in_its_own_process("bench.on_device", options.device).returncode)
    unknown = [name for name in options.cases if name not in known]
    if unknown:
        parser.error(f"no case {', '.join(unknown)}; there are {', '.join(known)}")
    for name in options.cases or known:
        printed = []
        for text in of_essays() if name == QUICK else lines(CASES[name], measure(CASES[name], options.times)):
            print(text, flush=True)
            printed.append(text)
        if options.keep:
            keep(name, printed, 1 if name == QUICK else options.times)


def of_essays() -> Iterator[str]:
    """Run every essay in quick mode; yield what is printed."""
    yield f"Essays in quick mode, {THREADS} threads"
    for essay in ESSAYS:
        yield line(essay, run_quick(essay))


if __name__ == "__main__":
    main()
