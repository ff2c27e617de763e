"""The four notations of an answer, found with their places by scans that take time in proportion to the text."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from catalog.answer import Passage, fences
from catalog.problems import line_and_column, shortened

REMEMBERED = 65_536  # passages: several rules and the pages read the same ones
LONGEST = 500  # characters between the brackets of a citation or an expression

_RUNS_OF_TICKS = re.compile(r"`++")
_PICTURE = re.compile(r"!\[([^\[\]]*+)\]\(([^()\[\]\s]*+)\)")
_APART = re.compile(r"!\[[^\[\]]*+\]([ \t]++)\(run:")
_RUN_FIGURE = re.compile(r"run:([a-z0-9-]++)/([A-Za-z0-9_-]++)")
_FILE_ENDING = re.compile(r"\.(?:webp|png|svg|jpe?g|gif)\Z")
_OPENING = re.compile(r"!\[|\[@|\[=|\[reasoning\]")
_ITEM = re.compile(r"[ \t]*+(?:[-*+]|\d{1,9}[.)])[ \t]++")
_PAST_ITS_END = {"[@": re.compile(r"[\n\[]"), "[=": re.compile(r"\[|\n[ \t]*\n")}  # what no notation holds
_HEADING = re.compile(r"#{1,6}")


@dataclass(frozen=True)
class Citation:
    """`[@id]` or `[@id#fact]`: `id` and `fact` as they were written."""

    id: str
    fact: str | None
    start: int
    end: int


@dataclass(frozen=True)
class ResultRef:
    """`[=expression]`; the expression begins at `expression_start`."""

    expression: str
    start: int
    end: int

    @property
    def expression_start(self) -> int:
        """The offset of the expression's first character in the passage."""
        return self.start + len("[=")


@dataclass(frozen=True)
class FigureRef:
    """`![alt](run:notebook/figure)`."""

    run: str
    name: str
    alt: str
    start: int
    end: int

    @property
    def alt_start(self) -> int:
        """The offset of the alternative text's first character in the passage."""
        return self.start + len("![")


@dataclass(frozen=True)
class ReasoningMark:
    """`[reasoning]` at the end of a paragraph or list item."""

    start: int
    end: int


@dataclass(frozen=True)
class Misspelt:
    """Something that begins like a notation and is none; `message` says what to write.

    Of a picture that is no figure of a run, `address` is where it leads, and begins at `address_start`.
    """

    message: str
    start: int
    end: int
    address: str = ""

    @property
    def address_start(self) -> int:
        """The offset of the address in the passage."""
        return self.end - len(self.address) - len(")")


Notation = Citation | ResultRef | FigureRef | ReasoningMark


@dataclass(frozen=True)
class Block:
    """A paragraph, blockquote, list item, heading, table or block of code: `passage.text[start:end]`."""

    kind: Literal["paragraph", "quote", "item", "heading", "table", "code"]
    start: int
    end: int


def scan(passage: Passage) -> list[Notation]:
    """Return the notations outside code, in the order in which they stand."""
    return [found for found in scan_all(passage) if not isinstance(found, Misspelt)]


def misspelt(passage: Passage) -> list[Misspelt]:
    """Return what looks like a notation and is none."""
    return [found for found in scan_all(passage) if isinstance(found, Misspelt)]


@lru_cache(maxsize=REMEMBERED)
def scan_all(passage: Passage) -> tuple[Notation | Misspelt, ...]:
    """Return notations and misspelt ones outside code, in the order in which they stand."""
    if "[" not in passage.text:
        return ()
    code = code_spans(passage)
    ends = _ends(passage) if "[reasoning]" in passage.text else set()
    found: list[Notation | Misspelt] = []
    at = 0
    while match := _OPENING.search(passage.text, at):
        notation = None
        if not _is_inside(code, match.start()) and not is_escaped(passage.text, match.start()):
            notation = _read(passage.text, match, ends)
            found.append(notation)
        at = notation.end if notation else match.end()
    return tuple(found)


def place(passage: Passage, offset: int) -> tuple[int, int]:
    """Return line and column in the file, from 1, of the character at `offset` in the passage."""
    return line_and_column(passage.text, offset, passage.line)


@lru_cache(maxsize=REMEMBERED)
def blocks(passage: Passage) -> tuple[Block, ...]:
    """Divide a passage into blocks, in order; blank lines belong to none."""
    return tuple(_blocks(passage.text.split("\n")))


def code_spans(passage: Passage) -> list[tuple[int, int]]:
    """Return start and end of everything that is shown as code, in order."""
    spans: list[tuple[int, int]] = []
    if "`" not in passage.text and "~~~" not in passage.text:
        return spans
    for block in blocks(passage):
        spans += [(block.start, block.end)] if block.kind == "code" else _inline_code(passage.text, block)
    return spans


def without(text: str, spans: list[tuple[int, int]]) -> str:
    """Return a text of the same length with blanks in place of the spans; line ends stay."""
    if not spans:
        return text
    pieces, at = [], 0
    for start, end in sorted(spans):
        start = max(start, at)
        pieces += [text[at:start], "\n".join(" " * len(line) for line in text[start:end].split("\n"))]
        at = max(end, at)
    return "".join([*pieces, text[at:]])


