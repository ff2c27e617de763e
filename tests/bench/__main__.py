"""Print how fast the site builds: `python -m tests.bench [N ...] [--times 3]`."""

import argparse
import math
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.bench.measure import Cost, median
from tests.bench.worlds import ROOT, copy_code, populate

MKDOCS = [sys.executable, "-m", "mkdocs", "build", "--strict"]
SIZE = 1000  # questions for which the targets are given
TARGETS = {"build": 0.40, "memory": 1.5, "exponent": 1.0, "check": 0.1, "html": 60_000}


def prepare(folder: Path, questions: int) -> None:
    """Make the site's sources for this many questions, and the same pages for plain MkDocs + Material.

    Raises:
        SystemExit: the second could not be made.
    """
    copy_code(folder / "ours")
    populate(folder / "ours", questions)
    peer = [sys.executable, "-m", "tests.bench.peer", str(folder / "ours"), str(folder / "plain")]
    if code := subprocess.run(peer, cwd=ROOT, check=False).returncode:
        sys.exit(code)  # it said why


def measure(folder: Path, times: int) -> dict[str, Cost]:
    """Return the cost of our build, of the plain build and of checking the catalog."""
    ours, plain = folder / "ours", folder / "plain"
    return median(
        {
            "ours": (MKDOCS, ours),
            "plain": ([*MKDOCS[:-1]], plain),
            "check": ([sys.executable, "-m", "scripts.check_catalog"], ours),
        },
        times,
    )


def page_bytes(folder: Path) -> int:
    """Return the median HTML bytes of a question page without its notebook, which stands in a part of its own."""
    pages = [p for p in (folder / "ours" / "site" / "questions").glob("*/index.html") if p.parent.name[0] != "."]
    return int(statistics.median(without_notebook(page.read_bytes()) for page in pages))


def without_notebook(page: bytes) -> int:
    """Return the bytes of a page less those of its notebook.

    Raises:
        ValueError: the page has no notebook, so that it is not what is measured.
    """
    start, end = page.index(b'<h2 id="experiment"'), page.index(b'<h2 id="rerun"')
    return len(page) - (end - start)


def verdict(name: str, value: float, n: int = SIZE) -> str:
    """Return in words whether a value keeps its target; what is compared with plain MkDocs has one at N = 1,000."""
    target = TARGETS[name]
    if n != SIZE and name != "html":
        return f"target {target:g} at N = {SIZE:,}"
    return f"target {target:g}: {'kept' if value <= target else 'MISSED'}"


def report(seen: dict[int, dict[str, Cost]], sizes: dict[int, int]) -> None:
    """Print every ratio of the run."""
    for n, costs in seen.items():
        ours, plain, check = costs["ours"], costs["plain"], costs["check"]
        build, memory = ours.seconds / plain.seconds, ours.mebibytes / plain.mebibytes
        share = check.seconds / plain.seconds
        print(f"N = {n:,}")
        against = f"against {plain.seconds:8.2f} s"
        print(f"  build   {ours.seconds:8.2f} s  {against}: {build:.2f}x  {verdict('build', build, n)}")
        against = f"against {plain.mebibytes:6.0f} MiB"
        print(f"  memory  {ours.mebibytes:8.0f} MiB {against}: {memory:.2f}x  {verdict('memory', memory, n)}")
        print(f"  check   {check.seconds:8.2f} s: {share:.3f}x of the plain build  {verdict('check', share, n)}")
        print(f"  a question page {sizes[n]:,} bytes of HTML  {verdict('html', sizes[n], n)}")
    counts = sorted(seen)
    if len(counts) > 1:
        low, high = counts[-2:]
        growth = math.log(seen[high]["ours"].seconds / seen[low]["ours"].seconds) / math.log(high / low)
        print(f"growth from {low:,} to {high:,}: exponent {growth:.2f}  {verdict('exponent', growth)}")


def main() -> None:
    """Measure each size in turn and print the ratios."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("counts", nargs="*", type=int, default=[10, 100, 1000])
    parser.add_argument("--times", type=int, default=3, help="runs of which the median is taken")
    options = parser.parse_args()
    seen, sizes = {}, {}
    for n in options.counts:
        with tempfile.TemporaryDirectory(prefix="bench-") as name:
            prepare(Path(name), n)
            seen[n], sizes[n] = measure(Path(name), options.times), page_bytes(Path(name))
    report(seen, sizes)


if __name__ == "__main__":
    main()
