"""Puts back what lost the line above it, or its indentation: steps that stand in `papers:` belong to `workflow:`."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from catalog.counted import counted
from catalog.problems import Problem
from catalog.records import Part
from catalog.source import Kept, Mark, Path, Source, problem_at
from catalog.validation import Inside, fields_by_key, listed, slots_of

Values = dict[str, Any]
Place = tuple[int, int, Kept]
Places = dict[str, Place]

FEWEST = 2  # entries that are keys of the same part: one may be an entry that is called so


def put_back(part: type[Part], data: Any, source: Source) -> tuple[Any, Source, list[Problem]]:
    """Return a record's values and their places with each lost line where it was, and what is to be written where."""
    if not isinstance(data, dict) or source.whole is None:
        return data, source, []
    repair = _Repair(source.file)
    data, whole = repair.restored(Inside(part, None), data, source.whole, ())
    return data, replace(source, whole=whole), repair.problems


@dataclass
class _Repair:
    """Moves values, and their places, to where they belong, and keeps what is to be done about each."""

    file: str
    problems: list[Problem] = field(default_factory=list)

    def restored(self, inside: Inside, data: Any, kept: Kept, path: Path) -> tuple[Any, Kept]:
        """Return a value that consists of `inside`, and its place, restored."""
        if not isinstance(data, dict) or not isinstance(kept[3], dict):
            return data, kept
        data, places = dict(data), dict(kept[3])
        if inside.part is not None:
            for lost, names in list(_not_indented(inside.part, data)):
                self.indent(data, places, lost, names, path)
            for key, lost, names in list(_too_deep(inside.part, data)):
                self.lift(data, places, key, lost, names, path)
            for key, lost, names in list(_lost(inside.part, data)):
                if lost not in data:
                    self.move(data, places, key, lost, names, path)
        for key, lost in list(_not_deep_enough(inside, data)):
            self.sink(data, places, key, lost, path)
        for key, value in data.items():
            if (inner := _of(inside, key)) is not None:
                data[key], kept_inside = self.restored(inner, value, places[key][2], (*path, key))
                places[key] = (*places[key][:2], kept_inside)
        return data, (*kept[:3], places)

    def tell(self, line: int, column: int, path: Path, message: str) -> None:
        """Keep what is to be done about the value under `path`."""
        self.problems.append(problem_at(self.file, Mark(line, column), path, message))

    def move(self, data: Values, places: Places, key: str, lost: str, names: list[str], path: Path) -> None:
        """Move entries of a key below the lost key."""
        moved = _take(data, places, key, names)
        at = moved[names[0]][1][:2]
        _put(data, places, lost, moved, at)
        stand = "stands" if len(names) == 1 else "stand"
        message = f'its line is missing above {listed(names, "and")}, which now {stand} in {key}; write "{lost}:" there'
        self.tell(*at, (*path, lost), message)

    def indent(self, data: Values, places: Places, lost: str, names: list[str], path: Path) -> None:
        """Move keys below the empty key that they belong to."""
        at = places[lost][:2]
        _put(data, places, lost, {name: (data.pop(name), places.pop(name)) for name in names}, at)
        message = f"is empty, and {listed(names, 'and')} {'belongs' if len(names) == 1 else 'belong'} below it; indent "
        message += "it by two spaces" if len(names) == 1 else "them by two spaces"
        self.tell(*at, (*path, lost), message)

    def lift(self, data: Values, places: Places, key: str, lost: str, names: list[str], path: Path) -> None:
        """Move a key out of the one before it, with the entries that belong below it."""
        line, column = places[key][:2]
        moved = _take(data, places, key, [lost, *names])
        data[lost], places[lost] = moved.pop(lost)
        at = places[lost][:2]
        if moved:
            _put(data, places, lost, moved, at)
        less = f"indent it by {counted(at[1] - column, 'space')} less" if at[0] > line else "write it behind that"
        self.tell(*at, (*path, lost), f"stands inside {key} and is no part of it; {less}")

    def sink(self, data: Values, places: Places, key: str, lost: str, path: Path) -> None:
        """Move a key into the one before it."""
        at = places[lost][:2]
        line, _, (*kept, inner) = places[key]
        below = inner and all(other[0] > line for other in inner.values())
        more = "indent it" if below else f"write it in the braces of {key}"
        data[key] = {**data[key], lost: data.pop(lost)}
        places[key] = (*places[key][:2], (*kept, {**inner, lost: places.pop(lost)}))
        self.tell(*at, (*path, key, lost), f"belongs to {key}, which stands before it; {more}")


