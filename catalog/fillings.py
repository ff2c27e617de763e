"""What stands in braces in our lists beside the vocabulary."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from catalog.problems import Problem, did_you_mean
from catalog.records import Record
from catalog.source import Path
from catalog.validation import fields_by_key

BRACES = re.compile(r"\{(\w*)\}|[{}]")
NUMBER_ONCE = ("factor", "multiple", "enlarged")  # lists of which each cue names one number


def filling_problems(record: Record) -> Iterator[Problem]:
    """Each text holds in braces only what the description of its field names, each cue of a factor one number."""
    for path, text in _texts(record):
        known = _known(record, path)
        for found in BRACES.finditer(text):
            if found[1] not in known:
                message = f"{found[0]} stands for nothing here; {_instead(known)}"
                yield record.source.problem(message + did_you_mean(found[1] or "", known), *path)
        if path[0] in NUMBER_ONCE and len(BRACES.findall(text)) != 1:
            yield record.source.problem(f'must name one number (got "{text}"); {_instead(known)} once', *path)


def _texts(record: Record) -> Iterator[tuple[Path, str]]:
    """Yield the texts of a record, each with its path."""
    fields = type(record).model_fields.items()
    places: list[tuple[Path, Any]] = [((field.alias or name,), getattr(record, name)) for name, field in fields]
    for path, value in places:
        if isinstance(value, str):
            yield path, value
        else:
            entries = value.items() if isinstance(value, dict) else enumerate(value)
            places += [((*path, key), inner) for key, inner in entries]


def _known(record: Record, path: Path) -> list[str]:
    """Return what the texts of a field may hold in braces."""
    return re.findall(r"\{(\w+)\}", fields_by_key(type(record))[str(path[0])].description or "")


def _instead(known: list[str]) -> str:
    """Say what may stand in braces."""
    return f"write {' or '.join(f'{{{name}}}' for name in known)}" if known else "write the text without braces"
