"""Prompts and records: reading a raw prompt, printing the prompt of a question."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from catalog.problems import CatalogError, Problem
from catalog.prompt_format import Entry, Line, Prompt, print_prompt
from catalog.prompt_reader import PromptReader
from catalog.records import Model, Paper, Provided, ProvidedModel, Question, was_given
from catalog.source import MAX_BYTES

if TYPE_CHECKING:
    from catalog.load import Catalog

FIELDS = {  # the line of a prompt that holds a field of a record
    "model": {"name": "Model", "paper": "Paper", "github": "GitHub"},
    "paper": {"title": "Model", "link": "Paper", "github": "GitHub", "summary": "Summary"},
}

__all__ = [
    "FIELDS",
    "Entry",
    "Line",
    "Prompt",
    "export_prompt",
    "parse_prompt",
    "print_prompt",
    "read_prompt",
    "said_lines",
]


def read_prompt(path: Path, file: str) -> tuple[Prompt | None, list[Problem]]:
    """Read a prompt from a file; `file` is its name in problems.

    Raises: nothing; a file that cannot be opened is a problem too.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        return None, [Problem(file, 1, 1, "", f"cannot be read ({error.strerror}); check the path")]
    if len(data) > MAX_BYTES:
        message = f"is too large (got {len(data):,} bytes); at most {MAX_BYTES:,} are allowed"
        return None, [Problem(file, 1, 1, "", message)]
    try:
        return parse_prompt(data.decode("utf-8"), file)
    except UnicodeDecodeError as error:
        return None, [_not_utf8(data, error.start, file)]


def parse_prompt(text: str, file: str) -> tuple[Prompt | None, list[Problem]]:
    """Read a prompt; return it (None if there is an error) with all its problems, sorted."""
    reading = PromptReader(file, text)
    prompt = reading.prompt()
    problems = sorted(set(reading.problems))
    failed = any(problem.level == "error" for problem in problems)
    return (None if failed else prompt), problems


def _not_utf8(data: bytes, offset: int, file: str) -> Problem:
    before = data[:offset]
    line = before.count(b"\n") + 1
    column = len(before[before.rfind(b"\n") + 1 :].decode("utf-8")) + 1
    message = f"a byte that is not UTF-8 (got 0x{data[offset]:02x}); save the file as UTF-8"
    return Problem(file, line, column, "", message)


def export_prompt(question: Question, catalog: Catalog) -> str:
    """Print the prompt of a question from its records alone.

    Raises:
        CatalogError: a record is missing, or what the records say cannot be told apart from the format.
    """
    _require_records(question, catalog)
    models = [said_lines("model", catalog.models[id], offered.provided) for id, offered in question.models.items()]
    papers = [said_lines("paper", catalog.papers[id], offered.provided) for id, offered in question.papers.items()]
    entries = [tuple(Entry(tuple(lines)) for lines in blocks) for blocks in (models, papers)]
    prompt = Prompt(question.source.file, Line("question", question.question), *entries)
    text = print_prompt(prompt)
    again, problems = parse_prompt(text, question.source.file)
    if again is None or again.content() != prompt.content():
        reasons = [p.message for p in problems if p.level == "error"] or ["a summary holds an empty line and 'Model:'"]
        raise CatalogError(
            [question.source.problem(f"the printed prompt cannot be read back: {reason}") for reason in reasons]
        )
    return text


def _require_records(question: Question, catalog: Catalog) -> None:
    missing = [
        question.source.problem(f"{field} has no record {id!r}; add catalog/{field}/{id}.yml", field, id)
        for field, records in (("models", catalog.models), ("papers", catalog.papers))
        for id in getattr(question, field)
        if id not in records
    ]
    if missing:
        raise CatalogError(missing)


def said_lines(kind: str, record: Model | Paper, own: ProvidedModel | Provided | None) -> Iterator[Line]:
    """Yield the lines of a prompt that offers a record, in their order; null prints as 'None'.

    `own` holds what that prompt said differently; what it leaves out is as in the record.
    """
    for field, label in FIELDS[kind].items():
        holder = own if own and was_given(own, field) else record
        if was_given(holder, field) and not (own and field in own.without):
            yield Line(label, getattr(holder, field))
