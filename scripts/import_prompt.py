"""Write the model, paper and question records of raw prompts."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from catalog.import_files import Plan
    from catalog.problems import Problem

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # so that it runs from any folder
import scripts  # noqa: F401 (it says which package is not installed)


def main(arguments: Sequence[str] | None = None) -> int:
    """Import prompts, all or none of them; return 1 if there is an error, else 0."""
    options = _options(arguments)
    from catalog.counted import counted
    from catalog.import_files import write_plan
    from catalog.imports import read_and_plan
    from catalog.in_the_way import in_the_way
    from catalog.load import ROOT, load
    from catalog.problems import CatalogError
    from catalog.root_folder import holds_no_catalog

    if message := holds_no_catalog(options.root or ROOT):
        print(message, file=sys.stderr)
        return 1
    root = (options.root or ROOT).resolve()
    catalog, found = load(root)
    if hindering := found if catalog is None else in_the_way(catalog, found):
        _tell(hindering, "in the catalog; correct them first. Nothing was written.")
        return 1
    try:
        plan, problems = read_and_plan(options.files, catalog, dict(options.id), options.provided)
    except CatalogError as error:
        plan, problems = None, error.problems
    prompts = counted(len(options.files), "prompt")
    if plan is None:
        _tell(problems, f"in {prompts}. Nothing was written.")
        return 1
    if not options.dry_run:
        try:
            write_plan(plan, root)
        except OSError as error:
            print(f"{error.filename or root}: {error.strerror}. Nothing was written.", file=sys.stderr)
            return 1
    _report(plan, problems, options)
    _tell_of_errors_elsewhere(found)
    return 0


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    """Return what the command was given."""
    parser = argparse.ArgumentParser(prog="python -m scripts.import_prompt", description=__doc__)
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="a raw prompt")
    parser.add_argument(
        "--id", action="append", default=[], type=_pair, metavar="KEY=ID",
        help="choose an id: KEY is the proposed one, or FILE for a question, FILE:LINE for a block; may be repeated",
    )  # fmt: skip
    parser.add_argument(
        "--question-id", action="append", default=[], metavar="ID",
        help="choose the id of the question, when there is one prompt",
    )  # fmt: skip
    parser.add_argument(
        "--provided", action="append", default=[], metavar="ID",
        help="keep in the question what this prompt says of a known paper or model; may be repeated",
    )  # fmt: skip
    parser.add_argument("--dry-run", action="store_true", help="say what would be written, and write nothing")
    parser.add_argument("--root", type=Path, help="the repository to write to; this one if left out")
    options = parser.parse_args(arguments)
    options.files = list(dict.fromkeys(options.files))
    if options.question_id and len(options.files) != 1:
        parser.error("--question-id goes with one prompt; use --id FILE=ID for each of several")
    options.id += [(options.files[0].name, id) for id in options.question_id]
    keys = [key for key, _ in options.id]
    if twice := sorted({key for key in keys if keys.count(key) > 1}):
        parser.error(f"more than one id is chosen for {', '.join(twice)}; leave one")
    return options


def _pair(text: str) -> tuple[str, str]:
    """Return the two sides of KEY=ID."""
    key, sign, id = text.rpartition("=")
    if not (key and sign and id):
        raise argparse.ArgumentTypeError(f"write KEY=ID (got {text})")
    return key, id


def _tell(problems: Sequence[Problem], end: str) -> None:
    """Print problems, then how many errors and notices there are, to stderr."""
    from catalog.problems import summary

    print(*problems, f"{summary(problems)} {end}", sep="\n", file=sys.stderr)


def _report(plan: Plan, notices: Sequence[Problem], options: argparse.Namespace) -> None:
    """Print what was written, what was known already, what is odd in the prompts, and what is left for a person."""
    for new in plan.new:
        print(f"{'would write' if options.dry_run else 'wrote'} {new.file}{_about_address(new.file, options)}")
    for file in plan.known:
        print(f"known {file}")
    for notice in notices:
        print(notice)
    for sentence in plan.todo:
        print(f"to do: {sentence}")
    if not (plan.new or plan.todo):
        print("nothing to do")


def _tell_of_errors_elsewhere(found: Sequence[Problem]) -> None:
    """Say how many errors the records have that the prompts are not about, and how to see them."""
    from catalog.counted import counted
    from catalog.packages import command

    if errors := sum(problem.level == "error" for problem in found):
        print(f"the catalog has {counted(errors, 'error')} elsewhere; see: {command('check_catalog')}")


def _about_address(file: str, options: argparse.Namespace) -> str:
    """Say of a question whose id nobody chose that it is its address, and how another is chosen."""
    path = Path(file)
    if path.parent.name != "questions" or path.stem in {id for _, id in options.id}:
        return ""
    return f" (its address; {'--question-id' if len(options.files) == 1 else '--id FILE=ID'} chooses another)"


if __name__ == "__main__":
    sys.exit(main())
