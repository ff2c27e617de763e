"""Print the raw prompt of a question from its records."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # so that it runs from any folder
from scripts.one_question import find


def main(arguments: Sequence[str] | None = None) -> int:
    """Print one prompt, byte for byte as it was imported; return 1 if that cannot be done, else 0."""
    found = find("export_prompt", __doc__, arguments)
    if found is None:
        return 1
    from catalog.problems import CatalogError
    from catalog.prompts import export_prompt

    try:
        text = export_prompt(found.question, found.catalog)
    except CatalogError as error:
        print(error, file=sys.stderr)
        return 1
    sys.stdout.flush()
    sys.stdout.buffer.write(text.encode())  # bytes, so that no platform changes the line ends
    sys.stdout.buffer.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main())
