"""Prompts and records: reading a raw prompt, printing the prompt of a question."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from catalog.problems import CatalogError, Problem
from catalog.prompt_format import Entry, Line, Prompt, print_prompt
from catalog.prompt_reader import PromptReader
from catalog.records import Model, OfferedPaper, Paper, Question, was_given
from catalog.source import MAX_BYTES

if TYPE_CHECKING:
    from catalog.load import Catalog

__all__ = ["Entry", "Line", "Prompt", "export_prompt", "parse_prompt", "print_prompt", "read_prompt"]


def read_prompt(path: Path, file: str) -> tuple[Prompt | None, list[Problem]]:
    """Read a prompt from a file; `file` is its name in problems.

    Raises: nothing; a file that cannot be opened is a problem too.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        return None, [Problem(file, 1, 1, "", f"cannot be read ({error.strerror}); check the path")]
    if len(data) > MAX_BYTES:
        message = f"is too large ({len(data)} bytes); a prompt has at most {MAX_BYTES}"
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
    models = tuple(_model_entry(catalog.models[id]) for id in question.models)
    papers = tuple(_paper_entry(catalog.papers[id], offered) for id, offered in question.papers.items())
    prompt = Prompt(question.source.file, Line("question", question.question), models, papers)
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


def _model_entry(model: Model) -> Entry:
    return Entry((Line("Model", model.name), *_given_lines(model, {"Paper": "paper", "GitHub": "github"})))


def _paper_entry(paper: Paper, offered: OfferedPaper) -> Entry:
    said = offered.provided
    link = said.link if said and was_given(said, "link") else paper.link
    summary = said.summary if said and said.summary is not None else paper.summary
    github = _given_lines(paper, {"GitHub": "github"})
    return Entry((Line("Model", paper.title), Line("Paper", link), *github, Line("Summary", summary)))


def _given_lines(record: Model | Paper, fields: dict[str, str]) -> Iterator[Line]:
    """Yield a line for each field that stands in the record; null prints as 'None'."""
    for label, field in fields.items():
        if was_given(record, field):
            yield Line(label, getattr(record, field))
