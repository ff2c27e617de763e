"""What a YAML parser's complaint means for the person who wrote the file."""

from __future__ import annotations

import yaml

# What the parser says, and what it means; {opened} is the line where the surrounding block or bracket begins.
SENTENCES = (
    ("mapping values are not allowed", "a colon and a space begin a new value here; put the text in quotes"),
    ("cannot start any token", "nothing can begin with {got}; put the text in quotes, indent with spaces"),
    ("expected ',' or", "the bracket opened on line {opened} is not closed, or a comma is missing (got {got})"),
    ("did not find expected node content", "a value is missing (got {got}); write the value or close the bracket"),
    (
        "did not find expected key",
        "this line does not fit the block begun on line {opened}; indent it alike, and close each quote",
    ),
    (
        "did not find expected '-'",
        "this line does not fit the list begun on line {opened}; indent it alike, and close each quote",
    ),
    ("could not find expected ':'", 'the key on line {opened} has no colon; write "key: value"'),
    ("unexpected end of stream", "the quotation mark opened on line {opened} is never closed; close it"),
    ("unknown escape character", "this backslash means nothing; use 'single quotes' or two backslashes"),
    ("escape code", "this escape is no character; write the character itself"),
    ("Unicode character escape", "this escape is no character; write the character itself"),
    ("expected <document start>", "the record has ended before this line; check the indentation"),
    ("undefined alias", "a star begins an alias here; put the text in quotes"),
    ("alphabetic or numeric character", "an anchor or alias begins here; put the text in quotes"),
    ("tag", "an exclamation mark begins a tag here; put the text in quotes"),
    (
        "sequence entries are not allowed",
        "a list cannot begin here; begin it on a line of its own, or use quotes",
    ),
    ("control characters are not allowed", "holds a character that cannot be seen; remove it"),
)


def explain(error: yaml.MarkedYAMLError, text: str, first_line: int = 1) -> str:
    """Return one sentence on what is wrong, then what to do."""
    problem, mark = error.problem or "", error.problem_mark
    opened = error.context_mark.line + first_line if error.context_mark else first_line
    for words, sentence in SENTENCES:
        if words in problem:
            return sentence.format(opened=opened, got=_character(text, mark))
    return f"is not valid YAML here ({problem})"


def whereabouts(error: yaml.MarkedYAMLError, text: str) -> yaml.Mark | None:
    """Return where to look: where the parser gave up, or when that is the end of the text, what was left open."""
    at_the_end = error.problem_mark is not None and error.problem_mark.index >= len(text.rstrip())
    return error.context_mark if at_the_end and error.context_mark else error.problem_mark


def _character(text: str, mark: yaml.Mark | None) -> str:
    """Name the character at a mark."""
    lines = text.split("\n")
    if mark is None or mark.line >= len(lines) or mark.column >= len(lines[mark.line]):
        return "the end"
    character = lines[mark.line][mark.column]
    return "a tab" if character == "\t" else f'"{character}"'
