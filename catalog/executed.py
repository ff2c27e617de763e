"""Read the executed notebook of a run as untrusted input, cell by cell; standard library alone."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from catalog.private_text import may_be_private, private_in
from catalog.runs import ExecutedCell
from catalog.strict_json import strict_json

Defect = tuple[str, str]  # where, such as `cell 3` or nothing, and what is wrong there

_PLACE = re.compile(r"(<[^<>\n]{1,200}?) at 0x[0-9a-fA-F]{6,16}(?=[ ,>])")  # how Python ends the name of an object
_ESCAPED = rb"\u"  # how JSON writes half a character; hardly any notebook writes one so
_DISPLAYS = ("display_data", "execute_result")  # the kinds of output that hold data
_SHOWN = ("text/", "image/")  # kinds of output that a page can show, which are text or base64
_ON_PAGES = {"text/plain", "text/html", "image/png", "image/jpeg", "image/webp", "image/svg+xml"}  # those that it shows


def read_executed(data: bytes | None) -> tuple[tuple[ExecutedCell, ...], list[Defect]]:
    """Return the cells of an executed notebook, and all that is wrong with it; with a defect the cells mean nothing.

    `data` are the bytes of its file, None where there is none.
    """
    if data is None:
        return (), [("", "the executed notebook is missing")]
    try:
        notebook = strict_json(data.decode("utf-8"))
        if _ESCAPED in data:
            json.dumps(notebook, ensure_ascii=False).encode("utf-8")
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        return (), [("", f"this is not JSON in UTF-8 ({error})")]
    except UnicodeEncodeError:
        return (), [("", "a text holds half a character")]
    except ValueError as error:
        return (), [("", str(error))]
    return _cells(notebook)


def _cells(notebook: Any) -> tuple[tuple[ExecutedCell, ...], list[Defect]]:
    """Return the cells of a notebook, and what is wrong with them."""
    if not isinstance(notebook, dict) or notebook.get("nbformat") != 4:
        return (), [("", "this is no notebook of format 4")]
    cells = notebook.get("cells")
    if not isinstance(cells, list) or not cells:
        return (), [("", "it has no cells")]
    defects = [(f"cell {i}", sentence) for i, cell in enumerate(cells, start=1) for sentence in _defects(cell)]
    return (() if defects else _read([*map(_cell, cells)])), defects


def _read(cells: list[tuple[ExecutedCell, list[str]]]) -> tuple[ExecutedCell, ...]:
    """Return cells, given with all their texts, with what in those is private."""
    if may_be_private("\n".join(text for _, texts in cells for text in texts)):  # hardly any notebook has a trace of it
        return tuple(cell._replace(private=private_in(texts)) for cell, texts in cells)
    return tuple(cell for cell, _ in cells)


def _cell(cell: dict[str, Any]) -> tuple[ExecutedCell, list[str]]:
    """Return a cell that is as it should be, not yet looked at for what is private, and its texts, the source first."""
    markdown = cell["cell_type"] == "markdown"
    put_out = () if markdown else [_data(output) for output in cell["outputs"]]
    not_shown = {kind for data in put_out for kind in data} - _ON_PAGES
    text = "".join(cell["source"]).strip("\n")
    texts = ["".join(value) for data in put_out for kind, value in data.items() if kind.startswith("text/")]
    return ExecutedCell(markdown, text, tuple(sorted(not_shown)), private=""), [text, *texts]


def _data(output: dict[str, Any]) -> dict[str, Any]:
    """Return what an output holds, by its kind."""
    return output["data"] if output["output_type"] in _DISPLAYS else {"text/plain": output["text"]}


def _defects(cell: Any) -> Iterator[str]:
    """Yield what is wrong with a cell."""
    if not isinstance(cell, dict):
        yield "it is no object"
        return
    kind, outputs = cell.get("cell_type"), cell.get("outputs")
    if kind not in ("markdown", "code"):
        yield f"its cell_type is markdown or code (got {str(kind)[:80]!r})"
    if not _is_text(cell.get("source")):
        yield "its source is no text"
    if kind == "code" and not isinstance(outputs, list):
        yield "its outputs are no list"
    elif kind == "code":
        for number, output in enumerate(outputs, start=1):
            if sentence := _output_defect(output):
                yield f"output {number} {sentence}"


def _output_defect(output: Any) -> str:
    """Say what is wrong with an output, or nothing."""
    if not isinstance(output, dict):
        return "is no object"
    kind = output.get("output_type")
    if kind == "error":
        return f"is an error ({error_text(output)[:200]!r}), and what failed is no run"
    if kind == "stream":
        return "" if _is_text(output.get("text")) else "has no text"
    if kind not in _DISPLAYS:
        return f"has an unknown output_type (got {str(kind)[:80]!r})"
    data = output.get("data")
    if not isinstance(data, dict) or not isinstance(output.get("metadata"), dict):
        return "has no data, or no metadata"
    wrong = next((mime for mime, value in data.items() if mime.startswith(_SHOWN) and not _is_text(value)), "")
    return f"has {wrong[:80]!r} that is no text" if wrong else ""


def without_places(text: str) -> str:
    """Return what was printed without where objects lay in memory, which is elsewhere on each run."""
    return _PLACE.sub(r"\1", text) if " at 0x" in text else text


def error_text(output: dict[str, Any]) -> str:
    """Return what an output of the kind `error` says, in one line."""
    said = [output.get("ename"), output.get("evalue")]
    return ": ".join(part for part in said if isinstance(part, str) and part) or "an error without a name"


def _is_text(value: Any) -> bool:
    """Tell whether a value is text as notebooks keep it: one string, or a list of lines."""
    return isinstance(value, str) or (isinstance(value, list) and set(map(type, value)) <= {str})
