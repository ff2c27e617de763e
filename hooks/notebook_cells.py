"""Turns an executed notebook into parts that a template can show, keeping to kinds of output that can do no harm."""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from html import unescape
from itertools import groupby, pairwise
from operator import itemgetter
from pathlib import Path
from typing import Any

from markupsafe import Markup

from catalog.counted import counted
from catalog.executed import error_text, without_places
from catalog.pictures import examined
from hooks import prose
from hooks.cleaning import clean
from hooks.pages import Heading

LARGEST_NOTEBOOK = 20 * 2**20  # bytes
LARGEST_PICTURE = 64 * 2**10  # bytes inside a page; larger ones are files, or they are left to the notebook
MOST_LINES, MOST_CHARACTERS = 40, 4_000  # of printed text; the rest is in the notebook
MANY_RESULTS = 3  # printed in a row, which a page leaves to its table of results
MOST_ROWS, LARGEST_TABLE = 40, 40_000  # of a table, and the characters of its HTML
NOTHING = Markup("")
FIGURE = "model_answers"  # the key of an output's metadata under which a recorded figure gives its name

_ESCAPES = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|[\]PX^_].*?(?:\x07|\x1b\\|$)|[@-Z\\-_])", re.DOTALL)
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
_TITLE = re.compile(r"\s*# +(.+?) *(?:\n|$)")
_CHAPTER = re.compile(r"\s*(## +\S.*)(?:\n|$)")
_NEGATIVE = re.compile(r"(<t[dh]\b[^>]*>\s*)-(?=\d)")
_EMPTY_HEADING = re.compile(r"<th\b[^>]*>\s*</th>")
_ROW_END = re.compile(r"</tr\s*>", re.IGNORECASE)
_CELL = re.compile(r"<td\b[^>]*>(.*?)</td>", re.DOTALL)
_NUMBER = re.compile(  # with its error and a unit, or without
    r"\s*(?:[-+\u2212]?\d[\d.,]*(?:\s?\u00b1\s?\d[\d.,]*)?(?:\s?[^\s\d]{1,4})?|[-\u2013]?|nan|inf)\s*"
)
_ATTRIBUTION = re.compile(r"<[^>]*>")
_OBJECT = re.compile(r"<[A-Za-z_][\w.]*[ >]")  # how Python prints an object that has no words of its own
_WORDLESS = re.compile(r"\s*<[A-Za-z_]\w*(?:\.\w+)+(?: object)?>\s*")  # nothing but the name of its kind
_FIRST_BYTES = {"image/png": b"\x89PNG\r\n\x1a\n", "image/jpeg": b"\xff\xd8\xff", "image/webp": b"RIFF"}


@dataclass(frozen=True)
class EssayPart:
    """A stretch of an essay; which fields are set depends on `kind`.

    Attributes:
        kind: heading (one that begins a chapter), prose, code, text, table, figure, picture or failed.
        html: finished HTML of a heading, prose or a table.
        anchor: where a heading stands on the page of the essay.
        figure: name of the run's figure that stands here.
        text: plain text of a heading, code, printed output or an error.
        summary: the first words of folded code.
        cut: what was left out of printed output or a table, such as "60 lines"; empty when it is whole.
        numbers: of a table, whether its cells hold nothing else.
        type: of a picture, such as image/png.
        data: of a picture, base64.
        alt: of a picture.
        size: width and height of a picture, when its bytes tell.
    """

    kind: str
    html: Markup = NOTHING
    anchor: str = ""
    figure: str = ""
    text: str = ""
    summary: str = ""
    cut: str = ""
    numbers: bool = False
    type: str = ""
    data: str = ""
    alt: str = ""
    size: tuple[int, int] | None = None


@dataclass(frozen=True)
class Recorded:
    """The names of what a run recorded: its figures, which stand for themselves, and its results, which it prints."""

    figures: Collection[str] = ()
    results: Collection[str] = ()


@dataclass(frozen=True)
class Chapter:
    """A stretch of an essay below one heading; what stands before the first heading has none."""

    heading: EssayPart | None
    parts: tuple[EssayPart, ...]


@dataclass(frozen=True)
class Essay:
    """An executed notebook: its title (a claim), its parts, and the headings in them."""

    title: str
    parts: tuple[EssayPart, ...]
    headings: tuple[Heading, ...]

    @property
    def chapters(self) -> list[Chapter]:
        """Return the parts divided at the headings that begin a cell."""
        starts = [0, *(number for number, part in enumerate(self.parts) if part.kind == "heading"), len(self.parts)]
        divided = [self.parts[start:end] for start, end in pairwise(starts) if end > start]
        return [
            Chapter(parts[0], parts[1:]) if parts[0].kind == "heading" else Chapter(None, parts) for parts in divided
        ]


class NotebookError(ValueError):
    """A notebook cannot be shown; the message says why."""


