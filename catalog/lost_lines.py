"""Puts back what lost the line above it, or its indentation: steps that stand in `papers:` belong to `workflow:`."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from typing import Any

from catalog.problems import Problem
from catalog.records import Part
from catalog.source import Kept, Source
from catalog.validation import Inside, fields_by_key, listed, slots_of

FEWEST = 2  # entries that are keys of the same part: one may be an entry that is called so


def put_back(part: type[Part], data: Any, source: Source) -> tuple[Any, Source, list[Problem]]:
    """Return a record's values and their places with each lost line where it was, and what is to be written where."""
    if not isinstance(data, dict) or source.whole is None:
        return data, source, []
    problems: list[Problem] = []
    data, whole = _restored(part, data, source.whole, source, problems)
    return data, replace(source, whole=whole), problems


def _restored(
    part: type[Part], data: dict[str, Any], kept: Kept, source: Source, problems: list[Problem]
) -> tuple[dict[str, Any], Kept]:
    """Return the values of a part and their places, restored; problems are added."""
    if not isinstance(kept[3], dict):
        return data, kept
    data, places = dict(data), dict(kept[3])
    for lost, names in list(_not_indented(part, data)):
        problems.append(_indent(data, places, lost, names, source))
    for key, lost, names in list(_lost(part, data)):
        if lost not in data:
            problems.append(_move(data, places, key, lost, names, source))
    for key, slot in slots_of(part).items():
        if slot.inside is not None and slot.inside.part is not None and isinstance(data.get(key), dict):
            data[key], inner = _restored(slot.inside.part, data[key], places[key][2], source, problems)
            places[key] = (*places[key][:2], inner)
    return data, (*kept[:3], places)


def _move(
    data: dict[str, Any],
    places: dict[str, tuple[int, int, Kept]],
    key: str,
    lost: str,
    names: list[str],
    source: Source,
) -> Problem:
    """Move entries of a key, and their places, below the lost key; return what is to be written where."""
    line, column, inner = places[key]
    moved = {name: place for name, place in inner[3].items() if name in names}
    left = {name: place for name, place in inner[3].items() if name not in names}
    at = moved[names[0]][:2]
    places[lost], places[key] = (*at, (*at, "", moved)), (line, column, (*inner[:3], left))
    data[lost] = {name: data[key][name] for name in names}
    data[key] = {name: value for name, value in data[key].items() if name not in names}
    stand = "stands" if len(names) == 1 else "stand"
    message = f'its line is missing above {listed(names, "and")}, which now {stand} in {key}; write "{lost}:" there'
    return Problem(source.file, *at, lost, message)


def _indent(
    data: dict[str, Any], places: dict[str, tuple[int, int, Kept]], lost: str, names: list[str], source: Source
) -> Problem:
    """Move keys, and their places, below the empty key that they belong to; return what is to be done."""
    line, column, inner = places[lost]
    moved = {name: places.pop(name) for name in names}
    data[lost] = {name: data.pop(name) for name in names}
    places[lost] = (line, column, (*inner[:3], moved))
    message = f"is empty, and {listed(names, 'and')} {'belongs' if len(names) == 1 else 'belong'} below it; indent "
    message += "it by two spaces" if len(names) == 1 else "them by two spaces"
    return Problem(source.file, line, column, lost, message)


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
    return [name for name, value in entries.items() if _fits(value, theirs) and not _fits(value, ours)]


def _fits(value: Any, keys: Collection[str]) -> bool:
    """Tell whether a value is a mapping with some of these keys, and no others."""
    return isinstance(value, dict) and bool(value) and value.keys() <= set(keys)
