"""What can still be used of a record in which something is wrong, so that the rest of its problems are told too."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, get_args

from pydantic import ValidationError

from catalog.problems import Problem, nearest
from catalog.records import (
    RECORD_TYPES,
    Asks,
    Claim,
    Fact,
    Input,
    Metric,
    Model,
    OfferedModel,
    OfferedPaper,
    Operation,
    Output,
    Paper,
    Part,
    Question,
    Record,
    Reported,
    Reproduction,
    Step,
    Task,
    Term,
    Vocabulary,
)
from catalog.source import Path, Source
from catalog.validation import Inside, choices_as_keys, fields_by_key, insides, meant_key, place_of, slots_of

ABSENT = object()
NOT_KNOWN = "unknown"
STATUSES = get_args(Question.model_fields["status"].annotation)

# What stands in for a key that is wrong, where the rest of its part means the same without it.
STAND_INS: Mapping[type[Part], Mapping[str, Any]] = {
    Paper: dict.fromkeys(Paper.model_fields, ABSENT)
    | {"title": NOT_KNOWN, "short": NOT_KNOWN, "link": None, "summary": NOT_KNOWN},
    Model: dict.fromkeys(Model.model_fields, ABSENT) | {"name": NOT_KNOWN, "family": NOT_KNOWN},
    Question: dict.fromkeys(Question.model_fields, ABSENT)
    | {"question": NOT_KNOWN, "models": {NOT_KNOWN: {}}, "status": "draft"},
    OfferedModel: {"because": ABSENT, "provided": ABSENT},
    OfferedPaper: {"because": ABSENT, "provided": ABSENT, "role": "direct"},
    Asks: {"about": NOT_KNOWN, "wants": ABSENT, "scale": ABSENT},
    Input: {"label": NOT_KNOWN, "says": ABSENT},
    Step: {"label": ABSENT},
    Output: {"label": NOT_KNOWN},
    Claim: {"says": "This is unknown.", "holds": NOT_KNOWN},
    Task: {"title": NOT_KNOWN, "says": NOT_KNOWN, "helps": ABSENT},
    Term: {"title": NOT_KNOWN, "says": NOT_KNOWN},
    Operation: {"title": NOT_KNOWN, "says": NOT_KNOWN},
    Metric: dict.fromkeys(("range", "digits", "whole", "quality"), ABSENT)
    | {"title": NOT_KNOWN, "says": NOT_KNOWN, "better": "neither"},
}

STAND_ALONE = (Fact, Reported, Reproduction)  # parts of which the others beside them mean the same without one


@dataclass(frozen=True)
class Damaged:
    """A record in which something is wrong: what is left of it, and the paths of what is wrong or missing.

    `end` is the line on which the record ends, where its file goes on with an answer.
    """

    record: Record
    broken: frozenset[Path]
    end: int | None = None

    def lacks(self, *path: str) -> bool:
        """Tell whether the value under `path`, or something in it, is wrong or missing."""
        return _is_touched(path, self.broken)

    def has_told(self, problem: Problem) -> bool:
        """Tell whether a problem is about a value that is known to be wrong."""
        path = _path(problem.field)
        inside = self.end is None or problem.line < self.end
        return bool(path) and inside and _is_gone(path, self.broken)


def usable(kind: str, data: Any, problems: list[Problem], source: Source, end: int | None = None) -> Damaged | None:
    """Return what is left of the values of a record without those that its problems are about; None if too little."""
    record_type = RECORD_TYPES[kind]
    if record_type is Vocabulary:
        return _usable_vocabulary(data, problems, source)
    if record_type not in STAND_INS:
        return None
    data = _with_meant_keys(Inside(record_type, None), data) if isinstance(data, dict) else {}
    broken = _broken(record_type, data, problems)
    try:
        record = record_type.model_validate(_without(record_type, data, (), broken))
    except ValidationError as error:  # such as a key that is no id: its whole field is left out
        broken |= {(str(one["loc"][0]),) for one in error.errors(include_url=False)}
        record = record_type.model_validate(_without(record_type, data, (), broken))
    if isinstance(record, Question):
        record = record.model_copy(update=_meant_of_a_question(record, data, broken))
    record._source = source
    return Damaged(record, broken, end)


def _usable_vocabulary(data: Any, problems: list[Problem], source: Source) -> Damaged | None:
    """Return a vocabulary with stand-ins for what is wrong in its words; None if one of them may be lost."""
    if any(len(_path(problem.field)) < len(("metrics", "psnr", "unit")) for problem in problems):
        return None  # a word that is lost would be missed elsewhere
    meant = _with_meant_keys(Inside(Vocabulary, None), data)
    broken = _broken(Vocabulary, meant, [])
    values = _without(Vocabulary, meant, (), broken)
    if values is ABSENT:
        return None
    for name, task in values["tasks"].items():
        if _is_gone(("tasks", name, "helps"), broken):  # it may help any, so that no step is told of it
            task["helps"] = {other: "Nobody can read how." for other in values["tasks"] if other != name}
    record = Vocabulary.model_validate(values)
    record._source = source
    return Damaged(record, frozenset())


def _with_meant_keys(inside: Inside | None, data: Any) -> Any:
    """Return values whose misspelt keys are those that were meant; what is like no key is left out."""
    if inside is None or not isinstance(data, dict):
        return data
    if inside.part is None:
        return {key: _with_meant_keys(inside.entries, value) for key, value in data.items()}
    slots = slots_of(inside.part)
    data = data | dict(choices_as_keys(inside.part, data).values())
    meant = {key: key if key in slots else meant_key(key, slots, data) for key in data}
    return {name: _with_meant_keys(slots[name].inside, data[key]) for key, name in meant.items() if name}


def _meant_of_a_question(record: Question, data: dict[str, Any], broken: frozenset[Path]) -> dict[str, Any]:
    """Return what else stands in for what is wrong: no models, and the status that is nearest to what was written."""
    update: dict[str, Any] = {"models": {}} if _is_gone(("models",), broken) else {}
    key = nearest("status", data.keys() - fields_by_key(Question).keys() | {"status"} & data.keys())
    if _is_gone(("status",), broken) and isinstance(data.get(key), str):
        update["status"] = nearest(data[key].casefold(), STATUSES) or record.status
    return update


def _broken(record_type: type[Record], data: dict[str, Any], problems: list[Problem]) -> frozenset[Path]:
    """Return the paths of all values that are wrong or missing; an unknown key is what it was meant to be."""
    if not data:
        return frozenset((key,) for key in fields_by_key(record_type))
    told = (_path(problem.field) for problem in problems if problem.field)
    found = {path for path in told if _meant(record_type, path) == path}  # a key that was meant is no loss
    try:
        record_type.model_validate(data)
    except ValidationError as error:
        for one in error.errors(include_url=False):
            path, _ = place_of(one["loc"], data)
            found.add(tuple(map(str, (*path, one["loc"][-1]) if one["type"] == "missing" else path)))
    return frozenset(_meant(record_type, path) for path in found if path)


def _path(field: str) -> Path:
    """Return the path that a dotted field names."""
    return tuple(field.split(".")) if field else ()


def _meant(record_type: type[Part], path: Path) -> Path:
    """Return a path with the key that was meant in place of the first that is no key."""
    for i, (key, inside) in enumerate(zip(path, insides(record_type, path), strict=False)):
        if inside and inside.part and str(key) not in slots_of(inside.part):
            return (*path[:i], meant_key(str(key), fields_by_key(inside.part)) or key)
    return path


def _without(part: type[Part], data: Any, path: Path, broken: frozenset[Path]) -> Any:
    """Return the values of a part with stand-ins for what is wrong; ABSENT if it means nothing without that."""
    given = data if isinstance(data, dict) else {}
    kept: dict[str, Any] = {}
    for key, slot in slots_of(part).items():
        value = _value_without(slot.inside, given.get(key, ABSENT), (*path, key), broken)
        if value is ABSENT and _is_touched((*path, key), broken):
            if key not in STAND_INS.get(part, {}):
                return ABSENT
            value = STAND_INS[part][key]
        if value is not ABSENT:
            kept[key] = value
    return kept


def _value_without(inside: Inside | None, value: Any, path: Path, broken: frozenset[Path]) -> Any:
    """Return a value with stand-ins for what is wrong inside it; ABSENT if it means nothing without that."""
    if not _is_touched(path, broken):
        return value
    if inside is not None and inside.part is not None:
        return _without(inside.part, value, path, broken)
    if inside is None or _is_gone(path, broken) or not isinstance(value, dict | list):
        return ABSENT
    pairs = value.items() if isinstance(value, dict) else enumerate(value)
    entries = {key: _value_without(inside.entries, entry, (*path, str(key)), broken) for key, entry in pairs}
    if inside.entries is not None and inside.entries.part in STAND_ALONE:
        entries = {key: entry for key, entry in entries.items() if entry is not ABSENT}
    if any(entry is ABSENT for entry in entries.values()):
        return ABSENT
    return entries if isinstance(value, dict) else list(entries.values())


def _is_touched(path: Path, broken: frozenset[Path]) -> bool:
    """Tell whether a value is wrong, or something in it or around it is."""
    return _is_gone(path, broken) or any(known[: len(path)] == path for known in broken)


def _is_gone(path: Path, broken: frozenset[Path]) -> bool:
    """Tell whether a value is wrong as a whole."""
    return any(path[: len(known)] == known for known in broken)
