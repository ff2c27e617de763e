"""The tables of fields, read off the record types so that no second description of them exists."""

from __future__ import annotations

import types
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic.fields import FieldInfo

from catalog import records
from catalog.records import Model, Paper, Part, Question
from catalog.rules_records import NEEDED_TO_PUBLISH
from catalog.words import parts_in

NAMES = {
    records.Id: "id",
    records.Word: "word",
    records.Name: "name",
    records.Plain: "text",
    records.Abstract: "text",
    records.Prose: "Markdown",
    records.Address: "address",
    records.Number: "number",
}


@dataclass(frozen=True)
class FieldRow:
    """One field: `value` is what may stand there; of its words `of` names a table that tells more, at `anchor`.

    `needed` tells whether a page can be published without it.
    """

    name: str
    value: str
    needed: str
    says: str
    of: str = ""
    anchor: str = ""


@dataclass(frozen=True)
class FieldTable:
    """The fields of one record type or of a part of one."""

    title: str
    anchor: str
    says: str
    fields: list[FieldRow]


def field_tables() -> list[FieldTable]:
    """Return a table for each record type and for every part they are made of, in the order of first mention."""
    waiting: list[type[Part]] = [Question, Model, Paper]
    done: list[type[Part]] = []
    while waiting:
        part = waiting.pop(0)
        if part not in done:
            done.append(part)
            waiting += [inner for field in part.model_fields.values() for inner in parts_in(field.annotation)]
    return [_table(part) for part in done]


def _table(part: type[Part]) -> FieldTable:
    """Return the table of one type."""
    says = (part.__doc__ or "").strip().split("\n")[0]
    return FieldTable(part.__name__, _anchor(part), says, list(_rows(part)))


def _rows(part: type[Part]) -> Iterator[FieldRow]:
    """Yield the fields in the order in which files are written."""
    for name, field in part.model_fields.items():
        inner = parts_in(field.annotation)
        yield FieldRow(
            name=field.alias or name,
            value=_value(field),
            needed=_needed(part, name, field),
            says=field.description or "",
            of=inner[0].__name__ if inner else "",
            anchor=_anchor(inner[0]) if inner else "",
        )


def _needed(part: type[Part], name: str, field: FieldInfo) -> str:
    """Return whether a field is needed to publish, and in drafts."""
    if field.is_required():
        return "yes, in drafts too"
    return "yes" if name in NEEDED_TO_PUBLISH.get(part, ()) else "no"


def _anchor(part: type[Part]) -> str:
    """Return where a type's table stands."""
    return f"fields-{part.__name__.lower()}"


def _value(field: FieldInfo) -> str:
    """Return what may stand in a field, in a few words."""
    annotation = Annotated[(field.annotation, *field.metadata)] if field.metadata else field.annotation
    return _words(annotation)


def _words(annotation: Any) -> str:
    """Return a type in words."""
    for known, name in NAMES.items():
        if annotation == known:
            return name
    origin, inner = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _words(inner[0])
    if origin is Literal:
        return " or ".join(map(str, inner))
    if origin is list:
        return f"list of {_words(inner[0])}"
    if origin is dict:
        return f"{_words(inner[0])}: {_words(inner[1])}"
    if origin in (Union, types.UnionType):
        return " or ".join(dict.fromkeys(_words(part) for part in inner))
    return _plain(annotation)


def _plain(annotation: Any) -> str:
    """Return a simple type in words; a part of a record by the name of its table."""
    if isinstance(annotation, type) and issubclass(annotation, Part):
        return annotation.__name__
    names = {str: "text", bool: "true or false", int: "whole number", float: "number", type(None): "null"}
    return names.get(annotation, "")
