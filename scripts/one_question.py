"""Read the catalog and the one question that a command is told on its command line."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from catalog.load import Catalog
    from catalog.problems import Problem
    from catalog.records import Question


@dataclass(frozen=True)
class Found:
    """A question, the catalog it stands in, and the problems of all records."""

    question: Question
    catalog: Catalog
    problems: Sequence[Problem]

    def errors(self) -> list[str]:
        """Return the errors in the question and in the models that are offered for it."""
        files = {_file("question", self.question.id), *(_file("model", id) for id in self.question.models)}
        return [str(each) for each in self.problems if each.level == "error" and each.file in files]


def _file(kind: str, id: str) -> str:
    """Return the file of a record, which may share its id with one of another kind."""
    from catalog.records import FOLDERS

    folder, suffix = FOLDERS[kind]
    return f"{folder}/{id}{suffix}"


def find(command: str, about: str | None, arguments: Sequence[str] | None) -> Found | None:
    """Return the question named on the command line; None if there is none that can be read, after saying why."""
    parser = argparse.ArgumentParser(prog=f"python -m scripts.{command}", description=about)
    parser.add_argument("id", metavar="ID", help="the id of a question, which is the name of its file")
    parser.add_argument("--root", type=Path, help="the repository to read; this one if left out")
    options = parser.parse_args(arguments)
    from catalog.load import ROOT, load
    from catalog.problems import did_you_mean
    from catalog.root_folder import holds_no_catalog

    if message := holds_no_catalog(options.root or ROOT):
        print(message, file=sys.stderr)
        return None
    catalog, problems = load((options.root or ROOT).resolve())
    if catalog is not None and options.id in catalog.questions:
        return Found(catalog.questions[options.id], catalog, problems)
    own = [str(each) for each in problems if catalog is None or each.file == _file("question", options.id)]
    known = catalog.questions if catalog else {}
    message = f"there is no readable question {options.id!r} in catalog/questions/{did_you_mean(options.id, known)}"
    print("\n".join([*own, message]), file=sys.stderr)
    return None
