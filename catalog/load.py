"""Read the whole catalog: from a folder to typed records, with everything that is wrong with it."""

from __future__ import annotations

import gc
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from catalog.answer import Answer, read_answer
from catalog.contributed_text import FrontMatter, read_corrected, real_folder, split_front_matter
from catalog.damaged import Damaged, usable
from catalog.lost_lines import put_back
from catalog.meant_names import with_known_name
from catalog.notations import Citation, scan
from catalog.own_files import ROOT as ROOT
from catalog.own_files import read_own_files
from catalog.parity import Parity
from catalog.parity_file import read_parity
from catalog.plain_markdown import hidden_entities
from catalog.problems import Problem, in_short, line_and_column
from catalog.readable_rest import read_rest
from catalog.records import (
    FOLDERS,
    ID_PATTERN,
    RECORD_TYPES,
    Model,
    Paper,
    Question,
    Record,
    Vocabulary,
    was_given,
)
from catalog.run_files import read_runs, run_ids
from catalog.runs import Run
from catalog.validation import validate
from catalog.words import VOCABULARY_FILE, with_words

DEVICES = {"con", "prn", "aux", "nul", *(f"{port}{number}" for port in ("com", "lpt") for number in range(1, 10))}
RESERVED = {"index", "404", "assets", "search", "sitemap"} | DEVICES  # names that a site or a file system keeps


@dataclass(frozen=True, eq=False)  # a catalog is itself alone, so that what is derived from it can be kept beside it
class Catalog:
    """All records that could be read, each kind sorted by id.

    `unreadable` holds the ids of records whose file is there but cannot be read, so that nobody calls them unknown;
    `unreadable_runs` those of runs. `damaged` holds, by file, what is left of those records: only rules look at it,
    and at `own_files`, the lists beside the vocabulary. `parity` tells how near our networks are to others.
    """

    root: Path
    papers: dict[str, Paper]
    models: dict[str, Model]
    questions: dict[str, Question]
    answers: dict[str, Answer]
    vocabulary: Vocabulary
    runs: dict[str, Run]
    unreadable: frozenset[str] = frozenset()
    unreadable_runs: frozenset[str] = frozenset()
    damaged: Mapping[str, Damaged] = field(default_factory=dict)
    own_files: tuple[Record, ...] = ()
    parity: Parity | None = None

    @property
    def sources(self) -> tuple[Paper | Model, ...]:
        """Every paper and model: what can be offered and cited."""
        return (*self.papers.values(), *self.models.values())

    def lacks(self, record: Record, *path: str) -> bool:
        """Tell whether something is wrong in the file of a record under `path`, so that nobody knows its value."""
        known = self.damaged.get(record.source.file)
        return known is not None and known.lacks(*path)

    def knows_all_offered(self, question: Question) -> bool:
        """Tell whether every offered id has its record; else nobody can say what was not offered."""
        known = question.models.keys() <= self.models.keys() and question.papers.keys() <= self.papers.keys()
        return known and not (self.damaged and self._lacks_texts(question)) and not self.papers_left_out(question)

    def papers_left_out(self, question: Question) -> list[str]:
        """Return the known papers that an answer cites whose question says nothing of papers."""
        unsaid = not (was_given(question, "papers") or self.lacks(question, "papers"))
        if not unsaid or question.id not in self.answers:
            return []
        cited = (found for _, part in self.answers[question.id].parts for found in scan(part))
        return list(
            dict.fromkeys(found.id for found in cited if isinstance(found, Citation) and found.id in self.papers)
        )

    def _lacks_texts(self, question: Question) -> bool:
        """Tell whether something is wrong with the question or with what its prompt offered or said."""
        if self.lacks(question, "question") or self.lacks(question, "notebook"):
            return True
        for kind, offered in (("models", question.models), ("papers", question.papers)):
            if self.lacks(question, kind) and not offered:
                return True
            if any(self.lacks(question, kind, id, "provided") for id in offered):
                return True
        return False


def load(root: Path = ROOT) -> tuple[Catalog | None, list[Problem]]:
    """Read every record, answer and run; the catalog is None only if the vocabulary cannot be read."""
    with no_collection():
        return _load(root)