def is_escaped(text: str, offset: int) -> bool:
    """Tell whether an odd number of backslashes stands before an offset, so that its character means itself."""
    before = offset
    while before and text[before - 1] == "\\":
        before -= 1
    return (offset - before) % 2 == 1


# --- reading one notation --------------------------------------------------------------------------------------------


def _read(text: str, match: re.Match[str], ends: set[int]) -> Notation | Misspelt:
    """Read the notation that opens at `match`; `ends` holds the offset after each block's last character."""
    start = match.start()
    if match[0] == "![":
        return _read_picture(text, start)
    if match[0] == "[reasoning]":
        if match.end() in ends:
            return ReasoningMark(start, match.end())
        return Misspelt("[reasoning] marks a whole paragraph; put it at its end", start, match.end())
    end = text.find("]", match.end(), match.end() + LONGEST + 1)
    if end < 0 or _PAST_ITS_END[match[0]].search(text, match.end(), end):
        return Misspelt(f'opens a notation that does not end (got "{match[0]}"); close it with "]"', start, match.end())
    inside = text[match.end() : end]
    if match[0] == "[=":
        return ResultRef(inside, start, end + 1)
    cited, hash_sign, fact = inside.partition("#")
    return Citation(cited.strip(), fact.strip() if hash_sign else None, start, end + 1)


def _read_picture(text: str, start: int) -> FigureRef | Misspelt:
    """Read the picture that opens at `start`."""
    picture = _PICTURE.match(text, start)
    if not picture and (apart := _APART.match(text, start)):
        return Misspelt("a blank parts what a picture shows from where it is; take it out", *apart.span(1))
    if not picture:
        message = "a picture is written ![what it shows](run:run/figure), without brackets or a title inside"
        return Misspelt(message, start, start + 2)
    figure = _RUN_FIGURE.fullmatch(picture[2])
    if not figure:
        message = f'a picture comes from a run (got "{shortened(picture[2])}"); write run:run/figure'
        return Misspelt(message + meant_figure(picture[2]), start, picture.end(), picture[2])
    return FigureRef(figure[1], figure[2], picture[1], start, picture.end())


def meant_figure(address: str) -> str:
    """Return the right form of what names a run and its figure otherwise, such as by the figure's file, as a hint."""
    if "//" in address or not ("/" in address or address.startswith("run:")):
        return ""
    rest = re.split(r"run:|outputs/", address)[-1]
    steps = _FILE_ENDING.sub("", rest).replace(".", "/").strip("/").split("/")
    steps = steps[-2:] if rest == address else [steps[0], *steps[1:][-1:]]
    meant = f"run:{'/'.join(steps)}"
    return f'; did you mean "{meant}"?' if _RUN_FIGURE.fullmatch(meant) else ""


def _is_inside(spans: list[tuple[int, int]], offset: int) -> bool:
    """Tell whether an offset lies in one of the sorted spans."""
    i = bisect_right(spans, offset, key=lambda span: span[0]) if spans else 0
    return i > 0 and offset < spans[i - 1][1]


def _ends(passage: Passage) -> set[int]:
    """Return the offsets after the last visible character of each block."""
    return {block.start + len(passage.text[block.start : block.end].rstrip()) for block in blocks(passage)}


# --- blocks ----------------------------------------------------------------------------------------------------------


def _blocks(lines: list[str]) -> Iterator[Block]:
    """Yield the blocks of a text given as lines."""
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line) + 1)
    code = {fence.start: fence.end for fence in fences(lines)}
    i = 0
    while i < len(lines):
        if not lines[i].strip():
            i += 1
            continue
        if i in code:
            kind, end = "code", code[i]
        else:
            kind = _kind(lines[i])
            end = i + 1
            while end < len(lines) and end not in code and _goes_on(kind, lines[end]):
                end += 1
        yield Block(kind, starts[i], starts[end] - 1)
        i = end


def _kind(line: str) -> Literal["paragraph", "quote", "item", "heading", "table"]:
    """Return the kind of block that a line opens."""
    if _HEADING.match(line):
        return "heading"
    if line.lstrip().startswith(">"):
        return "quote"
    if line.lstrip().startswith("|"):
        return "table"
    return "item" if _ITEM.match(line) else "paragraph"


def _goes_on(kind: str, line: str) -> bool:
    """Tell whether a line belongs to the block of that kind above it."""
    if not line.strip() or kind == "heading" or _HEADING.match(line):
        return False
    if kind == "item":
        return not _ITEM.match(line)
    if kind == "table":
        return line.lstrip().startswith("|")
    return True  # Markdown joins the next line to a paragraph or quotation, whatever it begins with


def _inline_code(text: str, block: Block) -> Iterator[tuple[int, int]]:
    """Yield the code spans of a block: a run of backticks up to the next run of the same length."""
    ticks = list(_RUNS_OF_TICKS.finditer(text, block.start, block.end))
    later: dict[int, list[int]] = {}
    for i in range(len(ticks) - 1, -1, -1):
        later.setdefault(len(ticks[i][0]), []).append(i)
    i = 0
    while i < len(ticks):
        same = later[len(ticks[i][0])]
        while same and same[-1] <= i:
            same.pop()
        if same and not is_escaped(text, ticks[i].start()):
            yield ticks[i].start(), ticks[same[-1]].end()
            i = same[-1]
        i += 1
