"""A misspelt id or word is told with one that there is, before one that would have to be added."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from catalog.problems import Problem, did_you_mean, nearest
from catalog.records import FOLDERS, ID_PATTERN, NAME_PATTERN, RECORD_TYPES, Question, Record, Vocabulary
from catalog.validation import PATTERNS, insides
from catalog.words import VOCABULARY_FILE, choices, fields_with_words, open_words, titled

_FORMS = "|".join(re.escape(PATTERNS[pattern]) for pattern in (ID_PATTERN, NAME_PATTERN))
_MISSPELT = re.compile(
    rf'(?P<wrong>(?:{_FORMS}) \(got "(?P<got>.*)"\))(?:; did you mean "(?P<meant>.*)"\?)?', re.DOTALL
)
FILES = {"notebook": "notebooks/*.py", "implementation": "notebooks/models/*.py"}  # that records name, by field
_OFFERED = {"models": "model", "papers": "paper", "siblings": "question"}  # kinds of records that a question names
_FILES_OF_A_QUESTION = FILES | {field: "/*".join(FOLDERS[kind]) for field, kind in _OFFERED.items()}
_OTHER_KIND = {"models": "papers", "papers": "models"}
_BY_FOLDER = {folder: kind for kind, (folder, _) in FOLDERS.items()}


class Known(NamedTuple):
    """The names that a place may say, how people are told of them, and where a new one, `*`, is added.

    `others` are those that belong in the place beside it: of papers where it offers models. `titled` is the name of
    that title.
    """

    names: Sequence[str]
    choice: str
    addition: str
    others: Sequence[str] = ()
    titled: str | None = None


def with_known_name(problem: Problem, vocabulary: Vocabulary, root: Path, *, is_published: bool) -> Problem:
    """Return a problem of reading; where it is about a misspelt name, with a remedy that leads to no other problem."""
    found = _MISSPELT.fullmatch(problem.message)
    known = _known_at(problem, found["got"], vocabulary, root, is_published=is_published) if found else None
    if found is None or known is None or found["meant"] in known.names:
        return problem
    word = known.titled or found["meant"] or found["got"]
    near = did_you_mean(word, known.names) or among_the_others(word, known.others, problem.field.partition(".")[0])
    return replace(problem, message=found["wrong"] + (near or f"; {known.choice}{_addition(found['meant'], known)}"))


def _addition(new: str | None, known: Known) -> str:
    """Say how a new name is spelled and where it is added, if it can be spelled at all."""
    return f', or write "{new}" and add {known.addition.replace("*", new)}' if new else ""


def among_the_others(word: str, others: Iterable[str], field: str) -> str:
    """Return what a question means that offers a paper under `models`, or a model under `papers`; or nothing."""
    near = nearest(word, others)
    other = _OTHER_KIND.get(field, "")
    return f'; did you mean the {other[:-1]} "{near}"? then move the line to {other}:' if near else ""


def _known_at(problem: Problem, got: str, vocabulary: Vocabulary, root: Path, *, is_published: bool) -> Known | None:
    """Return the names that the place of a problem may say, or None where it says a new one."""
    record_type = _type_of(problem.file)
    if record_type is None:
        return None
    path = problem.field.removesuffix(f".{got}").split(".")  # the misspelt name may be a key
    files = (_FILES_OF_A_QUESTION if record_type is Question else FILES).get(path[0]) if len(path) == 1 else None
    if files is not None:
        others = _FILES_OF_A_QUESTION.get(_OTHER_KIND.get(path[0], ""))
        return Known(stems(root, files), f"name one of {files}", files, stems(root, others) if others else ())
    section = _section_at(record_type, path)
    if section is None:
        return None
    words = open_words(section, vocabulary, is_published=is_published)
    meant = titled(got, {word: getattr(vocabulary, section)[word] for word in words})
    return Known(words, f"use {choices(words)}", f"it to {VOCABULARY_FILE}", titled=meant)


def stems(root: Path, files: str) -> tuple[str, ...]:
    """Return the names of files without their endings."""
    return tuple(sorted(file.stem for file in root.glob(files)))


def _section_at(record_type: type[Record], path: list[str]) -> str | None:
    """Return the list of the vocabulary to which the word under a path belongs, or None where no such word stands."""
    for inside, key in zip(insides(record_type, tuple(path)), path, strict=False):
        for field in fields_with_words(inside.part) if inside and inside.part else ():
            if field.key == key and field.section:
                return field.section
    return None


def _type_of(file: str) -> type[Record] | None:
    """Return the type of the record in a file, or None where it is none of the catalog."""
    path = Path(file)
    return RECORD_TYPES.get(_BY_FOLDER.get(path.parent.as_posix(), path.stem))
