"""Print the raw prompt of a question from its records."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # so that it runs from any folder
import scripts  # noqa: F401 (it says which package is not installed)


def main(arguments: Sequence[str] | None = None) -> int:
    """Print one prompt, byte for byte as it was imported; return 1 if that cannot be done, else 0."""
    parser = argparse.ArgumentParser(prog="python -m scripts.export_prompt", description=__doc__)
    parser.add_argument("id", metavar="ID", help="the id of a question, which is the name of its file")
    parser.add_argument("--root", type=Path, help="the repository to read; this one if left out")
    options = parser.parse_args(arguments)
    from catalog.load import ROOT, load
    from catalog.problems import CatalogError, did_you_mean
    from catalog.prompts import export_prompt

    catalog, problems = load((options.root or ROOT).resolve())
    if catalog is None or options.id not in catalog.questions:
        own = [p for p in problems if catalog is None or Path(p.file).stem == options.id]
        known = catalog.questions if catalog else {}
        message = f"there is no readable question {options.id!r} in catalog/questions/{did_you_mean(options.id, known)}"
        print("\n".join([*map(str, own), message]), file=sys.stderr)
        return 1
    try:
        text = export_prompt(catalog.questions[options.id], catalog)
    except CatalogError as error:
        print(error, file=sys.stderr)
        return 1
    sys.stdout.flush()
    sys.stdout.buffer.write(text.encode())  # bytes, so that no platform changes the line ends
    sys.stdout.buffer.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main())
