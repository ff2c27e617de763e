"""Write the JSON Schemas of the records, from which editors complete and check."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from catalog.contributed_text import read_text
from catalog.load import ROOT, parse_record
from catalog.schema import write_schemas
from catalog.words import VOCABULARY_FILE


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the schemas that changed; return 1 if the vocabulary cannot be read, else 0."""
    argparse.ArgumentParser(prog="python -m scripts.write_schema", description=__doc__).parse_args(arguments)
    text, problems = read_text(ROOT / VOCABULARY_FILE, ROOT)
    vocabulary = None
    if text is not None:
        vocabulary, problems = parse_record("vocabulary", "vocabulary", text, VOCABULARY_FILE)
    if vocabulary is None:
        print(*problems, sep="\n", file=sys.stderr)
        return 1
    changed = write_schemas(ROOT, vocabulary)
    print(*(path.relative_to(ROOT).as_posix() for path in changed), sep="\n") if changed else print("nothing changed")
    return 0


if __name__ == "__main__":
    sys.exit(main())