def read_essay(path: Path, recorded: Recorded = Recorded()) -> Essay:
    """Return an executed notebook in parts, those that its run recorded in their place.

    Raises:
        NotebookError: the file is missing, too large, or no notebook of format 4.
    """
    notebook = _read(path)
    headings: list[Heading] = []
    parts: list[EssayPart] = []
    title = ""
    for number, cell in enumerate(notebook["cells"]):
        source = _joined(cell.get("source", ""))
        if cell.get("cell_type") == "markdown":
            if not title and (match := _TITLE.match(source)):
                title, source = prose.plain_text(match[1]), source[match.end() :]
            parts += _prose(source, number, headings)
        elif cell.get("cell_type") == "code":
            about = headings[-1].title if headings else title
            parts += _code(cell, source, number, recorded, about)
    return Essay(title, tuple(parts), tuple(headings))


def _prose(source: str, number: int, headings: list[Heading]) -> Iterator[EssayPart]:
    """Yield a text cell, the heading at its beginning apart; what it holds is added to `headings`."""
    pieces = [("prose", source, f"cell{number}")]
    if match := _CHAPTER.match(source):
        pieces = [("heading", match[1], f"cell{number}"), ("prose", source[match.end() :], f"cell{number}b")]
    for kind, text, name in pieces:
        fragment = prose.render(text, name, deeper=1)
        headings += fragment.headings
        if fragment.html:
            first = fragment.headings[0] if kind == "heading" and fragment.headings else Heading("", "")
            yield EssayPart(kind, html=fragment.html, anchor=first.id, text=first.title)


