"""Lists that are too long for one page, in parts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Generic, NamedTuple, TypeVar

from hooks import addresses

Item = TypeVar("Item")


class Part(NamedTuple, Generic[Item]):
    """One part of a list: its number, what it holds, its own uri, and those of all parts."""

    number: int
    items: Sequence[Item]
    uri: str
    uris: list[str]


def parts_of(index: str, items: Sequence[Item], most: int) -> Iterator[Part[Item]]:
    """Yield a list in parts of at most `most` items; `index` is the uri of the first. An empty list has one part."""
    parts = [items[start : start + most] for start in range(0, len(items), most)] or [items]
    uris = [addresses.index_part(index, number) for number in range(1, len(parts) + 1)]
    for number, part in enumerate(parts, 1):
        yield Part(number, part, uris[number - 1], uris)
