"""Records as YAML text that a person would have written: the inverse of `catalog.source.read_yaml`."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from catalog.records import RECORD_TYPES
from catalog.source import BOOL, NULL, UNCERTAIN

WIDTH = 120  # a mapping or list that fits stands on one line
LITERAL = 300  # characters from which a text stands in a block of its own
WORD = re.compile(r"[A-Za-z](?:[A-Za-z0-9_.*-]*[A-Za-z0-9_*-])?\Z")
# What YAML cannot hold as it is: everything but printable characters and the tab; and its further line breaks.
UNPRINTABLE = re.compile("[^\t\x20-\x7e\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]|[\u2028\u2029\ufeff]")
ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t"}

Scalar = str | int | float | bool | None


def record_text(kind: str, data: Mapping[str, Any], comments: Mapping[str, str] | None = None) -> str:
    """Write a record of a kind (a key of RECORD_TYPES): modeline, then its fields in the order of its type.

    `comments` maps a field to the comment that stands above it, or in its place when `data` does not have it.
    Raises ValueError for a field that the type does not have.
    """
    comments = comments or {}
    order = [field.alias or name for name, field in RECORD_TYPES[kind].model_fields.items()]
    if unknown := (data.keys() | comments.keys()) - set(order):
        raise ValueError(f"a {kind} has no field {', '.join(sorted(unknown))}")
    lines = [f"# yaml-language-server: $schema=../schema/{kind}.json"]
    for name in order:
        if name in comments:
            lines += [f"# {line}".rstrip() for line in comments[name].split("\n")]
        if name in data:
            lines += _field(name, data[name], 0)
    return "\n".join(lines) + "\n"


def scalar(value: Scalar) -> str:
    """Write one value on one line: a word plainly, any other text in double quotes."""
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, int | float):
        return repr(int(value) if value == int(value) and abs(value) < 1e15 else value)
    return value if _is_word(value) else quoted(value)


def one_line(value: Any) -> str:
    """Write any value on one line: collections in brackets, scalars as `scalar` writes them."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{scalar(key)}: {one_line(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(one_line, value)) + "]"
    return scalar(value)


def quoted(text: str) -> str:
    """Write a text in double quotes, with escapes for what YAML cannot hold as it is."""
    plain = re.sub(r'[\\"\n\t]', lambda found: ESCAPES[found[0]], text)
    return '"' + UNPRINTABLE.sub(lambda found: f"\\U{ord(found[0]):08x}", plain) + '"'


def _is_word(text: str) -> bool:
    """Tell whether a text may stand without quotes: a word that no reader of YAML takes for something else."""
    return bool(WORD.match(text)) and text not in BOOL and not NULL.match(text) and not UNCERTAIN.match(text)


def _is_literal(value: Any) -> bool:
    """Tell whether a text stands better, and exactly, in a block of its own."""
    if not isinstance(value, str) or UNPRINTABLE.search(value.replace("\n", "")):
        return False
    lines = value.split("\n")
    exact = lines[0] and lines[-1] and not any(line[:1].isspace() or (line and line.isspace()) for line in lines)
    return bool(exact) and (len(value) > LITERAL or len(lines) > 1)


def _field(key: str, value: Any, indent: int) -> list[str]:
    """Write `key: value`, on one line or with the value below it."""
    head = " " * indent + scalar(key) + ":"
    if _is_literal(value):
        inner = " " * (indent + 2)
        return [head + " |-", *(inner + line if line else "" for line in value.split("\n"))]
    if _stands_on_one_line(value, len(head) + 1):
        return [f"{head} {one_line(value)}"]
    if isinstance(value, Mapping):
        return [head, *_mapping(value, indent + 2)]
    return [head, *_list(value, indent + 2)]


def _mapping(values: Mapping[str, Any], indent: int) -> list[str]:
    return [line for key, value in values.items() for line in _field(key, value, indent)]


def _list(values: Sequence[Any], indent: int) -> list[str]:
    lines: list[str] = []
    for value in values:
        dash = " " * indent + "- "
        if isinstance(value, Mapping) and value and len(dash) + len(one_line(value)) > WIDTH:
            first, *rest = _mapping(value, indent + 2)
            lines += [dash + first.lstrip(), *rest]
        else:
            lines.append(dash + one_line(value))
    return lines


def _stands_on_one_line(value: Any, used: int) -> bool:
    """Tell whether a value goes behind its key: every scalar does, collections by size and kind."""
    if not value or not isinstance(value, Mapping | list | tuple):
        return True
    if isinstance(value, Mapping):
        named = all(isinstance(item, Mapping) for item in value.values())  # one line for each name
        return not named and not _has_literal(value) and used + len(one_line(value)) <= WIDTH
    words = all(not isinstance(item, Mapping | str) or (isinstance(item, str) and _is_word(item)) for item in value)
    return words and used + len(one_line(value)) <= WIDTH


def _has_literal(value: Any) -> bool:
    return _is_literal(value) or (isinstance(value, Mapping) and any(map(_has_literal, value.values())))
