"""Write the commented skeleton of a new paper, model or question."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from catalog.load import ROOT
from catalog.packages import command
from catalog.records import FOLDERS
from catalog.skeleton import CannotCreateError, create_record


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the record and say what comes next; return 1 if it may not be written, else 0."""
    parser = argparse.ArgumentParser(prog="python -m scripts.new_record", description=__doc__)
    parser.add_argument("kind", choices=sorted(FOLDERS), help="what the record is about")
    parser.add_argument("id", help="its name: lower-case letters and digits, with single hyphens between them")
    parser.add_argument("--root", type=Path, default=ROOT, help="the repository; this one if left out")
    options = parser.parse_args(arguments)
    try:
        path = create_record(options.kind, options.id, options.root)
    except (CannotCreateError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    print(f"{path.relative_to(options.root).as_posix()} is written.")
    print(f"Fill in the lines without #; take out the # of others as needed. Then run: {command('check_catalog')}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