def _read(path: Path) -> Mapping[str, Any]:
    """Return the notebook as data."""
    if not path.is_file() or path.is_symlink():
        raise NotebookError(f"{path.name} is missing")
    if path.stat().st_size > LARGEST_NOTEBOOK:
        raise NotebookError(f"{path.name} is larger than {LARGEST_NOTEBOOK:,} bytes")
    try:
        notebook = json.loads(path.read_bytes().decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise NotebookError(f"{path.name} is not JSON in UTF-8 ({error})") from None
    cells = notebook.get("cells") if isinstance(notebook, dict) and notebook.get("nbformat") == 4 else None
    if not isinstance(cells, list) or not all(isinstance(cell, dict) for cell in cells):
        raise NotebookError(f"{path.name} is no notebook of format 4")
    return notebook


def _joined(value: Any) -> str:
    """Return text that a notebook keeps as one string or as a list of lines."""
    if isinstance(value, list):
        return "".join(part for part in value if isinstance(part, str))
    return value if isinstance(value, str) else ""


def _code(cell: Mapping[str, Any], source: str, number: int, recorded: Recorded, about: str) -> Iterator[EssayPart]:
    """Yield a code cell and what it gave; `about` is the heading that it stands below."""
    if source.strip():
        yield EssayPart("code", text=source, summary=_summary(source))
    for output in cell.get("outputs", []) if isinstance(cell.get("outputs"), list) else []:
        if isinstance(output, dict):
            yield from _output(output, f"cell{number}", recorded, about)


def _summary(source: str) -> str:
    """Return the first words of code: its first comment, else how long it is."""
    lines = [line for line in source.splitlines() if line.strip()]
    if lines[0].startswith("#"):
        return lines[0].lstrip("# ").strip()[:120]
    return counted(len(lines), "line")


def _output(output: Mapping[str, Any], name: str, recorded: Recorded, about: str) -> Iterator[EssayPart]:
    """Yield one output, in the richest form that can do no harm."""
    kind = output.get("output_type")
    if kind == "stream":
        yield from _streamed(_joined(output.get("text")), recorded.results)
    elif kind == "error":
        yield EssayPart("failed", text=_printed(error_text(output))[:MOST_CHARACTERS])
    elif kind in ("display_data", "execute_result"):
        data = output.get("data") if isinstance(output.get("data"), dict) else {}
        yield from (
            _figure(output, recorded.figures)
            or _picture(data, _alternative(output, data, about))
            or _table(data, name)
            or _text(_joined(data.get("text/plain")))
        )


def _figure(output: Mapping[str, Any], figures: Collection[str]) -> list[EssayPart]:
    """Return a figure of the run by its name, nothing when the run has no such figure."""
    metadata = output.get("metadata")
    marked = metadata.get(FIGURE) if isinstance(metadata, dict) else None
    name = marked.get("figure") if isinstance(marked, dict) else None
    return [EssayPart("figure", figure=name)] if isinstance(name, str) and name in figures else []


def _alternative(output: Mapping[str, Any], data: Mapping[str, Any], about: str) -> str:
    """Return what to say in place of a picture: the author's words, as `Image(alt=...)` keeps them, or where it stands.

    What Python calls an object, such as <Figure size 640x480 with 1 Axes>, says nothing of what is seen.
    """
    metadata = output.get("metadata")
    each = metadata.values() if isinstance(metadata, dict) else ()
    given = [_joined(of_one.get("alt")) for of_one in each if isinstance(of_one, dict)]
    printed = _printed(_joined(data.get("text/plain")))
    words = [*given, "" if _OBJECT.search(printed) else printed, f'Picture below "{about}"' if about else ""]
    return next((text.strip()[:300] for text in words if text.strip()), "A picture that this cell drew")


def _picture(data: Mapping[str, Any], alt: str) -> list[EssayPart]:
    """Return a small picture; an SVG becomes an image too, in which no script runs."""
    for type, first in _FIRST_BYTES.items():
        encoded = re.sub(r"\s", "", _joined(data.get(type)))
        if encoded and len(encoded) <= LARGEST_PICTURE * 4 // 3 and (decoded := _decoded(encoded)).startswith(first):
            return [EssayPart("picture", type=type, data=encoded, alt=alt, size=_size(type, decoded))]
    svg = _joined(data.get("image/svg+xml")).encode()
    if svg and len(svg) <= LARGEST_PICTURE:
        data, type = base64.b64encode(svg).decode(), "image/svg+xml"
        return [EssayPart("picture", type=type, data=data, alt=alt, size=_size(type, svg))]
    return []


def _size(type: str, data: bytes) -> tuple[int, int] | None:
    """Return width and height of a picture, which keep its place while it loads; None if they cannot be told."""
    return examined(f"picture.{type.removeprefix('image/').removesuffix('+xml')}", data).size


def _decoded(encoded: str) -> bytes:
    """Return the bytes of base64, or nothing when it is none."""
    try:
        return base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        return b""


def _table(data: Mapping[str, Any], name: str) -> list[EssayPart]:
    """Return cleaned HTML, such as a table of numbers."""
    html, cut = _first_rows(_joined(data.get("text/html")))
    if len(html) > LARGEST_TABLE:
        return [EssayPart("text", cut="a large table")]
    if not html:
        return []
    cleaned = _as_we_set_tables(clean(html, name))
    says_something = unescape(_ATTRIBUTION.sub("", cleaned)).strip()
    numbers = all(_NUMBER.fullmatch(unescape(_ATTRIBUTION.sub("", cell))) for cell in _CELL.findall(cleaned))
    return [EssayPart("table", html=cleaned, numbers=numbers, cut=cut)] if says_something else []


def _first_rows(html: str) -> tuple[str, str]:
    """Return a table with its first rows, and what was left out; several tables are left as they are."""
    ends = [match.end() for match in _ROW_END.finditer(html)]
    if len(ends) <= MOST_ROWS or html.casefold().count("<table") != 1:
        return html, ""
    return html[: ends[MOST_ROWS - 1]] + html[ends[-1] :], counted(len(ends) - MOST_ROWS, "row")


def _as_we_set_tables(cleaned: Markup) -> Markup:
    """Return a table with a real minus sign before numbers; the heading of a column without one is a plain cell."""
    return Markup(_EMPTY_HEADING.sub("<td></td>", _NEGATIVE.sub("\\1\u2212", str(cleaned))))


def _streamed(text: str, results: Collection[str]) -> Iterator[EssayPart]:
    """Yield what a cell printed without several results in a row: all of them stand in the table of results."""
    lines = _printed(text).strip("\n").split("\n")
    groups = ((named, list(some)) for named, some in groupby(lines, lambda line: line.partition(": ")[0] in results))
    apart = [(named and len(some) >= MANY_RESULTS, some) for named, some in groups]
    for are_results, parts in groupby(apart, key=itemgetter(0)):
        joined = [line for _, some in parts for line in some]
        yield from [EssayPart("text", cut=counted(len(joined), "result"))] if are_results else _kept("\n".join(joined))


def _text(text: str) -> list[EssayPart]:
    """Return printed text, the beginning of it when it is long; nothing of an object that has no words of its own."""
    printed = without_places(_printed(text))
    return [] if _WORDLESS.fullmatch(printed) else _kept(printed)


def _kept(text: str) -> list[EssayPart]:
    """Return text as a terminal would leave it, the beginning of it when it is long."""
    text = text.strip("\n")
    if not text.strip():
        return []
    lines = text.split("\n")
    kept = "\n".join(lines[:MOST_LINES])[:MOST_CHARACTERS]
    left_lines, left = len(lines) - kept.count("\n") - 1, len(text) - len(kept)
    cut = counted(left_lines, "line") if left_lines else counted(left, "character") if left else ""
    return [EssayPart("text", text=kept, cut=cut)]


def _printed(text: str) -> str:
    """Return text as a terminal would leave it: no escape codes, only the last state of each line."""
    text = _ESCAPES.sub("", text).replace("\r\n", "\n")
    lines = [line.rstrip("\r").rpartition("\r")[2] for line in text.split("\n")]
    return _CONTROL.sub("", "\n".join(lines))
