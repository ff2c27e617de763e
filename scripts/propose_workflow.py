"""Print the workflow that the records propose for a question, to be pasted into its file."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # so that it runs from any folder
import scripts  # noqa: F401 (it says which package is not installed)


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the lines to paste, never writing any; return 1 if none can be derived, else 0."""
    parser = argparse.ArgumentParser(prog="python -m scripts.propose_workflow", description=__doc__)
    parser.add_argument("id", metavar="ID", help="the id of a question, which is the name of its file")
    parser.add_argument("--root", type=Path, help="the repository to read; this one if left out")
    options = parser.parse_args(arguments)
    from catalog.drafts import propose
    from catalog.load import ROOT, load
    from catalog.problems import did_you_mean

    catalog, problems = load((options.root or ROOT).resolve())
    question = catalog.questions.get(options.id) if catalog else None
    names = {options.id, *(question.models if question else ())}
    concerned = [str(p) for p in problems if p.level == "error" and (catalog is None or Path(p.file).stem in names)]
    if catalog is None or question is None or concerned:
        known = catalog.questions if catalog else {}
        message = f"there is no readable question {options.id!r} in catalog/questions/{did_you_mean(options.id, known)}"
        print("\n".join(concerned or [message]), file=sys.stderr)
        return 1
    proposal = propose(question, catalog)
    if proposal.note:
        print(proposal.note, file=sys.stderr)
    print(proposal.text, end="")
    return 0 if proposal.text else 1


if __name__ == "__main__":
    sys.exit(main())
