"""Print the workflow that the records propose for a question, to be pasted into its file."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # so that it runs from any folder
from scripts.one_question import find


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the lines to paste, never writing any; return 1 if none can be derived, else 0."""
    found = find("propose_workflow", __doc__, arguments)
    if found is None:
        return 1
    from catalog.drafts import propose
    from catalog.problems import CatalogError

    if concerned := found.errors():
        print("\n".join(concerned), file=sys.stderr)
        return 1
    try:
        proposal = propose(found.question, found.catalog)
    except CatalogError as error:
        print(error, file=sys.stderr)
        return 1
    if proposal.note:
        print(proposal.note, file=sys.stderr)
    print(proposal.text, end="")
    return 0 if proposal.text else 1


if __name__ == "__main__":
    sys.exit(main())