@contextmanager
def no_collection(*, for_good: bool = False) -> Iterator[None]:
    """Keep the garbage collector from looking at thousands of records that all stay: a fifth of the reading time.

    With `for_good` it never looks at what is there by then, which suits a process that ends soon.
    """
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if for_good:
            gc.freeze()
        if enabled:
            gc.enable()


def _load(root: Path) -> tuple[Catalog | None, list[Problem]]:
    """Read every record, answer and run."""
    real_folder.cache_clear()  # a link may lead elsewhere by now
    problems: list[Problem] = []
    vocabulary = _read_vocabulary(root, problems)
    answers: dict[str, Answer] = {}
    unreadable: set[str] = set()
    damaged: dict[str, Damaged] = {}
    kinds = {kind: _read_folder(root, kind, answers, unreadable, damaged, problems) for kind in FOLDERS}
    runs, run_problems = read_runs(root)
    own_files, own_problems = read_own_files(root)
    parity, parity_problems = read_parity(root)
    problems += [*run_problems, *own_problems, *parity_problems]
    if vocabulary is None:
        return None, sorted(set(problems))
    problems = [_with_words(problem, vocabulary, root, damaged.get(problem.file)) for problem in problems]
    catalog = Catalog(
        root=root,
        papers=kinds["paper"],
        models=kinds["model"],
        questions=kinds["question"],
        answers=answers,
        vocabulary=vocabulary,
        runs=runs,
        unreadable=frozenset(unreadable),
        unreadable_runs=frozenset(run_ids(root)) - runs.keys(),
        damaged=damaged,
        own_files=own_files,
        parity=parity,
    )
    return catalog, sorted(set(problems))


def _with_words(problem: Problem, vocabulary: Vocabulary, root: Path, left: Damaged | None) -> Problem:
    """Return a problem of reading with the words and names that there are; `left` is what is left of its record."""
    is_published = left is not None and getattr(left.record, "status", "draft") == "published"
    problem = replace(problem, message=with_words(problem.message, vocabulary, is_published=is_published))
    return with_known_name(problem, vocabulary, root, is_published=is_published)


def check_all(root: Path = ROOT) -> tuple[Catalog | None, list[Problem]]:
    """Read the catalog, check its rules, and return it with all problems, sorted; in one line the first are told."""
    from catalog.check import check  # the rules are about Catalog, so they import this module

    with no_collection():
        catalog, problems = load(root)
        if catalog is not None:
            problems += check(catalog)
    return catalog, in_short(problems)


def parse_record(kind: str, id: str, text: str, file: str) -> tuple[Any, list[Problem]]:
    """Return the record of one file's text, or None, and what is wrong with it.

    `kind` is a key of RECORD_TYPES; of a question the front matter is read, the answer below it is not.
    """
    parted, problems = _parted(kind, text, file)
    return _parse(kind, id, parted, file)[:2] if parted else (None, problems)


def _parted(kind: str, text: str, file: str) -> tuple[FrontMatter | None, list[Problem]]:
    """Part the record of a question from its answer; of another record the text is all there is."""
    return split_front_matter(text, file) if kind == "question" else (FrontMatter(text, 1), [])


def _parse(
    kind: str, id: str, parted: FrontMatter, file: str, *, corrected: bool = False
) -> tuple[Record | None, list[Problem], Damaged | None]:
    """Return the record of one file's text, or what is left of it, and what is wrong with it.

    Of a text that is `corrected`, because its file holds what is refused, there is no record.
    """
    rest = read_rest(parted.text, file, RECORD_TYPES[kind], parted.first_line)
    data, source, problems = rest.data, rest.source, rest.problems
    problems += _hidden(parted.text, file, parted.first_line)
    record, misfits, lost = None, [], []
    if data is not None or not problems:
        record, misfits = validate(RECORD_TYPES[kind], data, source)
    if misfits:
        data, source, lost = put_back(RECORD_TYPES[kind], data, source)
        misfits = validate(RECORD_TYPES[kind], data, source)[1] if lost else misfits
    problems += rest.without_what_follows(misfits)
    if problems or lost or corrected:
        damaged = usable(kind, data, problems, source, parted.body_line)
        if damaged is not None:
            damaged.record._id = id
        return None, problems + lost, damaged
    record._id, record._source = id, source
    return record, [], None