def _take(data: Values, places: Places, key: str, names: list[str]) -> dict[str, tuple[Any, Place]]:
    """Take entries, with their places, out of the value of a key."""
    line, column, (*kept, inner) = places[key]
    moved = {name: (data[key][name], inner[name]) for name in names}
    data[key] = {name: value for name, value in data[key].items() if name not in names}
    places[key] = (line, column, (*kept, {name: place for name, place in inner.items() if name not in names}))
    return moved


def _put(data: Values, places: Places, key: str, moved: dict[str, tuple[Any, Place]], at: tuple[int, int]) -> None:
    """Make entries, with their places, the value of a key."""
    data[key] = {name: value for name, (value, _) in moved.items()}
    places[key] = (*at, (*at, "", {name: place for name, (_, place) in moved.items()}))


def _of(inside: Inside, key: str) -> Inside | None:
    """Return what the value under a key consists of."""
    if inside.part is None:
        return inside.entries
    slot = slots_of(inside.part).get(key)
    return slot.inside if slot else None


def _too_deep(part: type[Part], data: Values) -> Iterator[tuple[str, str, list[str]]]:
    """Yield a key, a missing key of the part that stands inside it, and what stands there and belongs below that."""
    slots = slots_of(part)
    for key, value in data.items():
        inside = slots[key].inside if key in slots else None
        if inside is None or inside.listed or not isinstance(value, dict):
            continue
        for lost in [name for name in value if name in slots and name not in data and _is_strange(inside, name, value)]:
            behind = list(value)[list(value).index(lost) + 1 :]
            below = slots[lost].inside if value[lost] is None else None
            own = inside.entries.part if inside.entries else inside.part
            yield key, lost, [name for name in _strays(value, own, below) if name in behind] if below else []


def _not_deep_enough(inside: Inside, data: Values) -> Iterator[tuple[str, str]]:
    """Yield a key, and one behind it that is no key here and that the part of the first lacks."""
    last = None
    for key, value in data.items():
        slots = slots_of(last[1]) if last else {}
        if last and key in slots and key not in data[last[0]] and _is_strange(inside, key, data):
            yield last[0], key
        elif (own := _of(inside, key)) and own.part and isinstance(value, dict):
            last = (key, own.part) if not value or value.keys() & slots_of(own.part) else last


def _is_strange(inside: Inside, name: str, data: Values) -> bool:
    """Tell whether a name is no key of a value that consists of `inside`, nor the name of one of its entries."""
    if inside.part is not None:
        return name not in slots_of(inside.part)
    own = inside.entries.part if inside.entries else None
    return own is not None and not _fits(data[name], fields_by_key(own))


def _not_indented(part: type[Part], data: Mapping[str, Any]) -> Iterator[tuple[str, list[str]]]:
    """Yield each empty key of a part with the keys behind it that are no keys here, and belong below it."""
    slots = slots_of(part)
    strange = {key: value for key, value in data.items() if key not in slots}
    for key, slot in slots.items() if strange else ():
        if slot.inside is not None and key in data and data[key] is None:
            behind = list(data)[list(data).index(key) + 1 :]
            if names := [name for name in _strays(strange, None, slot.inside) if name in behind]:
                yield key, names


def _lost(part: type[Part], data: Mapping[str, Any]) -> Iterator[tuple[str, str, list[str]]]:
    """Yield a key whose entries belong elsewhere, the missing key that they belong to, and their names."""
    slots = slots_of(part)
    missing = {key: slot.inside for key, slot in slots.items() if key not in data and slot.inside is not None}
    for key, value in data.items():
        own = slots[key].inside.entries if key in slots and slots[key].inside is not None else None
        if own is None or own.part is None or not isinstance(value, dict):
            continue
        for lost, inside in missing.items():
            names = _strays(value, own.part, inside)
            if 0 < len(names) < len(value):  # a part of which all entries belong elsewhere has a wrong name
                yield key, lost, names


def _strays(entries: Mapping[str, Any], own: type[Part] | None, inside: Inside) -> list[str]:
    """Return the names of the entries that are keys of another part, or whose keys are those of other entries."""
    if inside.part is not None:
        names = [name for name in entries if name in fields_by_key(inside.part)]
        return names if len(names) >= FEWEST else []
    if inside.entries is None or inside.entries.part is None:
        return []
    ours, theirs = fields_by_key(own).keys() if own else (), fields_by_key(inside.entries.part).keys()
    return [
        name
        for name, value in entries.items()
        if (_fits(value, theirs) and not _fits(value, ours)) or (own is None and value == {})
    ]


def _fits(value: Any, keys: Collection[str]) -> bool:
    """Tell whether a value is a mapping with some of these keys, and no others."""
    return isinstance(value, dict) and bool(value) and value.keys() <= set(keys)
