"""The published JSON Schema of each kind of record, derived from its type and the vocabulary."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from catalog import records
from catalog.records import RECORD_TYPES, Part, Vocabulary
from catalog.validation import fields_by_key, may_be_null
from catalog.words import sections_of

FOLDER = "catalog/schema"
DIALECT = "https://json-schema.org/draft/2020-12/schema"

Schema = dict[str, Any]


def modeline(kind: str) -> str:
    """Return the first line of a record, by which editors find its schema."""
    folder = "../" if kind in ("paper", "model", "question") else ""
    return f"# yaml-language-server: $schema={folder}schema/{kind}.json"


def schema_text(kind: str, vocabulary: Vocabulary) -> str:
    """Return the JSON Schema of one kind of record as the text of its file."""
    return json.dumps(schema(kind, vocabulary), indent=2, ensure_ascii=False) + "\n"


def schema(kind: str, vocabulary: Vocabulary) -> Schema:
    """Return the JSON Schema of one kind of record; words of the vocabulary are enumerated, except in itself."""
    record_type = RECORD_TYPES[kind]
    made = record_type.model_json_schema(by_alias=True)
    for part, described in _parts(record_type, made):
        _tidy(part, described)
        if kind != "vocabulary":
            _enumerate(part, described, vocabulary)
    return {"$schema": DIALECT} | made


def write_schemas(root: Path, vocabulary: Vocabulary) -> list[Path]:
    """Write the schema of each kind below `root`; return the files that changed."""
    changed = []
    for kind in RECORD_TYPES:
        path, text = root / FOLDER / f"{kind}.json", schema_text(kind, vocabulary)
        if not path.is_file() or path.read_text(encoding="utf-8") != text:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
            changed.append(path)
    return changed


def _parts(record_type: type[Part], made: Schema) -> Iterator[tuple[type[Part], Schema]]:
    """Yield each type with its description in the schema."""
    yield record_type, made
    for name, described in made.get("$defs", {}).items():
        yield getattr(records, name), described


def _tidy(part: type[Part], described: Schema) -> None:
    """Drop generated titles, and null where the checker refuses it."""
    for key, field in fields_by_key(part).items():
        inner = described["properties"][key]
        inner.pop("title", None)
        if field.default_factory is not None:
            inner = described["properties"][key] = dict(
                sorted((inner | {"default": field.get_default(call_default_factory=True)}).items())
            )
        if inner.get("default", ...) is None:
            del inner["default"]
        if not may_be_null(field) and "anyOf" in inner:
            options = [option for option in inner.pop("anyOf") if option != {"type": "null"}]
            inner |= {"anyOf": options} if len(options) > 1 else options[0]


def _enumerate(part: type[Part], described: Schema, vocabulary: Vocabulary) -> None:
    """Let editors complete the words of the vocabulary."""
    fields = part.model_fields
    for name, section in sections_of(part).items():
        inner = described["properties"][fields[name].alias or name]
        words = list(getattr(vocabulary, section))
        if inner.get("type") == "object":
            inner["propertyNames"] = {"enum": words}
            continue
        target = inner["items"] if inner.get("type") == "array" else inner
        for constraint in ("pattern", "maxLength"):
            target.pop(constraint, None)
        target["enum"] = words