def _hidden(text: str, file: str, first_line: int) -> Iterator[Problem]:
    """Refuse entities of characters that nobody sees, as the characters themselves are."""
    for at, message in hidden_entities(text):
        yield Problem(file, *line_and_column(text, at, first_line), "", message)


def _read_vocabulary(root: Path, problems: list[Problem]) -> Vocabulary | None:
    """Return the vocabulary, also with stand-ins for what is wrong in its words, or None."""
    text, found = read_corrected(root / VOCABULARY_FILE, root)
    problems += found
    if text is None:
        return None
    vocabulary, found, left = _parse("vocabulary", "vocabulary", FrontMatter(text, 1), VOCABULARY_FILE)
    problems += found
    return left.record if left else vocabulary


def _read_folder(
    root: Path,
    kind: str,
    answers: dict[str, Answer],
    unreadable: set[str],
    damaged: dict[str, Damaged],
    problems: list[Problem],
) -> dict[str, Any]:
    """Return the records of one folder by id; to answers, unreadable ids, damaged records and problems is added."""
    records = {}
    for path in _record_files(root, kind, unreadable, problems):
        text, found = read_corrected(path, root)
        problems += found
        record, file = None, f"{FOLDERS[kind][0]}/{path.name}"
        parted, unparted = _parted(kind, text, file) if text is not None else (None, [])
        problems += unparted
        if parted is not None:
            record, found, left = _parse(kind, path.stem, parted, file, corrected=bool(found))
            problems += found
            if left is not None:
                damaged[file] = left
            if kind == "question":
                best = record or (left.record if left else None)
                draft = best is not None and best.status == "draft"
                answers[path.stem], found = read_answer(parted.body, file, parted.body_line, draft=draft)
                problems += found
        if record is None:
            unreadable.add(path.stem)
        else:
            records[path.stem] = record
    return records


def _record_files(root: Path, kind: str, unreadable: set[str], problems: list[Problem]) -> Iterator[Path]:
    """Yield the files of one kind in the order of their ids; refuse everything else that lies there.

    To the unreadable ids those are added that a file with another name was meant to have.
    """
    folder, suffix = FOLDERS[kind]
    names = sorted(path.name for path in (root / folder).iterdir()) if (root / folder).is_dir() else []
    for name in names:
        if name.startswith("."):
            continue
        if message := name_problem(name, suffix):
            problems.append(Problem(f"{folder}/{name}", 1, 1, "", message))
            meant = _near_id(name.rpartition(".")[0])
            unreadable.update([meant] if meant and f"{meant}{suffix}" not in names else [])
        else:
            yield root / folder / name


def name_problem(name: str, suffix: str) -> str:
    """Say what is wrong with the name of a record's file, or nothing."""
    stem = name.removesuffix(suffix)
    if stem == name:
        hint = f'; did you mean "{_near_id(stem[:-5])}{suffix}"?' if stem.endswith(".yaml") and suffix == ".yml" else ""
        return f"is not a record; only files that end in {suffix} belong here, so move it or rename it{hint}"
    return id_problem(stem, suffix)


def id_problem(id: str, suffix: str = "") -> str:
    """Say why an id may not name a record, or nothing; a suggestion ends in the suffix."""
    if not re.fullmatch(ID_PATTERN, id) or len(id) > 80:
        near = _near_id(id)
        hint = f'; did you mean "{near}{suffix}"?' if near and near not in RESERVED else ""
        rule = "a record's name has lower-case letters and digits, with single hyphens between them, at most 80"
        got = id if id.isprintable() else ascii(id)[1:-1]
        return f"cannot name a record (got {got or 'nothing'}); {rule}{hint}"
    if id in RESERVED:
        return f"cannot name a record (got {id}); the site or a file system keeps this name, so choose another"
    return ""


def _near_id(name: str) -> str:
    """Return the id that is nearest to a name; nothing where the name has no letter or digit."""
    return "-".join(re.findall("[a-z0-9]+", name.lower()))[:80].strip("-")
