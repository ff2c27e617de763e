"""Check the values of a JSON file that others wrote, collecting every problem with its line; standard library alone."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from catalog.characters import hides_one
from catalog.problems import Problem, line_and_column

LARGEST = 1e300  # of numbers: whoever computes with them stays below infinity

_TOKEN = re.compile(r'[][{}]|(?P<name>"(?:[^"\\]|\\.)*+")(?P<colon>\s*+:)?|[^][{}\s:,"]++')
_NAME = re.compile(r"[a-z0-9]+([_-][a-z0-9]+)*")
_NAME_WITH_DOTS = re.compile(r"[a-z0-9]+([._-][a-z0-9]+)*")
_DIGEST = re.compile(r"[0-9a-f]{64}")


def place_in(text: str, path: Iterable[str | int]) -> tuple[int, int]:
    """Return line and column of a member's name or of an entry in a JSON text, or of what it would stand in."""
    places, steps = _places(text), tuple(path)
    return line_and_column(text, next(places[steps[:n]] for n in range(len(steps), -1, -1) if steps[:n] in places))


@lru_cache(maxsize=1)
def _places(text: str) -> Mapping[tuple[str | int, ...], int]:
    """Return where each member and each entry of a JSON text begins, by its path: only what is wrong is looked up."""
    found: dict[tuple[str | int, ...], int] = {(): 0}
    path: list[str | int] = []
    for token in _TOKEN.finditer(text):
        if token[0] in ("]", "}"):
            path.pop()
        elif token["colon"]:
            path[-1] = json.loads(token["name"])
            found.setdefault(tuple(path), token.start())
        else:
            if path and isinstance(path[-1], int):
                path[-1] += 1
                found[tuple(path)] = token.start()
            path += {"[": (-1,), "{": ("",)}.get(token[0], ())
    return found


def kind_of(value: Any) -> str:
    """Return what JSON calls a value."""
    kinds = {dict: "an object", list: "an array", str: "a text", bool: "true or false", type(None): "null"}
    return kinds.get(type(value), "a number")


@lru_cache(maxsize=256)
def _words_of(text: str) -> Mapping[str, None]:
    """Return the words of a text, each once, in order."""
    return dict.fromkeys(text.split())


@dataclass
class JsonReader:
    """Checks the values of one file; `file` is how problems name it, `again` says how it is made anew."""

    file: str
    text: str
    again: str
    problems: list[Problem] = field(default_factory=list)

    def wrong(self, message: str, *path: str | int) -> None:
        """Note a problem at `path`."""
        self.problems.append(Problem(self.file, *place_in(self.text, path), ".".join(map(str, path)), message))

    def members(self, data: Any, names: str, *path: str | int, optional: str = "") -> Mapping[str, Any]:
        """Return an object that has exactly these members, those that are optional perhaps, or an empty one."""
        if not isinstance(data, dict):
            self.wrong(f"an object is wanted (got {kind_of(data)})", *path)
            return {}
        wanted, allowed = _words_of(names), _words_of(f"{names} {optional}")
        if data.keys() == wanted.keys():
            return data  # as nearly all are
        for name in wanted:
            if name not in data:
                self.wrong(f"{name!r} is missing; {self.again}", *path)
        for name in data:
            if name not in allowed:
                self.wrong(f"this member is unknown; allowed are {', '.join(allowed)}", *path, name)
        return data if wanted.keys() <= data.keys() else {}

    def named(
        self, data: Any, *path: str | int, dots: bool = False, capitals: bool = False
    ) -> Iterator[tuple[str, Any]]:
        """Yield the members of an object whose names are ours to choose, with dots or capitals perhaps."""
        pattern, signs = (_NAME_WITH_DOTS, "_, - and .") if dots else (_NAME, "_ and -")
        letters = "letters" if capitals else "small letters"
        if not isinstance(data, dict):
            self.wrong(f"an object is wanted (got {kind_of(data)})", *path)
            return
        for name, value in data.items():
            if len(name) <= 80 and pattern.fullmatch(name.lower() if capitals and name.isascii() else name):
                yield name, value
            else:
                self.wrong(f"a name has {letters}, digits, {signs} only, at most 80", *path, name)

    def words(self, value: Any, *path: str | int, longest: int = 2000, empty: bool = False) -> str:
        """Return a text without invisible characters."""
        if not isinstance(value, str):
            self.wrong(f"a text is wanted (got {kind_of(value)})", *path)
        elif len(value) > longest or not (value.strip() or empty):
            self.wrong(f"a text of 1 to {longest} characters is wanted (got {len(value)})", *path)
        elif hides_one(value):
            self.wrong("the text has an invisible character; take it out", *path)
        else:
            return value
        return ""

    def number(self, value: Any, *path: str | int, least: float = -math.inf, whole: bool = False) -> Any:
        """Return a finite number, whole if asked, not below `least`."""
        if isinstance(value, bool) or not isinstance(value, int if whole else (int, float)):
            self.wrong(f"a {'whole ' if whole else ''}number is wanted (got {kind_of(value)})", *path)
        elif not -LARGEST < value < LARGEST or value < least:
            self.wrong(f"the number is out of range (got {value})", *path)
        else:
            return value
        return 1

    def choice(self, value: Any, allowed: Iterable[str], *path: str | int) -> str:
        """Return one of the allowed words."""
        if not isinstance(value, str) or value not in allowed:
            self.wrong(f"one of {', '.join(allowed)} is wanted (got {str(value)[:80]!r})", *path)
            return ""
        return value

    def truth(self, value: Any, *path: str | int) -> bool:
        """Return true or false."""
        if not isinstance(value, bool):
            self.wrong(f"true or false is wanted (got {kind_of(value)})", *path)
        return value is True

    def sequence(self, data: Any, *path: str | int) -> list[Any]:
        """Return an array."""
        if isinstance(data, list):
            return data
        self.wrong(f"an array is wanted (got {kind_of(data)})", *path)
        return []

    def shape(self, data: Any, *path: str | int) -> tuple[int, ...]:
        """Return the sizes of a tensor."""
        return tuple(self.number(size, *path, least=0, whole=True) for size in self.sequence(data, *path))

    def digest(self, value: Any, *path: str | int) -> str:
        """Return a SHA-256 in hexadecimal digits."""
        if isinstance(value, str) and _DIGEST.fullmatch(value):
            return value
        self.wrong(f"64 hexadecimal digits are wanted (got {str(value)[:80]!r})", *path)
        return ""

    def key(self, data: Any, *path: str | int) -> Mapping[str, str]:
        """Return the digests of the parts that something was made from."""
        if not isinstance(data, dict):
            self.wrong(f"an object is wanted (got {kind_of(data)})", *path)
            return {}
        for part, digest in data.items():
            self.words(part, *path, part, longest=200)
            self.digest(digest, *path, part)
        return data

    def provenance(self, data: Any) -> Mapping[str, Any]:
        """Check that provenance holds texts, numbers, or one level of them."""
        if not isinstance(data, dict):
            self.wrong(f"an object is wanted (got {kind_of(data)})", "provenance")
            return {}
        for name, value in data.items():
            self.words(name, "provenance", name, longest=80)
            for key, inner in value.items() if isinstance(value, dict) else ((name, value),):
                self.words(key, "provenance", name, longest=80)
                if isinstance(inner, str):
                    self.words(inner, "provenance", name, empty=True)
                elif inner is not None and not isinstance(inner, bool):
                    self.number(inner, "provenance", name)
        return data
