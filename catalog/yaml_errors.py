"""What a YAML parser's complaint means for the person who wrote the file: where the mistake stands, what it is."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import yaml

from catalog.counted import counted
from catalog.problems import shortened

LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
BREAK = re.compile("\r\n|[\n\r\x85\u2028\u2029]")  # where a line ends for the parser
TAB = "a tab stands where the line is indented; indent with spaces"
KEY_AND_COLON = re.compile(r"""\s*(?:- )*(?:[^\s"'#:][^"':]*|"[^"]*"|'[^']*'):(?=\s|\Z)""")
WRITE_ALIKE = "; write both alike"  # ends what is told of lines with and without a dash
STEP = 2  # spaces between a key and what stands below it
QUOTED = 40  # characters of a line in a message
LIST_IN_BRACES = re.compile(r"""\{[^][{}:"'#,]+(?:,[^][{}:"'#,]+)+\}""")
NO_NAME = re.compile(r"[{,]\s*[-+.]?\d|\*")
NUMBER_WITH_COMMAS = re.compile(r"(?<![\w.,])[-+]?\d+(?:,\d+)+(?:\.\d+)?(?![\w.])")
STAR = re.compile(r"\s*\*\s+(?=\S)")  # how people begin a list entry in Markdown
CURLY = {"“": "”", "”": "”", "„": "“”", "‘": "’"}  # how people open a quotation, and how they close it
BEGINS_CURLY = "begins with a curly quotation mark (got {}); use straight quotes"
CURLY_VALUE = re.compile("[:{,\\[-] +([“”„‘])[^“”„‘’]*\\Z")
DASH_WITHOUT_SPACE = re.compile(r"""\s*-(?=["'“„{\[A-Za-z])""")
COLON_WITHOUT_SPACE = re.compile(r"\s*(?:- )*([\w-]+):(\S.*)")


class Spot(NamedTuple):
    """A place in a text; 0 is the first line, and the first character of a line."""

    line: int
    column: int


Diagnosis = tuple[Spot, str]


@dataclass(frozen=True)
class Complaint:
    """Where the parser gave up, where what it was reading began, and the text."""

    at: Spot
    begun: Spot
    lines: tuple[str, ...]
    first_line: int

    @property
    def character(self) -> str:
        """The character at which the parser gave up; nothing at the end of a line."""
        return self.line_at(self.at)[self.at.column :][:1]

    @property
    def got(self) -> str:
        """The name of that character."""
        return {"": "the end", "\t": "a tab"}.get(self.character, f'"{self.character}"')

    def line_at(self, spot: Spot) -> str:
        """Return the line of a spot; behind the last line there is nothing."""
        return self.lines[spot.line] if spot.line < len(self.lines) else ""

    def number(self, spot: Spot) -> int:
        """Return the number of a spot's line in the file."""
        return spot.line + self.first_line

    def above(self, number: int) -> Iterator[int]:
        """Yield the lines above one that hold something, from below."""
        return lines_that_say(self.lines, range(min(number, len(self.lines)) - 1, -1, -1))


def diagnose(error: yaml.MarkedYAMLError, text: str, first_line: int = 1) -> Diagnosis:
    """Return where to look, and one sentence on what is wrong and what to do."""
    problem, mark, context = error.problem or "", error.problem_mark, error.context_mark
    at = Spot(mark.line, mark.column) if mark else Spot(0, 0)
    begun = Spot(context.line, context.column) if context else at
    complaint = Complaint(at, begun, tuple(text.split("\n")), first_line)
    for spot in (at, begun):
        if said := no_space_behind_dash(complaint.line_at(spot)):
            return Spot(spot.line, indentation(complaint.line_at(spot))), said
    for words, meaning in MEANINGS:
        if words in problem:
            return meaning(complaint, text) if callable(meaning) else (at, meaning)
    return at, f"is not valid YAML here ({problem})"


# --- what the parser reads without a complaint -----------------------------------------------------------------------


def continuation(line: int, text: str, first_line: int = 1) -> Diagnosis:
    """Say that a text without quotes, which begins on a line, goes on where something else may have been meant."""
    lines = BREAK.split(text)
    below = next((n for n in range(line + 1, len(lines)) if lines[n].strip()), line)
    remedy = "put the text in quotes or in a block |-, or indent what begins here like its neighbours"
    message = f"goes on with the text of line {line + first_line} (got {_short(lines[below])}); {remedy}"
    return Spot(below, indentation(lines[below])), message


def comment_behind(end: Spot, text: str) -> Diagnosis | None:
    """Say that a comment behind a text without quotes, which ends at `end`, may have been meant as a part of it.

    One that nobody takes for text stands two spaces behind it, with a space behind its `#`.
    """
    rest = BREAK.split(text)[end.line][end.column :]
    comment = rest.lstrip(" \t")
    gap = len(rest) - len(comment)
    if not comment.startswith("#") or (gap > 1 and not comment[1:2].strip()):
        return None
    got = f"a comment begins here, which is no part of the text (got {_short(comment)})"
    return Spot(end.line, end.column + gap), f'{got}; put the text in quotes, or write the comment as "text  # comment"'


def comma_in_number(at: Spot, text: str) -> Diagnosis | None:
    """Say that the comma before a spot parts a number in two, where a point was meant or nothing."""
    line = BREAK.split(text)[at.line]
    numbers = NUMBER_WITH_COMMAS.finditer(line)
    found = next((found for found in numbers if found.start() < at.column < found.end()), None)
    if found is None:
        return None
    return Spot(at.line, found.start()), f"the comma ends the number (got {found[0]}); {without_commas(found[0])}"


def list_in_braces(text: str, start: int) -> str:
    """Return the values in braces that start there if none has a key and one is a number or a product, else nothing."""
    found = LIST_IN_BRACES.match(text, start)
    return found[0] if found and NO_NAME.search(found[0]) else ""


def without_commas(number: str) -> str:
    """Say how a number with commas is written: 27.13 for 27,13, and 46200000 for 46,200,000."""
    first, *groups = number.split(",")
    joined, pointed = number.replace(",", ""), f"{first}.{''.join(groups)}"
    if all(re.fullmatch(r"\d{3}(?:\.\d+)?", group) for group in groups) and first.lstrip("+-0"):
        other = f", or {pointed} if the comma is a decimal point" if len(groups) == 1 and "." not in joined else ""
        return f"write {joined} without a comma{other}"
    return f"write {pointed}" if len(groups) == 1 and "." not in number else "write it without commas"


def no_space_behind_dash(line: str) -> str:
    """Say that a line begins with a dash that begins no list entry, since no space follows; else nothing."""
    return f"has no space behind the dash (got {_short(line)}); put one there" if DASH_WITHOUT_SPACE.match(line) else ""


def curly_quotes(raw: str) -> str:
    """Say that a text without quotes stands in curly quotation marks, which would be a part of it; else nothing."""
    closing = CURLY.get(raw[:1])
    if closing is None:
        return ""
    is_whole = any(mark in raw[-1:] for mark in closing) and raw[0] not in raw[1:]
    is_cut = raw[0] != "”" and not any(mark in raw[1:] for mark in closing)
    return BEGINS_CURLY.format(_short(raw)) if is_whole or is_cut else ""


# --- quotation marks -------------------------------------------------------------------------------------------------


def _quote_never_closed(complaint: Complaint, text: str) -> Diagnosis:  # noqa: ARG001 - all meanings take both
    return complaint.begun, "the quotation mark opened here is never closed; close it"


def _quoted_before(complaint: Complaint, text: str) -> tuple[Spot, Spot] | None:
    """Return start and end of the text in quotes behind which the parser gave up, on the line where it ends."""
    last = None
    try:
        for token in yaml.scan(text, Loader=LOADER):
            if (token.start_mark.line, token.start_mark.column) >= complaint.at:
                break
            last = token
    except yaml.YAMLError:
        pass  # what comes before is all that matters
    if not isinstance(last, yaml.ScalarToken) or last.style not in ("'", '"'):
        return None
    if last.end_mark.line != complaint.at.line:
        return None
    return Spot(last.start_mark.line, last.start_mark.column), Spot(last.end_mark.line, last.end_mark.column)


def _behind_quotes(complaint: Complaint, text: str, instead: str = "") -> Diagnosis | None:
    """Say what is wrong where something follows a text in quotes."""
    quoted = _quoted_before(complaint, text)
    if quoted is None or complaint.character in ("]", "}"):
        return None
    if quoted[0].line < quoted[1].line:
        end = complaint.number(quoted[1])
        return quoted[0], f"the quotation mark opened here is closed on line {end} only; close it where its text ends"
    remedy = """inside a text write \\" in double quotes, '' in single quotes"""
    return complaint.at, f"something follows the text in quotes (got {complaint.got}); {instead}{remedy}"


def _curly(complaint: Complaint) -> Diagnosis | None:
    """Say that curly quotation marks do not hold a text together."""
    line = complaint.line_at(complaint.at)
    found = CURLY_VALUE.search(line[: complaint.at.column])
    if found is None:
        return None
    return Spot(complaint.at.line, found.start(1)), BEGINS_CURLY.format(_short(line[found.start(1) :]))


# --- brackets --------------------------------------------------------------------------------------------------------


def _bracket(complaint: Complaint, text: str) -> Diagnosis:
    """Say what is wrong inside brackets."""
    if said := _behind_quotes(complaint, text, "a comma is missing here, or ") or _curly(complaint):
        return said
    opened, at, got = complaint.number(complaint.begun), complaint.number(complaint.at), complaint.got
    if complaint.at.line > complaint.begun.line:
        where = f"a comma is missing before line {at}" if complaint.at.line < len(complaint.lines) - 1 else ""
        return complaint.begun, f"the bracket opened here is not closed{', or ' if where else ''}{where}"
    if complaint.character == ":":
        return complaint.at, "a second colon; put the text in quotes, or write a comma before the next key"
    if complaint.character in ("]", "}"):
        return complaint.at, f"closes another bracket than the one opened on line {opened} (got {got})"
    return complaint.at, f"the bracket opened on line {opened} is not closed, or a comma is missing (got {got})"


# --- keys and colons -------------------------------------------------------------------------------------------------


def _no_colon(complaint: Complaint, text: str) -> Diagnosis:  # noqa: ARG001
    return _line_without_colon(complaint, complaint.begun.line)


def _line_without_colon(complaint: Complaint, number: int) -> Diagnosis:
    """Say what a line lacks that should be a key with its value."""
    line = complaint.lines[number]
    spot = Spot(number, indentation(line))
    if found := COLON_WITHOUT_SPACE.match(line):
        meant = f"{found[1]}: {shortened(found[2], QUOTED)}"
        return spot, f'has no space behind the colon (got {_short(line)}); write "{meant}"'
    above = (complaint.lines[n] for n in complaint.above(number))
    if any(is_entry(other) and indentation(other) == spot.column for other in above):
        return spot, f'has neither a colon nor a dash (got {_short(line)}); begin a list entry with "- "'
    message = f'has no colon (got {_short(line)}); write "key: value", or indent it if it belongs to the text above'
    return spot, message


def _colon(complaint: Complaint, text: str) -> Diagnosis:  # noqa: ARG001
    """Say what is wrong where a colon begins a value that cannot be one."""
    line = complaint.line_at(complaint.at)
    if said := _curly(complaint):
        return said
    above = next(complaint.above(complaint.at.line), None)
    first = KEY_AND_COLON.match(line)
    if above is not None and first and first.end() - 1 == complaint.at.column:
        if not KEY_AND_COLON.match(complaint.lines[above]):
            return _line_without_colon(complaint, above)
        return _indentation(complaint, complaint.at.line)
    remedy = "put the text in quotes, or what follows the first on lines of its own"
    return complaint.at, f"a second colon begins another value here; {remedy}"


# --- indentation -----------------------------------------------------------------------------------------------------


def _misfit(complaint: Complaint, text: str) -> Diagnosis:
    """Say what is wrong where something fits no block."""
    if said := _behind_quotes(complaint, text):
        return said
    line = complaint.line_at(complaint.at)
    if complaint.character in ("]", "}") and line[: complaint.at.column].strip():
        return complaint.at, f"closes a bracket that was not opened (got {complaint.got}); remove it"
    return _indentation(complaint, complaint.at.line)


def _indentation(complaint: Complaint, number: int) -> Diagnosis:
    """Say that a line stands further in or out than any block above it."""
    line = complaint.line_at(Spot(number, 0))
    own, above = indentation(line), dict(_above_and_around(complaint, number))
    if own in above:
        begins, begin = ("begins with a dash", "without") if is_entry(line) else ("begins without a dash", "with")
        other = complaint.number(Spot(above[own], 0))
        return Spot(number, own), f"{begins}, but line {other} {begin} one{WRITE_ALIKE}"
    if not above:
        return complaint.at, f"no record begins with {complaint.got}; begin it with a key and a colon"
    if own > max(above):
        return _unlike(complaint, number, above[max(above)])
    outer, inner = max((indent for indent in above if indent < own), default=-STEP), min(filter(own.__lt__, above))
    block = [*alike(complaint.lines, complaint.above(number), inner)]
    if len(block) == 1 and own == outer + STEP:
        return _unlike(complaint, block[0], number)
    if outer < 0:
        return _unlike(complaint, number, block[0])
    fitting = f"indent it by {outer} or {inner} spaces"
    return Spot(number, own), f"is indented by {counted(own, 'space')}, which fits no line above it; {fitting}"


def _ended(complaint: Complaint, text: str) -> Diagnosis:  # noqa: ARG001
    """Say that a line stands outside the record, which began further in, or ended before it."""
    first = list(complaint.above(complaint.at.line))[-1:]
    if first and indentation(complaint.lines[first[0]]) > indentation(complaint.line_at(complaint.at)):
        return _unlike(complaint, first[0], complaint.at.line)
    return complaint.at, "the record has ended before this line; check the indentation"


def _above_and_around(complaint: Complaint, number: int) -> Iterator[tuple[int, int]]:
    """Yield indentation and number of the line above one, then of each above that is indented less."""
    least = None
    for n in complaint.above(number):
        if least is None or indentation(complaint.lines[n]) < least:
            least = indentation(complaint.lines[n])
            yield least, n


def _unlike(complaint: Complaint, number: int, other: int) -> Diagnosis:
    """Say that a line is not indented like another beside which it belongs."""
    own, others = (indentation(complaint.lines[n]) for n in (number, other))
    line = complaint.number(Spot(other, 0))
    return Spot(number, own), f"is indented by {counted(own, 'space')}, but line {line} by {others}; indent both alike"


def _tab(complaint: Complaint, text: str) -> Diagnosis:  # noqa: ARG001
    if complaint.character == "\t":
        return complaint.at, TAB
    return complaint.at, f"nothing can begin with {complaint.got}; put the text in quotes"


def _star(complaint: Complaint, text: str) -> Diagnosis:  # noqa: ARG001
    line = complaint.line_at(complaint.at)
    if STAR.match(line):
        message = f'begins a list entry with a star (got {_short(line)}); write "-" in its place'
        return Spot(complaint.at.line, indentation(line)), message
    return complaint.at, "an anchor or alias begins here; put the text in quotes"


def _value(complaint: Complaint, text: str) -> Diagnosis:  # noqa: ARG001
    return complaint.at, f"a value is missing (got {complaint.got}); write the value or close the bracket"


def indentation(line: str) -> int:
    """Return how many spaces a line begins with."""
    return len(line) - len(line.lstrip(" "))


def lines_that_say(lines: Sequence[str], numbers: Iterable[int]) -> Iterator[int]:
    """Yield those of some lines that hold something; a comment is nothing."""
    return (n for n in numbers if lines[n].strip() and not lines[n].lstrip().startswith("#"))


def alike(lines: Sequence[str], numbers: Iterable[int], indent: int) -> Iterator[int]:
    """Yield those of some lines that are indented by as much, up to the first that is indented less."""
    for n in numbers:
        if indentation(lines[n]) < indent:
            return
        if indentation(lines[n]) == indent:
            yield n


def is_entry(line: str) -> bool:
    """Tell whether a line begins a list entry."""
    return line.lstrip(" ").startswith("- ")


def _short(line: str) -> str:
    return f'"{shortened(line.strip(), QUOTED)}"'


# What the parser says, and what it means.
MEANINGS: tuple[tuple[str, str | Callable[[Complaint, str], Diagnosis]], ...] = (
    ("mapping values are not allowed", _colon),
    ("cannot start any token", _tab),
    ("expected ',' or", _bracket),
    ("did not find expected node content", _value),
    ("did not find expected key", _misfit),
    ("did not find expected '-'", _misfit),
    ("could not find expected ':'", _no_colon),
    ("unexpected end of stream", _quote_never_closed),
    ("expected comment or line break", "nothing may follow | on its line; write the text below, two spaces further in"),
    ("found unexpected ':'", "a colon stands where no value may begin; put the text in quotes"),
    ("mapping keys are not allowed", "a question mark begins a key here; put the text in quotes"),
    ("non-alphabetical", "a percent sign begins no record; put the text in quotes"),
    ("directive name", "a percent sign begins no record; put the text in quotes"),
    ("tab character", TAB),
    ("whitespace or line break", "an exclamation mark begins a tag here; put the text in quotes"),
    ("unknown escape character", "this backslash means nothing; use 'single quotes' or two backslashes"),
    ("escape code", "this escape is no character; write the character itself"),
    ("Unicode character escape", "this escape is no character; write the character itself"),
    ("expected <document start>", _ended),
    ("undefined alias", "a star begins an alias here; put the text in quotes"),
    ("alphabetic or numeric character", _star),
    ("tag", "an exclamation mark begins a tag here; put the text in quotes"),
    ("sequence entries are not allowed", "a list cannot begin here; begin it on a line of its own, or use quotes"),
    ("control characters are not allowed", "holds a character that cannot be seen; remove it"),
)
