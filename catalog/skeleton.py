"""The text of a new record, derived from its type, with a placeholder wherever something must be written."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

from pydantic.fields import FieldInfo

from catalog.load import id_problem
from catalog.records import FOLDERS, RECORD_TYPES, Part
from catalog.root_folder import takes_no_record
from catalog.rules_records import NEEDED_TO_PUBLISH
from catalog.schema import modeline
from catalog.validation import PLACEHOLDER, fields_by_key, options_of

BODY = Path(__file__).with_name("skeleton.md")
QUOTED = f'"{PLACEHOLDER}"'
FENCE = "---"
USUAL = ("short", "paper", "github", "papers", "facts")  # optional fields that many records have
RARE = "# ===== Rarely needed: delete what this record has no use for. ====="
LONG = 2000  # characters of a text that is written as a block


class CannotCreateError(ValueError):
    """A new record may not be written; the message says why and what to do."""


def create_record(kind: str, id: str, root: Path) -> Path:
    """Write the skeleton of a new record below `root` and return its path.

    Raises:
        CannotCreateError: `root` holds no catalog, the id may not name a record, or a record of that id is there.
    """
    if message := takes_no_record(root):
        raise CannotCreateError(message)
    folder, suffix = FOLDERS[kind]
    path = root / folder / (id + suffix)
    if problem := id_problem(id):
        raise CannotCreateError(f"{id}: {problem}")
    rivals = [kind] if kind == "question" else ["paper", "model"]  # papers and models share one space of ids
    for folder, suffix in (FOLDERS[rival] for rival in rivals):
        if (root / folder / (id + suffix)).exists():
            raise CannotCreateError(f"{id}: {folder}/{id}{suffix} is there already; edit it, or choose another id")
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("x", encoding="utf-8", newline="\n") as file:
        file.write(skeleton(kind))
    return path


def skeleton(kind: str) -> str:
    """Return the text of a new record: needed fields with a placeholder, the others as comments."""
    lines = [modeline(kind), *_record_lines(RECORD_TYPES[kind])]
    if kind == "question":
        lines = [FENCE, *lines, FENCE, BODY.read_text(encoding="utf-8").rstrip("\n")]
    return "\n".join(lines) + "\n"


def _record_lines(record_type: type[Part]) -> Iterator[str]:
    """Yield each field of a record after a line that describes it, those that are rarely needed last."""
    fields = fields_by_key(record_type)
    rare = [key for key in fields if _is_rare(record_type, key, fields[key])]
    for key in [*(key for key in fields if key not in rare), *rare]:
        yield from ("", RARE) if rare and key == rare[0] else ()
        yield from ("", f"# {_description(record_type, key, fields[key])}")
        yield from _optional(fields[key], _field_lines(key, fields[key]))


def _is_rare(part: type[Part], key: str, field: FieldInfo) -> bool:
    """Tell whether few records have a field."""
    return not (field.is_required() or key in NEEDED_TO_PUBLISH.get(part, ()) or key in USUAL)


def _part_lines(part: type[Part]) -> Iterator[str]:
    """Yield each field of a part with its description at the end of the line."""
    for key, field in fields_by_key(part).items():
        first, *rest = _field_lines(key, field)
        yield from _optional(field, (f"{first}  # {_description(part, key, field)}", *rest))


def _description(part: type[Part], key: str, field: FieldInfo) -> str:
    """Return what a field holds, in one line, with whether a record can be published or begun without it."""
    if field.is_required():
        return field.description or ""
    return f"{field.description} ({'needed to publish' if key in NEEDED_TO_PUBLISH.get(part, ()) else 'optional'})"


def _optional(field: FieldInfo, lines: Iterable[str]) -> Iterator[str]:
    """Yield lines, as comments if the field may be left out."""
    return (line if field.is_required() else f"# {line}" for line in lines)


def _field_lines(key: str, field: FieldInfo) -> Iterator[str]:
    """Yield one field with its placeholder, nested fields indented below it."""
    option = next(option for option in options_of(field.annotation) if option is not type(None))
    if get_origin(option) is dict:
        yield f"{key}:"
        yield from _indented(_entry_lines(get_args(option)[1]))
    elif get_origin(option) is list:
        yield from _list_lines(key, get_args(option)[0])
    elif _is_part(option):
        yield f"{key}:"
        yield from _indented(_part_lines(option))
    elif any(getattr(limit, "max_length", 0) > LONG for limit in field.metadata):
        yield from (f"{key}: |-", f"  {PLACEHOLDER}")
    else:
        yield f"{key}: {_placeholder(option, field)}"


def _entry_lines(annotation: Any) -> Iterator[str]:
    """Yield one entry of a mapping whose keys are names or ids."""
    option = next(options_of(annotation))
    if not _is_part(option):
        yield f"{QUOTED}: {QUOTED}"
    elif any(field.is_required() for field in option.model_fields.values()):
        yield f"{QUOTED}:"
        yield from _indented(_part_lines(option))
    else:
        says = "; ".join(f"{key}: {_description(option, key, field)}" for key, field in fields_by_key(option).items())
        yield f"{QUOTED}: {{}}  # or {_in_braces(option)}; {says}"  # comments below a key would leave it empty


def _in_braces(part: type[Part]) -> str:
    """Return a part on one line, a placeholder for each value."""
    entries = []
    for key, field in fields_by_key(part).items():
        option = next(options_of(field.annotation))
        value = f"[{QUOTED}]" if get_origin(option) is list else QUOTED
        entries.append(f"{key}: {_in_braces(option) if _is_part(option) else value}")
    return f"{{{', '.join(entries)}}}"


def _list_lines(key: str, annotation: Any) -> Iterator[str]:
    """Yield a list with one placeholder."""
    option = next(options_of(annotation))
    if _is_part(option):
        first, *rest = _part_lines(option)
        yield from (f"{key}:", f"  - {first}", *(f"    {line}" for line in rest))
    else:
        yield f"{key}: [{QUOTED}]"


def _is_part(option: Any) -> bool:
    """Tell whether an alternative of an annotation is a mapping with known keys."""
    return isinstance(option, type) and issubclass(option, Part)


def _placeholder(option: Any, field: FieldInfo) -> str:
    """Return what stands where a value must be written: the first choice, the default, or dots."""
    if get_origin(option) is Literal:
        return str(get_args(option)[0])
    return json.dumps(field.default) if isinstance(field.default, bool | str) else QUOTED


def _indented(lines: Iterable[str]) -> Iterator[str]:
    """Yield lines two spaces further in."""
    return (f"  {line}" for line in lines)
