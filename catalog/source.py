"""Strict YAML with positions: from text to plain values, each with its line and column."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

import yaml

from catalog.characters import FORBIDDEN, codepoint, visible
from catalog.problems import Level, Problem, shortened
from catalog.yaml_errors import (
    BREAK,
    LOADER,
    Spot,
    comma_in_number,
    comment_behind,
    continuation,
    curly_quotes,
    diagnose,
    list_in_braces,
    no_space_behind_dash,
)

Path = tuple[str | int, ...]

MAX_BYTES = 256 * 1024
MAX_DEPTH = 12
MAX_NODES = 50_000
MAX_DIGITS = 300
LONGEST_STEP = 40  # characters of a key with blanks in the field of a problem

NULL = re.compile(r"(?:~|null|Null|NULL|)\Z")
BOOL = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
INTEGER = re.compile(r"[-+]?(?:0|[1-9][0-9]*)\Z")
FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|(?:0|[1-9][0-9]*)(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?\Z")
# What some reader of YAML takes for something else than text: yes, 0x1F, 007, 1_000, 12:30, .inf, 2024-01-31, =, <<.
UNCERTAIN = re.compile(
    r"(?:yes|no|on|off|[-+]?\.inf|\.nan|[-+]?0[xob][0-9a-f_]+|[-+]?[0-9][0-9_]*(?:\.[0-9_]*)?(?:e[-+]?[0-9]+)?"
    r"|[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?|[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[t ].*)?|=|<<)\Z",
    re.IGNORECASE,
)
LONGEST_WORD = len("false")  # no longer word means anything else than itself


class Mark(NamedTuple):
    """Where a value stands, counted from 1, how it was spelled, and what stands before that: a quote, | or >."""

    line: int = 1
    column: int = 1
    raw: str = ""
    style: str = ""


# What is kept of a value until somebody asks: its line, column and spelling, then what is inside it, in the same form:
# a list, or a mapping in which line and column of the key stand before the value; of a scalar its style as in Mark.
Kept = tuple[int, int, str, "dict[str, tuple[int, int, Kept]] | list[Kept] | str"]


@dataclass(frozen=True)
class Source:
    """A file and the place of each value in it, which `at` and `key_at` look up."""

    file: str = ""
    whole: Kept | None = None

    def at(self, *path: str | int) -> Mark:
        """Return the place of the value under `path`, or of its nearest parent that stands in the file."""
        if not self.whole:
            return Mark()
        line, column, raw, inside = self._nearest(path)[0]
        return Mark(line, column, raw, inside if isinstance(inside, str) else "")

    def key_at(self, *path: str | int) -> Mark:
        """Return the place of the key before the value under `path`, or of the value where there is none."""
        if self.whole and path:
            parent, missing = self._nearest(path[:-1])
            if not missing and isinstance(parent[3], dict) and path[-1] in parent[3]:
                return Mark(*parent[3][path[-1]][:2], path[-1])
        return self.at(*path)

    def _nearest(self, path: Path) -> tuple[Kept, int]:
        """Return the value under `path` or its nearest parent that stands in the file, and how many steps it lacks."""
        here = self.whole
        for taken, step in enumerate(path):
            inside = here[3]
            if isinstance(inside, dict) and step in inside:
                here = inside[step][2]
            elif isinstance(inside, list) and isinstance(step, int) and 0 <= step < len(inside):
                here = inside[step]
            else:
                return here, len(path) - taken
        return here, 0

    def problem(self, message: str, *path: str | int, level: Level = "error", cause: tuple[str, ...] = ()) -> Problem:
        """Return a problem at the value under `path`; `cause` as in `Problem`."""
        return problem_at(self.file, self.at(*path), path, message, level, cause)

    def key_problem(self, message: str, *path: str | int, level: Level = "error") -> Problem:
        """Return a problem at the key that stands before the value under `path`."""
        return problem_at(self.file, self.key_at(*path), path, message, level)


@dataclass(frozen=True, slots=True)
class Unquoted:
    """A plain scalar that is neither text nor a number for all readers of YAML: `yes`, `2024-01-31`, `0x1F`."""

    raw: str


def problem_at(
    file: str, mark: Mark, path: Path, message: str, level: Level = "error", cause: tuple[str, ...] = ()
) -> Problem:
    """Return a problem at a mark; `path` becomes its dotted field, of a text in the place of a key its beginning."""
    steps = (shortened(step, LONGEST_STEP) if " " in step else step for step in map(str, path))
    return Problem(file, mark.line, mark.column, visible(".".join(steps)), message, level, cause)


def read_yaml(text: str, file: str, first_line: int = 1) -> tuple[Any, Source, list[Problem]]:
    """Read one YAML document; `first_line` is the line of the file on which `text` begins.

    Values are dict, list, str, int, float, bool, None, or `Unquoted` for a plain scalar that readers of YAML disagree
    about. The value is None when there are problems that leave nothing to read.
    """
    reader = _Reader(text, file, first_line)
    try:
        value, kept = reader.document()
        return value, Source(file, kept), reader.problems
    except _StopReadingError:
        pass
    except yaml.MarkedYAMLError as error:
        mark, message = diagnose(error, text, first_line)
        if (mark.line + first_line, mark.column + 1) not in {(told.line, told.column) for told in reader.problems}:
            reader.refuse(mark, message, ())
    except (yaml.YAMLError, ValueError) as error:
        message = f"is not valid YAML ({type(error).__name__}); save the file as plain UTF-8 text"
        reader.refuse(None, message, ())
    return None, Source(file), reader.problems


@lru_cache(maxsize=4096)
def plain_meaning(raw: str) -> Any:
    """Return what a scalar without quotes means: text, a number, true or false, nothing, or `Unquoted`."""
    if len(raw) > LONGEST_WORD and raw[0].isalpha():
        return raw
    if NULL.match(raw):
        return None
    if raw in BOOL:
        return BOOL[raw]
    is_number = FLOAT.match(raw)
    if not is_number and not UNCERTAIN.match(raw):
        return raw
    if not is_number or len(raw) > MAX_DIGITS:
        return Unquoted(raw)
    return int(raw) if INTEGER.match(raw) else float(raw)


class _StopReadingError(Exception):
    """The rest of the document is not worth reading."""


class _Reader:
    """Builds values from YAML events, one at a time, so that nothing deep or large is ever built."""

    def __init__(self, text: str, file: str, first_line: int) -> None:
        self.text = text
        self.file = file
        self.has_escapes = "\\" in text
        self.has_comments = " #" in text or "\t#" in text
        self.path: list[str | int] = []  # where the value stands that is being read
        self.problems: list[Problem] = []
        self.continued: list[tuple[Path, int]] = []  # texts without quotes over several lines, and where they begin
        self.first_line = first_line
        self.nodes = 0

    def document(self) -> tuple[Any, Kept]:
        """Return the value of the only document, and the places of all that is in it."""
        if len(self.text) > MAX_BYTES:
            self.stop(None, f"is too large (got {len(self.text):,} characters); at most {MAX_BYTES:,} are allowed")
        self.next = LOADER(self.text).get_event
        self.next()  # the start of the stream
        if isinstance(self.next(), yaml.StreamEndEvent):
            self.stop(None, "is empty; write the record")
        found = self.value(self.next())
        self.next()  # the end of the document
        event = self.next()
        if not isinstance(event, yaml.StreamEndEvent):
            self.stop(event.start_mark, 'begins a second document; remove the "---"')
        for path, line in self.continued:  # had the parser complained, it would have been about these
            spot, message = continuation(line, self.text, self.first_line)
            self.refuse(spot, message, path)
        return found

    def value(self, event: yaml.Event) -> tuple[Any, Kept]:
        """Return the value that an event begins, and its place."""
        if type(event) is not yaml.ScalarEvent:
            return self.collection(event)
        raw, mark = event.value, event.start_mark
        if event.anchor is not None or event.tag is not None or (self.has_escapes and event.style == '"'):
            self.refuse_extras(event)
        value = raw if event.style else self.plain(event)
        return value, (mark.line + self.first_line, mark.column + 1, raw, event.style or "")

    def plain(self, event: yaml.ScalarEvent) -> Any:
        """Return what a scalar without quotes means."""
        raw, mark, end = event.value, event.start_mark, event.end_mark
        meaning = plain_meaning(raw)
        if end.line != mark.line:
            self.continued.append((tuple(self.path), mark.line))
        elif (
            self.has_comments
            and isinstance(meaning, str)
            and (found := comment_behind(Spot(end.line, end.column), self.text))
        ):
            self.refuse(*found)
        if raw[:1] == "-" and (said := self.no_space_behind_dash(event)):
            self.refuse(mark, said)
        elif raw.endswith('"') and raw.count('"') == 1 and not no_space_behind_dash(self.line(mark)):
            self.refuse(mark, f"ends in a quotation mark that does not begin it (got {raw[-20:]}); put one before it")
        if found := curly_quotes(raw):
            self.refuse(mark, found)
        if isinstance(meaning, Unquoted) and len(raw) > MAX_DIGITS:
            self.refuse(mark, f"is too long for a number (got {len(raw):,} characters); write it in quotes")
        return meaning

    def line(self, mark: yaml.Mark) -> str:
        """Return the line of a mark."""
        return BREAK.split(self.text)[mark.line]

    def no_space_behind_dash(self, event: yaml.ScalarEvent) -> str:
        """Say that a text without quotes begins like a list entry in quotes or brackets, or nothing."""
        begins = not event.style and event.value[1:2] in {'"', "'", "{", "["}
        return no_space_behind_dash(event.value) if begins else ""

    def collection(self, event: yaml.Event) -> tuple[Any, Kept]:
        """Return the list or mapping that an event begins, and its place."""
        mark = event.start_mark
        line, column = mark.line + self.first_line, mark.column + 1
        if isinstance(event, yaml.AliasEvent):
            raw = f"*{event.anchor}"
            self.refuse(mark, f"is an alias (got {raw}); write the value out, or in quotes")
            return Unquoted(raw), (line, column, raw, "")
        if event.anchor is not None or event.tag is not None:
            self.refuse_extras(event)
        if len(self.path) >= MAX_DEPTH:
            self.stop(mark, f"is nested too deep; at most {MAX_DEPTH} levels are allowed")
        if getattr(event, "flow_style", False) and (braces := self.list_in(event)):
            return braces
        values, inside = self.sequence() if type(event) is yaml.SequenceStartEvent else self.mapping()
        return values, (line, column, "", inside)

    def sequence(self) -> tuple[list[Any], list[Kept]]:
        """Return the list whose first event comes next, and the places of its values."""
        values: list[Any] = []
        inside: list[Kept] = []
        while type(event := self.next()) is not yaml.SequenceEndEvent:
            self.path.append(len(values))
            value, kept = self.value(event)
            values.append(value)
            inside.append(kept)
            self.path.pop()
        self.count(len(values))
        return values, inside

    def mapping(self) -> tuple[dict[str, Any], dict[str, tuple[int, int, Kept]]]:
        """Return the mapping whose first event comes next, and the places in it; of two equal keys the first stays."""
        values: dict[str, Any] = {}
        inside: dict[str, tuple[int, int, Kept]] = {}
        path, next_event = self.path, self.next
        while type(event := next_event()) is not yaml.MappingEndEvent:
            key, mark = self.key(event), event.start_mark
            if key is None:
                self.value(next_event())
                continue
            path.append(key)
            if key in values:
                self.spare(mark, inside[key][0])
                path.pop()
                continue
            values[key], kept = self.value(next_event())
            inside[key] = (mark.line + self.first_line, mark.column + 1, kept)
            path.pop()
            if values[key] is None and ":" in key:
                self.split_key(event, values, inside)
        self.count(2 * len(values))
        return values, inside

    def list_in(self, event: yaml.Event) -> tuple[list[Any], Kept] | None:
        """Refuse values in braces that have no keys, and return them as the list that is meant, with its place."""
        mark = event.start_mark
        got = list_in_braces(self.text, mark.index) if type(event) is yaml.MappingStartEvent else ""
        if not got:
            return None
        self.refuse(mark, f"is a list in braces (got {got}); write [{got[1:-1]}]")
        values, inside = [], []
        while type(event := self.next()) is not yaml.MappingEndEvent:
            value, kept = self.value(event)
            values.append(value)
            inside.append(kept)
            self.next()  # nothing, which stands in place of a value
        return values, (mark.line + self.first_line, mark.column + 1, "", inside)

    def spare(self, mark: yaml.Mark, first: int) -> None:
        """Refuse a key that stands twice, first on the line `first`, then read past its value."""
        self.refuse(mark, f"stands twice (first on line {first}); keep one of them")
        self.value(self.next())
        self.count(2)

    def key(self, event: yaml.Event) -> str | None:
        """Return a key; only text may be one. None for what goes on with a number behind its comma."""
        if type(event) is not yaml.ScalarEvent:
            self.stop(event.start_mark, "has a key that is not text; write the key as text")
        key, style = event.value, event.style
        if event.anchor is not None or event.tag is not None or (self.has_escapes and style == '"'):
            self.refuse_extras(event)
        if key[:1] == "-" and (said := self.no_space_behind_dash(event)):
            self.refuse(event.start_mark, said)
        if not style and type(plain_meaning(key)) is not str:
            return self.no_text(key, Spot(event.start_mark.line, event.start_mark.column))
        return key

    def no_text(self, key: str, at: Spot) -> str | None:
        """Refuse a key that is no text, and return it; behind a comma it goes on with a number and is none."""
        if found := comma_in_number(at, self.text):
            self.refuse(*found)
            return None
        hint = "merge keys are not allowed" if key == "<<" else "write it in quotes"
        self.refuse(at, f"a key must be text (got {key or 'nothing'}); {hint}")
        return key

    def split_key(
        self, event: yaml.ScalarEvent, values: dict[str, Any], inside: dict[str, tuple[int, int, Kept]]
    ) -> None:
        """Refuse a key such as `task:x` without a value, and go on with what was meant."""
        name, _, text = event.value.partition(":")
        line, column, (value_line, value_column, raw, _) = inside[event.value]
        if event.style or not name or not text or raw:
            return
        self.refuse(event.start_mark, f'has no space behind the colon (got {event.value}); write "{name}: {text}"')
        del values[event.value], inside[event.value]
        if name not in values:
            values[name] = plain_meaning(text)
            inside[name] = (line, column, (value_line, value_column, text, ""))

    def count(self, number: int) -> None:
        """Count values, up to the limit."""
        self.nodes += number
        if self.nodes > MAX_NODES:
            self.stop(None, f"has too many values; at most {MAX_NODES:,} are allowed in a file")

    def refuse_extras(self, event: yaml.Event) -> None:
        """Refuse anchors, tags and escape sequences for characters that nobody can see."""
        if event.anchor is not None:
            self.refuse(event.start_mark, f"has an anchor (got &{event.anchor}); remove it, or use quotes")
        if event.tag is not None:
            self.refuse(event.start_mark, f"has a tag (got {event.tag}); remove it, or use quotes")
        found = FORBIDDEN.search(event.value) if isinstance(event, yaml.ScalarEvent) else None
        if found and found[0] not in self.text:
            self.refuse(
                event.start_mark, f"holds a character that cannot be seen (got {codepoint(found[0])}); remove it"
            )

    def refuse(self, mark: yaml.Mark | Spot | None, message: str, path: Path | None = None) -> None:
        """Note a problem at `path`, or where the reader is."""
        place = Mark(mark.line + self.first_line, mark.column + 1) if mark else Mark(self.first_line)
        self.problems.append(problem_at(self.file, place, tuple(self.path) if path is None else path, message))

    def stop(self, mark: yaml.Mark | None, message: str) -> None:
        """Note a problem, then stop reading."""
        self.refuse(mark, message)
        raise _StopReadingError
