"""Reads a raw prompt line by line, with every mistake in its place."""

from __future__ import annotations

import difflib

from pydantic import TypeAdapter, ValidationError

from catalog.addresses import address_problem, repository_problem
from catalog.contributed_text import text_problems
from catalog.counted import counted
from catalog.problems import Level, Problem, shortened
from catalog.prompt_format import (
    ANSWER,
    ASKED,
    HEAD,
    MODEL_LABELS,
    NO_ADDRESS,
    PAPER_LABELS,
    PAPERS_HEADING,
    QUESTION,
    Entry,
    Line,
    Prompt,
)
from catalog.prompt_slips import MODELS_HEADING, begins_a_block, meant_label, second_prompt_at, sections_swapped_at
from catalog.records import Abstract, Address, Plain

EMPTY = "is empty; write its text"
WORDLESS = "says nothing without a letter or digit; write its text"
VALUE_TYPES = {
    "question": TypeAdapter(Plain),
    "Model": TypeAdapter(Plain),
    "Paper": TypeAdapter(Address),
    "GitHub": TypeAdapter(Address),
    "Summary": TypeAdapter(Abstract),
}
ADDRESS_RULES = {"Paper": address_problem, "GitHub": repository_problem}


class PromptReader:
    """One pass over a prompt that collects every problem."""

    def __init__(self, file: str, text: str) -> None:
        """Take a text, without its byte order mark and with plain line ends."""
        self.file = file
        self.problems: list[Problem] = []
        plain = self._plain(text)
        self.problems += text_problems(plain, file)
        self.lines = plain.split("\n")

    def report(self, line: int, column: int, field: str, message: str, level: Level = "error") -> None:
        """Add a problem at a place, both counted from 1."""
        self.problems.append(Problem(self.file, line, column, field, message, level))

    def _plain(self, text: str) -> str:
        """Report a byte order mark and CR LF line ends, then read on without them."""
        if text.startswith("\ufeff"):
            self.report(1, 1, "", "starts with a byte order mark; save the file as UTF-8 without one")
        if "\r\n" in text:
            line = text[: text.index("\r\n")].count("\n") + 1
            message = f"ends with CR LF ({counted(text.count(chr(13)), 'such line')}); save the file with LF line ends"
            self.report(line, text.split("\n")[line - 1].index("\r") + 1, "", message)
        elif "\r" in text and "\n" not in text:
            self.report(1, text.index("\r") + 1, "", "ends with CR; save the file with LF line ends")
            text = text.replace("\r", "\n")
        return text.removeprefix("\ufeff").replace("\r\n", "\n")

    def prompt(self) -> Prompt | None:
        """Read the whole prompt, or as much of it as can be placed."""
        if not any(self.lines):
            self.report(1, 1, "", f"is empty; a prompt begins with {HEAD[0]!r}")
            return None
        if self._misplaced():
            return None
        head_end, papers_at, answer_at = self._landmarks()
        question = self._head(head_end)
        self._tail(answer_at)
        end = len(self.lines) if answer_at is None else answer_at
        first_paper = self._first_paper(head_end, end) if papers_at is None else papers_at + 1
        if first_paper is None:
            return None
        models = self._models(head_end, first_paper if papers_at is None else papers_at)
        papers = self._papers(first_paper - 1, end)
        return Prompt(self.file, question, models, papers) if question else None

    def _first_paper(self, first: int, end: int) -> int | None:
        """Report that the papers' heading is missing; return the index of the first block with a summary."""
        starts = [n for n in range(first, end) if self.lines[n].startswith("Model:")]
        blocks = zip(starts, [*starts[1:], end], strict=False)
        papers = (n for n, ends in blocks if any(line.startswith("Summary:") for line in self.lines[n:ends]))
        place = next(papers, None)
        message = f"the line {PAPERS_HEADING!r} is missing; add it before this one"
        self.report(min((end if place is None else place) + 1, len(self.lines)), 1, "", message)
        return place

    def _misplaced(self) -> bool:
        """Report sections in another order, or a second prompt; what else would be said of them would mislead."""
        if (second := second_prompt_at(self.lines)) is not None:
            self.report(second + 1, 1, "", "a second prompt begins here; put each prompt into a file of its own")
        elif (swapped := sections_swapped_at(self.lines)) is not None:
            message = f"stands before {MODELS_HEADING!r}; put the models with their heading first"
            self.report(swapped + 1, 1, "", f"the line {PAPERS_HEADING!r} {message}")
        else:
            return False
        return True

    def _landmarks(self) -> tuple[int, int | None, int | None]:
        """Return the index after the models' heading, that of the papers' heading and that of 'Answer:'."""
        lines = self.lines
        starts = [n for n, line in enumerate(lines) if line.startswith("Model:")]
        headings = [n for n, line in enumerate(lines) if line.startswith("#") and n < (starts or [len(lines)])[0]]
        if HEAD[-1] in lines:
            head_end = lines.index(HEAD[-1]) + 1
        else:
            head_end = headings[0] + 1 if headings else (starts or [len(lines)])[0]
        papers = [n for n in range(head_end, len(lines)) if lines[n] == PAPERS_HEADING]
        papers = papers or self._misspelt_heading(head_end)
        papers_at = papers[0] if papers else None
        first = head_end if papers_at is None else papers_at + 1
        answers = [n for n in range(first, len(lines)) if lines[n] == ANSWER and lines[n - 1] == ""]
        return head_end, papers_at, answers[-1] if answers else None

    def _misspelt_heading(self, first: int) -> list[int]:
        """Find a heading that should be the papers' one, and report it."""
        for n in range(first, len(self.lines)):
            if self.lines[n].startswith("#") and self.lines[n - 1] == "":
                self._differs(n + 1, self.lines[n], PAPERS_HEADING)
                return [n]
        return []

    def _differs(self, number: int, got: str, expected: str) -> None:
        """Report a fixed line that differs, at its first differing character."""
        column = next((c for c, (a, b) in enumerate(zip(got, expected, strict=False)) if a != b), None)
        column = min(len(got), len(expected)) if column is None else column
        message = f"this line differs from the format (got {_short(got)}); write {expected!r}"
        self.report(number, column + 1, "", message)

    # --- the fixed text ---

    def _head(self, end: int) -> Line | None:
        """Compare everything up to the first model with the format; return the question."""
        numbered = list(enumerate(self.lines[:end], start=1))
        at = self._question_at(end)
        question = None
        if at is not None:
            question = self._question(at + 1, self.lines[at])
            numbered[at] = (at + 1, QUESTION)
        self._compare(numbered, HEAD)
        return question

    def _question_at(self, end: int) -> int | None:
        """Return the index of the question's line: after 'A user has asked', or the first in quotation marks."""
        head = self.lines[:end]
        if ASKED in head:
            after = head.index(ASKED) + 1
            if after < len(head) and head[after] and head[after] not in HEAD:
                return after
        return next((n for n, line in enumerate(head) if line.startswith('"')), None)

    def _question(self, number: int, line: str) -> Line | None:
        if line != line.strip() and len(line.strip()) > 1 and line.strip()[0] == line.strip()[-1] == '"':
            column = 1 if line[0].isspace() else len(line.rstrip()) + 1
            self.report(number, column, "question", "white space stands outside the quotation marks; remove it")
            return None
        if len(line) < 2 or not (line.startswith('"') and line.endswith('"')):
            column = 1 if not line.startswith('"') else len(line)
            message = f'the question is not in straight quotation marks (got {_short(line)}); write "..." on one line'
            self.report(number, column, "question", message)
            return None
        return self._checked(Line("question", line[1:-1], number, 2))

    def _compare(self, got: list[tuple[int, str]], expected: list[str]) -> None:
        """Report each line of the fixed text that differs, is missing or is too much."""
        matcher = difflib.SequenceMatcher(None, [line for _, line in got], expected, autojunk=False)
        for tag, first, last, wanted, wanted_last in matcher.get_opcodes():
            if tag == "equal":
                continue
            pairs = min(last - first, wanted_last - wanted)
            for n in range(pairs):
                self._other_line(*got[first + n], expected[wanted + n])
            for number, line in got[first + pairs : last]:
                remedy = self._remedy_of_a_line_too_many(number)
                self.report(number, 1, "", f"this line is not in the format (got {_short(line)}); {remedy}")
            place = got[last][0] if last < len(got) else (got[-1][0] + 1 if got else 1)
            for line in expected[wanted + pairs : wanted_last]:
                self._missing(place, line)

    def _remedy_of_a_line_too_many(self, number: int) -> str:
        """Say what to do with a line too many: where the question goes on in it, it belongs to that line."""
        at = self.lines.index(ASKED) + 1 if ASKED in self.lines else number
        begun = number > at + 1 and self.lines[at].startswith('"') and self.lines[at].count('"') == 1
        between = self.lines[at + 1 : number]
        return f"join it to line {at + 1}" if begun and all(between) and not {*between} & {*HEAD} else "delete it"

    def _other_line(self, number: int, got: str, expected: str) -> None:
        """Report one line in place of another; in place of the question it says that the question is missing."""
        if expected == QUESTION:
            self._missing(number, expected)
        else:
            self._differs(number, got, expected)

    def _missing(self, place: int, line: str) -> None:
        """Report a line of the fixed text, or the question, that does not stand before a place."""
        if line == QUESTION:
            message = 'the question is missing; write it in straight quotation marks, "..." on one line'
            self.report(place, 1, "question", message)
        elif line:
            self.report(place, 1, "", f"a line of the format is missing; add {line!r} before this one")
        else:
            self.report(place, 1, "", "an empty line of the format is missing; add it before this one")

    def _tail(self, answer_at: int | None) -> None:
        """Require 'Answer:' as the last line, and nothing after its line break."""
        lines = self.lines
        if answer_at is None:
            message = f"the prompt does not end with {ANSWER!r}; add two empty lines, then {ANSWER!r}"
            self.report(len(lines) - (lines[-1] == ""), 1, "", message)
        elif answer_at == len(lines) - 1:
            self.report(answer_at + 1, len(ANSWER) + 1, "", "the last line has no line break; add one")
        elif lines[answer_at + 1 :] != [""]:
            what = f"something follows {ANSWER!r} (got {_short(lines[answer_at + 1])})"
            message = f"{what if lines[answer_at + 1] else f'an empty line follows {ANSWER!r}'}; delete it"
            self.report(answer_at + 2, 1, "", message)

    # --- the blocks ---

    def _models(self, first: int, papers_at: int) -> tuple[Entry, ...]:
        end = self._without_empty_line(first, papers_at, f"the line {self.lines[papers_at]!r}")
        blocks = self._blocks(first, end, "model")
        if not blocks:
            self.report(papers_at + 1, 1, "", "no model is recommended; add a block that begins with 'Model: '")
        return self._entries(blocks, MODEL_LABELS)

    def _papers(self, papers_at: int, answer_at: int) -> tuple[Entry, ...]:
        end = self._without_empty_line(papers_at + 1, answer_at, f"the line {ANSWER!r}")
        blocks = self._blocks(papers_at + 1, end, "paper")
        if not blocks:
            self.report(papers_at + 1, 1, "", "no paper is offered; the question will have no papers", "notice")
        else:
            last_first, last_end = blocks[-1]
            blocks[-1] = last_first, self._end_of_last_paper(last_first, last_end, answer_at)
        return self._entries(blocks, PAPER_LABELS)

    def _end_of_last_paper(self, first: int, end: int, answer_at: int) -> int:
        """Return `end` without the second empty line before 'Answer:'; where that is missing, it alone is reported."""
        if answer_at < len(self.lines):
            return self._without_empty_line(first, end, f"{ANSWER!r}, which needs two")
        while not self.lines[end - 1]:
            end -= 1
        return end

    def _without_empty_line(self, first: int, end: int, what: str) -> int:
        """Return `end` without the empty line that must stand before it."""
        if end > first and self.lines[end - 1] == "":
            return end - 1
        if end < len(self.lines):
            self.report(end + 1, 1, "", f"an empty line is missing before {what}; add it")
        return end

    def _blocks(self, first: int, end: int, kind: str) -> list[tuple[int, int]]:
        """Return first and end index of each block, without the empty line between two of them."""
        lines = self.lines
        spelt = [n for n in range(first, end) if lines[n].startswith("Model:")]
        starts = [n for n in spelt if n == spelt[0] or not lines[n - 1]]
        may_start = [n for n in range(first, end) if n == first or not lines[n - 1].strip()]
        starts = sorted({*starts, *(n for n in may_start if begins_a_block(lines, n))})
        for n in starts[1:]:
            if lines[n - 1].isspace():
                self.report(n, 1, "", f"holds white space alone, before a {kind}; make it an empty line")
        for n in range(first, starts[0] if starts else end):
            message = f"this line stands outside a {kind} (got {_short(lines[n])}); a {kind} begins with 'Model: '"
            self.report(n + 1, 1, "", message if lines[n] else "an empty line too many; delete it")
        ends = [*(start - 1 for start in starts[1:]), end]
        return list(zip(starts, ends, strict=False))

    def _entries(self, blocks: list[tuple[int, int]], labels: tuple[str, ...]) -> tuple[Entry, ...]:
        entries = [self._entry(first, end, labels) for first, end in blocks]
        seen: dict[str, int] = {}
        for line in filter(None, (entry.get("Model") for entry in entries)):
            earlier = seen.setdefault((line.value or "").strip().casefold(), line.line)
            if earlier != line.line:
                message = f"{_short(line.value or '')} stands already in line {earlier}; delete one of the two blocks"
                self.report(line.line, line.column, "Model", message)
        return tuple(entries)

    def _entry(self, first: int, end: int, labels: tuple[str, ...]) -> Entry:
        """Read one block: its labels in their order, each once."""
        found: list[Line] = []
        seen: list[str] = []
        for n in range(first, end):
            if self.lines[n].startswith("Model:") and seen:
                self.report(n + 1, 1, "Model", "stands twice in one block; put an empty line before a new block")
                break
            label = self._label(n, labels, seen)
            line = self._line(n, end, label) if label else None
            found += [line] if line else []
            seen += self._seen(n, end, label, labels)
            if "Summary" in seen:
                self._suspect(n, end)
                break
        self._missing_labels(first, seen, labels)
        return Entry(tuple(found))

    def _seen(self, n: int, end: int, label: str | None, labels: tuple[str, ...]) -> list[str]:
        """Return the label that a line has, or the one that was probably meant and is not below."""
        meant = label or meant_label(self.lines[n], labels)
        is_below = label is None and any(line.startswith(f"{meant}:") for line in self.lines[n + 1 : end])
        return [meant] if meant in labels and not is_below else []

    def _label(self, n: int, labels: tuple[str, ...], seen: list[str]) -> str | None:
        """Return the label of a line that may stand here, or report why none may."""
        label, colon, _ = self.lines[n].partition(":")
        order = ", ".join(labels)
        if not self.lines[n]:
            self.report(n + 1, 1, "", "an empty line stands inside a block; delete it")
        elif not colon or label not in labels:
            got = _short(self.lines[n])
            self.report(n + 1, 1, "", f"unknown line in a block (got {got}); {self._use(self.lines[n], labels)}")
        elif label in seen:
            self.report(n + 1, 1, label, "stands twice in one block; delete one of the two")
        else:
            if seen and labels.index(label) < labels.index(seen[-1]):
                self.report(n + 1, 1, label, f"stands after {seen[-1]!r}; write the lines in the order {order}")
            return label
        return None

    @staticmethod
    def _use(line: str, labels: tuple[str, ...]) -> str:
        """Say which labels there are, and which one was probably meant."""
        meant = meant_label(line, labels)
        return f"use {', '.join(labels)}" + (f"; did you mean {meant!r}?" if meant else "")

    def _line(self, n: int, end: int, label: str) -> Line | None:
        """Read what stands after the label and one space, up to the end of the line (of the block, for a summary)."""
        rest = "\n".join(self.lines[n:end] if label == "Summary" else self.lines[n : n + 1])[len(label) + 1 :]
        if not rest.startswith(" ") or not rest.strip():
            fault = f"has no space after the colon (got {_short(self.lines[n])})" if rest.strip() else "is empty"
            wanted = f"'{label}: ' with " + ("an address, or 'None'" if label in ("Paper", "GitHub") else "its text")
            self.report(n + 1, len(label) + 2, label, f"{fault}; write {wanted}")
            return None
        nothing = label in ("Paper", "GitHub") and rest[1:] == NO_ADDRESS
        return self._checked(Line(label, None if nothing else rest[1:], n + 1, len(label) + 3))

    def _suspect(self, first: int, end: int) -> None:
        """Give a notice where a summary looks like more than a summary."""
        in_a_block = False  # then a label belongs to the paper that is told already
        for n in range(first + 1, end):
            label = self.lines[n].split(": ")[0]
            if label in PAPER_LABELS and not (in_a_block and label != "Model"):
                in_a_block = begins_a_block(self.lines, n)
                remedy = "a new paper needs an empty line before it" if label == "Model" else "is that right?"
                message = f"a line of the summary begins with {label + ':'!r}; it was read as part of it; {remedy}"
                self.report(n + 1, 1, "Summary", message, "notice")

    def _missing_labels(self, first: int, seen: list[str], labels: tuple[str, ...]) -> None:
        """Require the lines Paper and Summary of a paper; a model without a Paper line gets a notice."""
        title = _short(self.lines[first].removeprefix("Model:").strip())
        if seen == ["Model"] and "Summary" in labels:
            message = f"nothing but 'Model: ' stands in the block of {title}; add 'Paper: ' and 'Summary: ' below it"
            remedy = "if it belongs to the summary above, delete the empty line before it"
            self.report(first + 1, 1, "Model", f"{message}, or {remedy}")
            return
        if "Paper" not in seen:
            level: Level = "error" if "Summary" in labels else "notice"
            message = f"the line 'Paper: ' of {title} is missing; add it below, with 'None' if there is no paper"
            self.report(first + 1, 1, "Paper", message, level)
        if "Summary" in labels and "Summary" not in seen:
            self.report(first + 1, 1, "Summary", f"the line 'Summary: ' of {title} is missing; add it below")

    # --- values ---

    def _checked(self, line: Line) -> Line:
        """Report a value that no record may hold."""
        if line.value is None:
            return line
        message = ""
        if fault := ADDRESS_RULES[line.label](line.value) if line.label in ADDRESS_RULES else "":
            message = f"{fault}; where there is none, write 'None'"
        try:
            VALUE_TYPES[line.label].validate_python(line.value)
        except ValidationError as error:
            message = _size_fault(len(line.value), error)
        if message:
            self.report(line.line, line.column, line.label, message)
        elif line.value != line.value.strip():
            self.report(line.line, line.column, line.label, "has white space at its ends; it is kept", "notice")
        return line


def _size_fault(length: int, error: ValidationError) -> str:
    """Say that a text is too long, empty or without words."""
    fault = error.errors()[0]
    if fault["type"] == "string_pattern_mismatch":
        return WORDLESS
    most = fault["ctx"].get("max_length")
    return f"is too long (got {length:,} characters); at most {most:,} are allowed" if most else EMPTY


def _short(text: str) -> str:
    """Quote a text for a message, cut where it is long."""
    return repr(shortened(text))
