"""The text of an answer: its lead and its three parts, each with its place in the file."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from catalog.costly import LONGEST, costly
from catalog.problems import Problem, line_and_column, nearest, shortened

PARTS = ("task", "workflow", "sources")  # in this order, under the headings ## Task, ## Workflow, ## Sources
NOT_YET_WRITTEN = "*Derived from the records; not yet written.*"  # a paragraph of an imported draft

_HEADING = re.compile(r"[ \t>]*+(?:(?:[-*+]|\d{1,9}[.)])[ \t]++)*+[ \t>]*+(#{1,6})(.*)", re.DOTALL)
_UNDERLINE = re.compile(r"[ \t>]*+(?:=++|-++)[ \t]*+")
_BOLD = re.compile(r"[*_:\s]")
_FENCE = re.compile(r"[ \t>]*+(?:(?:[-*+]|\d{1,9}[.)])[ \t]++)?+(`{3,}+|~{3,}+)([^`]*+)")
_FRONT_MATTER = re.compile(r"[a-z_-]{1,40}+:(?:\s|$)")


@dataclass(frozen=True)
class Passage:
    """A stretch of a file: its text, and the line on which its first character stands."""

    text: str
    line: int

    def __bool__(self) -> bool:
        """Tell whether there is any text."""
        return bool(self.text)


@dataclass(frozen=True)
class Answer:
    """An answer: two or three sentences of lead, then its three parts; an absent part is an empty passage."""

    file: str
    lead: Passage
    task: Passage
    workflow: Passage
    sources: Passage

    @property
    def parts(self) -> tuple[tuple[str, Passage], ...]:
        """The lead and the three parts by name, in the order in which they stand."""
        return (("lead", self.lead), ("task", self.task), ("workflow", self.workflow), ("sources", self.sources))

    @property
    def not_yet_written(self) -> bool:
        """Whether it still holds the mark of an imported draft."""
        return any(line.strip() == NOT_YET_WRITTEN for _, part in self.parts for line in part.text.split("\n"))


def read_answer(body: str, file: str, first_line: int, *, draft: bool = False) -> tuple[Answer, list[Problem]]:
    """Divide the Markdown below the front matter into an answer, with everything that is wrong with its form.

    `first_line` is the line of the file on which `body` begins. In a draft a part that is missing is only noticed.
    """
    lines = body.replace("\r\n", "\n").split("\n")
    underlined = dict(_underlined(lines))
    for i, name in underlined.items():
        lines[i : i + 2] = (_heading_of(name), "")
    bold = dict(_bold(lines))
    for i, name in bold.items():
        lines[i] = _heading_of(name)
    headings = list(_headings(lines))
    bounds = _openings(headings)
    cuts = sorted({*(i for i, level, _ in headings if level <= 2), *bounds.values(), len(lines)})

    def passage(name: str) -> Passage:
        if name == "lead":
            return _passage(lines, 0, cuts[0], first_line)
        if name not in bounds:
            return Passage("", first_line + len(lines) - 1)
        start = bounds[name]
        return _passage(lines, start + 1, cuts[cuts.index(start) + 1], first_line)

    answer = Answer(file, *map(passage, ("lead", *PARTS)))
    found = [
        *_underline_problems(underlined, file, first_line),
        *(Problem(file, first_line + i, 1, "", _in_place(name)) for i, name in bold.items()),
        *_heading_problems(headings, bounds, file, first_line),
        *_missing_parts(answer, bounds, cuts[0], first_line, len(lines), draft),
        *_line_problems(lines, file, first_line),
        *_size_problems(answer),
    ]
    return _shortened(answer), sorted(set(found))


def _shortened(answer: Answer) -> Answer:
    """Return an answer whose parts end where they become too long, so that nothing after this reads more."""
    return Answer(answer.file, *(Passage(part.text[:LONGEST], part.line) for _, part in answer.parts))


class Fence(NamedTuple):
    """A block of code: its first line and the line after its last, from 0; what stands after the fence; if it ends."""

    start: int
    end: int
    info: str
    closed: bool


def fences(lines: list[str]) -> Iterator[Fence]:
    """Yield every block of code between fences."""
    mark, start, info = "", 0, ""
    for i, line in enumerate(lines):
        match = _FENCE.match(line) if "```" in line or "~~~" in line else None
        if not mark and match:
            mark, start, info = match[1], i, match[2].strip()
        elif mark and match and match[1].startswith(mark) and not match[2].strip():
            yield Fence(start, i + 1, info, True)
            mark = ""
    if mark:
        yield Fence(start, len(lines), info, False)


def _in_code(lines: list[str]) -> set[int]:
    """Return the indices of the lines that are code."""
    return {i for fence in fences(lines) for i in range(fence.start, fence.end)}


def _headings(lines: list[str]) -> Iterator[tuple[int, int, str]]:
    """Yield index, level and raw line of every heading outside code."""
    code = _in_code(lines)
    for i, line in enumerate(lines):
        if i not in code and "#" in line and (match := _HEADING.match(line)):
            yield i, len(match[1]), line


def _underlined(lines: list[str]) -> Iterator[tuple[int, str]]:
    """Yield the index of every line that a line of strokes below makes the heading of a part, with that part."""
    for i in _strokes(lines):
        if i and (name := _meant_part(2, lines[i - 1])):
            yield i - 1, name


def _bold(lines: list[str]) -> Iterator[tuple[int, str]]:
    """Yield the index of every line alone in bold letters that stands for the heading of a part, with that part."""
    alone = [i for i, line in enumerate(lines) if line[:2] in ("**", "__") and _is_alone(lines, i)]
    has = {_meant_part(level, title) for _, level, title in _headings(lines)} if alone else set()
    code = _in_code(lines) if alone else set()
    for i in alone:
        name = _BOLD.sub("", lines[i]).casefold()
        if name in PARTS and name not in has and i not in code:
            has.add(name)
            yield i, name


def _is_alone(lines: list[str], i: int) -> bool:
    """Tell whether there is nothing in the line above and in the line below."""
    return not "".join(lines[max(i - 1, 0) : i] + lines[i + 1 : i + 2]).strip()


def _in_place(part: str) -> str:
    """Say what stands in place of a line in bold letters."""
    return f'is text in bold letters and no heading; write "{_heading_of(part)}" in its place'


def _strokes(lines: list[str]) -> Iterator[int]:
    """Yield the index of every line of strokes outside code."""
    code = _in_code(lines)
    for i, line in enumerate(lines):
        if line.rstrip().endswith(("=", "-")) and i not in code and _UNDERLINE.fullmatch(line):
            yield i


def _heading_of(part: str) -> str:
    """Return the heading of a part."""
    return f"## {part.capitalize()}"


def _part_name(title: str) -> str:
    """Return the part that a heading opens, if it is spelled exactly."""
    name = title.rstrip()[3:].casefold()
    return name if name in PARTS and title.rstrip() == _heading_of(name) else ""


def _meant_part(level: int, title: str) -> str:
    """Return the part that a heading with a slip in it is meant to open: "## Source", "# Task" or "### Workflow"."""
    words = re.sub(r"[\W_]", "", title).casefold()
    return words if words in PARTS else (nearest(words, PARTS) or "" if level <= 2 else "")


def _openings(headings: list[tuple[int, int, str]]) -> dict[str, int]:
    """Return the line of the heading that opens each part: its own, or else the first that is meant to be it."""
    found: dict[str, int] = {}
    for i, _, title in headings:
        found.setdefault(_part_name(title), i)
    for i, level, title in headings:
        found.setdefault(_meant_part(level, title), i)
    found.pop("", None)
    return found | _instead_of_the_missing(headings, found)


def _instead_of_the_missing(headings: list[tuple[int, int, str]], found: dict[str, int]) -> dict[str, int]:
    """Return the line of the only foreign heading, by the only part that has none, where that part belongs."""
    missing = [name for name in PARTS if name not in found]
    foreign = [i for i, level, _ in headings if level <= 2 and i not in found.values()]
    if len(missing) != 1 or len(foreign) != 1:
        return {}
    opened = found | {missing[0]: foreign[0]}
    return {missing[0]: foreign[0]} if sorted(PARTS, key=opened.__getitem__) == list(PARTS) else {}


def _passage(lines: list[str], start: int, end: int, first_line: int) -> Passage:
    """Return the lines without the blank ones around them."""
    opened = start
    while start < end and not lines[start].strip():
        start += 1
    while end > start and not lines[end - 1].strip():
        end -= 1
    if start == end:
        start = max(opened - 1, 0)  # where the heading stands
        return Passage("", first_line + start)
    return Passage("\n".join(lines[start:end]), first_line + start)


def _underline_problems(underlined: dict[int, str], file: str, first_line: int) -> Iterator[Problem]:
    """Say how headings are written that a line of strokes makes."""
    for i, name in underlined.items():
        message = f'is a heading by the line of strokes below; write "{_heading_of(name)}" in place of both lines'
        yield Problem(file, first_line + i, 1, "", message)


def _heading_problems(
    headings: list[tuple[int, int, str]], bounds: dict[str, int], file: str, first_line: int
) -> Iterator[Problem]:
    """Check that headings of level 1 and 2 are the three parts, once each, in order."""
    seen: list[str] = []
    for i, level, title in headings:
        if level > 2 and i not in bounds.values():
            continue
        column = title.index("#") + 1
        place = (file, first_line + i, column, "")
        name = _part_name(title)
        if not name:
            yield Problem(*place, _wrong_heading(title, next((name for name in bounds if bounds[name] == i), "")))
        elif name in seen:
            yield Problem(*place, f'stands twice (got "{_heading_of(name)}"); join the two into one part')
        else:
            later = [other for other in seen if PARTS.index(other) > PARTS.index(name)]
            if later:
                message = f'stands too low (got "{_heading_of(name)}"); move it before "{_heading_of(later[0])}"'
                yield Problem(*place, message)
            seen.append(name)


def _wrong_heading(title: str, meant: str) -> str:
    """Return what to do with a heading that opens no part as it is spelled."""
    got = shortened(title.strip())
    if meant:
        remedy = f'write "{_heading_of(meant)}" at the beginning of its line'
        return f'is not spelled as the heading of a part (got "{got}"); {remedy}'
    names = ", ".join(map(_heading_of, PARTS))
    return f'is no heading of an answer, which are {names} (got "{got}"); use ### or lower, or take it out'


def _missing_parts(
    answer: Answer, bounds: dict[str, int], lead_ends: int, first_line: int, count: int, draft: bool
) -> Iterator[Problem]:
    """Check that there is a lead and three parts, none of them empty; a lead below a foreign heading is told there."""
    level = "notice" if draft else "error"
    end = first_line + count - 1
    for name, part in answer.parts:
        if part or (name == "lead" and lead_ends < count and lead_ends not in bounds.values()):
            continue
        if name == "lead":
            message = "the answer has no lead; begin with two or three sentences, before the first heading"
            yield Problem(answer.file, first_line, 1, name, message, level)
        elif name in bounds:
            message = "this part is empty; write it below its heading"
            yield Problem(answer.file, first_line + bounds[name], 1, name, message, level)
        else:
            message = f'the part is missing; add a heading "{_heading_of(name)}" with its text'
            yield Problem(answer.file, end, 1, name, message, level)


def _line_problems(lines: list[str], file: str, first_line: int) -> Iterator[Problem]:
    """Check that no line reads as front matter, as an underlined heading or as a diagram."""
    for fence in fences(lines):
        if "mermaid" in fence.info.casefold():
            message = "diagrams are drawn from `workflow:` of the record; take this block out"
            yield Problem(file, first_line + fence.start, 1, "answer", message)
        if not fence.closed:
            message = "this block of code does not end; close it with the same fence"
            yield Problem(file, first_line + fence.start, 1, "answer", message)
    for i in _strokes(lines):
        message = f'makes a heading or a front matter (got "{shortened(lines[i].strip(), 20)}"); take the line out'
        yield Problem(file, first_line + i, 1, "", message)
    first = next((i for i, line in enumerate(lines) if line.strip()), 0)
    if _FRONT_MATTER.match(lines[first]):
        message = "the answer begins like a front matter; begin it with a sentence"
        yield Problem(file, first_line + first, 1, "lead", message)


def _size_problems(answer: Answer) -> Iterator[Problem]:
    """Check that Markdown reads each part in little time."""
    for name, part in answer.parts:
        for at, message in costly(part.text):
            yield Problem(answer.file, *line_and_column(part.text, at, part.line), name, message)
