"""The raw prompt format: one text file that holds a question with the models and papers offered for it.

    <the fixed text of prompt_format.txt, with the question in quotation marks>
    Model: NAME                    one block for each model: Model, Paper, GitHub
    Paper: ADDRESS or None
    GitHub: ADDRESS or None

    Model: TITLE                   one block for each paper: Model, Paper, GitHub, Summary
    Paper: ADDRESS or None
    Summary: the rest of the block, any number of lines

A block starts at a line `Model:` after an empty line. So a summary may hold lines that begin with `Model:`.
Reading and printing are inverse to each other, byte for byte.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

FORMAT = (Path(__file__).parent / "prompt_format.txt").read_text("utf-8")
HEAD = FORMAT.split("{models}")[0].splitlines()  # up to the heading of the models
PAPERS_HEADING = FORMAT.split("{models}\n")[1].splitlines()[0]
ANSWER = FORMAT.splitlines()[-1]
ASKED = HEAD[HEAD.index('"{question}"') - 1]
QUESTION = '"{question}"'

MODEL_LABELS = ("Model", "Paper", "GitHub")
PAPER_LABELS = ("Model", "Paper", "GitHub", "Summary")
NO_ADDRESS = "None"


@dataclass(frozen=True)
class Line:
    """A labelled value of a prompt with the place of its first character; None when the prompt says 'None'."""

    label: str
    value: str | None
    line: int = 0
    column: int = 0


@dataclass(frozen=True)
class Entry:
    """A block of a prompt: a model or a paper, its lines in the order provided."""

    lines: tuple[Line, ...]

    def get(self, label: str) -> Line | None:
        """Return the line with this label, or None when the block has none."""
        return next((line for line in self.lines if line.label == label), None)

    @property
    def title(self) -> str:
        """The name of the model, or the title of the paper."""
        return self.lines[0].value or ""


@dataclass(frozen=True)
class Prompt:
    """A prompt: the question, the recommended models, the related papers, in the order provided."""

    file: str
    question: Line
    models: tuple[Entry, ...]
    papers: tuple[Entry, ...]

    def content(self) -> tuple[object, ...]:
        """Return what the prompt says, without the places where it says it."""
        entries = (tuple((line.label, line.value) for line in entry.lines) for entry in (*self.models, *self.papers))
        return self.question.value, len(self.models), tuple(entries)


def print_prompt(prompt: Prompt) -> str:
    """Return the text of a prompt; `parse_prompt` reads the same prompt from it."""
    models = "\n".join(map(_block, prompt.models))
    papers = "".join(_block(entry) + "\n" for entry in prompt.papers)
    before, between, after = re.split(r"\{models\}|\{papers\}", FORMAT)
    start, end = before.split("{question}")
    return start + (prompt.question.value or "") + end + models + between + papers + after[1:]


def _block(entry: Entry) -> str:
    return "".join(f"{line.label}: {NO_ADDRESS if line.value is None else line.value}\n" for line in entry.lines)
