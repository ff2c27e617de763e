"""Print everything that is wrong with the catalog."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from catalog.load import Catalog

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # so that it runs from any folder
import scripts  # noqa: F401 (it says which package is not installed)


def main(arguments: Sequence[str] | None = None) -> int:
    """Print each problem, then a summary; return 1 if there is an error, else 0."""
    options = _parser().parse_args(arguments)
    from catalog.load import ROOT, check_all, no_collection
    from catalog.problems import summary
    from catalog.root_folder import holds_no_catalog

    if message := holds_no_catalog(options.root or ROOT):
        print(message, file=sys.stderr)
        return 1
    with no_collection(for_good=True):
        catalog, problems = check_all((options.root or ROOT).resolve())
    errors = [problem for problem in problems if problem.level == "error"]
    if options.verbose and catalog:
        print(*_lengths(catalog), sep="\n")
    print(*problems, f"{summary(problems)} in {_size(catalog)}", sep="\n")
    return 1 if errors else 0


def _parser() -> argparse.ArgumentParser:
    """Return what the command takes."""
    parser = argparse.ArgumentParser(prog="python -m scripts.check_catalog", description=__doc__)
    parser.add_argument("root", nargs="?", type=Path, help="the repository to check; this one if left out")
    parser.add_argument("-v", "--verbose", action="store_true", help="say first how long each answer is")
    return parser


def _lengths(catalog: Catalog) -> Iterator[str]:
    """Yield how many words each answer has, beside how many it may have."""
    from catalog.rules_answers import FEWEST_WORDS, MOST_WORDS, counts_in_words, word_counts

    for id, answer in catalog.answers.items():
        has = counts_in_words(word_counts(answer))
        yield f"catalog/questions/{id}.md: {FEWEST_WORDS} to {MOST_WORDS} words in the three parts (it has {has})"


def _size(catalog: Catalog | None) -> str:
    """Return how many records were read, or tried to."""
    if catalog is None:
        return "the catalog; rules between records wait until catalog/vocabulary.yml can be read with all its words"
    from catalog.counted import counted

    folders = (catalog.papers, catalog.models, catalog.questions, catalog.unreadable)
    records = sum(map(len, folders))
    return counted(records, "record")


if __name__ == "__main__":
    sys.exit(main())
