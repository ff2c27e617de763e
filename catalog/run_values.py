"""Check the values of one run.json, collecting every problem with its line; standard library alone."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from catalog.characters import FORBIDDEN
from catalog.problems import Problem
from catalog.runs import ORIGINS, Figure, Result, Run, TraceStep

RUN_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
KINDS = ("exact", "measured")  # of results and figures

_NAME = re.compile(r"[a-z0-9]+([_-][a-z0-9]+)*")
_FILE = re.compile(r"[a-z0-9]+([._-][a-z0-9]+)*\.(png|webp|svg)")
_PLACEHOLDER = re.compile(r"data:image/(png|webp|jpeg);base64,[A-Za-z0-9+/]+={0,2}")
_DIGEST = re.compile(r"[0-9a-f]{64}")


def rerun(id: str) -> str:
    """Return what to do about a run that is not as it should be."""
    return f"run python -m scripts.run_notebooks {id}"


def sync(id: str) -> str:
    """Return what to do about a run of which only the prose is not as it should be."""
    return rerun(f"--sync {id}")


def place_in(text: str, path: Iterable[str | int]) -> tuple[int, int]:
    """Return line and column of the value under `path` in the text of a run.json, or near it; entries have no names."""
    at = 0
    for name in path:
        if isinstance(name, str):
            at = max(at, text.find(json.dumps(name, ensure_ascii=False) + ":", at))
    return text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at)


@dataclass
class RunReader:
    """Checks the values of one run.json; `id` is the folder's name, `file` is how problems name the record."""

    file: str
    text: str
    id: str
    problems: list[Problem] = field(default_factory=list)

    def wrong(self, message: str, *path: str | int) -> None:
        """Note a problem at `path`."""
        self.problems.append(Problem(self.file, *place_in(self.text, path), ".".join(map(str, path)), message))

    def members(self, data: Any, names: str, *path: str | int, optional: str = "") -> Mapping[str, Any]:
        """Return an object that has exactly these members, those that are optional perhaps, or an empty one."""
        wanted, allowed = names.split(), f"{names} {optional}".split()
        if not isinstance(data, dict):
            self.wrong(f"an object is wanted (got {_kind(data)})", *path)
            return {}
        for name in wanted:
            if name not in data:
                self.wrong(f"{name!r} is missing; {rerun(self.id)}", *path)
        for name in data:
            if name not in allowed:
                self.wrong(f"this member is unknown; allowed are {', '.join(allowed)}", *path, name)
        return data if all(name in data for name in wanted) else {}

    def named(self, data: Any, *path: str | int) -> Iterator[tuple[str, Any]]:
        """Yield the members of an object whose names are ours to choose."""
        if not isinstance(data, dict):
            self.wrong(f"an object is wanted (got {_kind(data)})", *path)
            return
        for name, value in data.items():
            if len(name) <= 80 and _NAME.fullmatch(name):
                yield name, value
            else:
                self.wrong("a name has small letters, digits, _ and - only, at most 80", *path, name)

    def words(self, value: Any, *path: str | int, longest: int = 2000, empty: bool = False) -> str:
        """Return a text without invisible characters."""
        if not isinstance(value, str):
            self.wrong(f"a text is wanted (got {_kind(value)})", *path)
        elif len(value) > longest or not (value.strip() or empty):
            self.wrong(f"a text of 1 to {longest} characters is wanted (got {len(value)})", *path)
        elif FORBIDDEN.search(value):
            self.wrong("the text has an invisible character; take it out", *path)
        else:
            return value
        return ""

    def number(self, value: Any, *path: str | int, least: float = -math.inf, whole: bool = False) -> Any:
        """Return a finite number, whole if asked, not below `least`."""
        if isinstance(value, bool) or not isinstance(value, int if whole else (int, float)):
            self.wrong(f"a {'whole ' if whole else ''}number is wanted (got {_kind(value)})", *path)
        elif not -1e300 < value < 1e300 or value < least:
            self.wrong(f"the number is out of range (got {value})", *path)
        else:
            return value
        return 1

    def file_name(self, value: Any, *path: str | int) -> str:
        """Return the name of a picture's file, which lies in the run's own folder."""
        if not isinstance(value, str) or len(value) > 120 or not _FILE.fullmatch(value):
            self.wrong("a file name such as text-x2.webp is wanted: no folder, no other kind", *path)
            return ""
        return value

    def choice(self, value: Any, allowed: Iterable[str], *path: str | int) -> str:
        """Return one of the allowed words."""
        if not isinstance(value, str) or value not in allowed:
            self.wrong(f"one of {', '.join(allowed)} is wanted (got {str(value)[:80]!r})", *path)
            return ""
        return value

    def run(self, data: Any) -> Run:
        """Check the whole record."""
        data = self.members(data, "id mode key results figures trace provenance")
        if not data:
            return Run("", "", {}, {}, {}, (), {})
        if not isinstance(data["id"], str) or data["id"] != self.id or not RUN_ID.fullmatch(data["id"]):
            self.wrong(f"the id must be the folder's name {self.id!r} (got {str(data['id'])[:80]!r})", "id")
        results = {name: self.result(value, name) for name, value in self.named(data["results"], "results")}
        figures = {name: self.figure(value, name) for name, value in self.named(data["figures"], "figures")}
        self.partners(figures)
        trace = tuple(self.step(value, i) for i, value in enumerate(self.sequence(data["trace"], "trace")))
        return Run(
            id=str(data["id"]),
            mode=self.choice(data["mode"], ("quick", "full"), "mode"),
            key=self.key(data["key"]),
            results=results,
            figures=figures,
            trace=trace,
            provenance=self.provenance(data["provenance"]),
            file=self.file,
        )

    def key(self, data: Any) -> Mapping[str, str]:
        """Check the digests of the parts that the run was made from."""
        if not isinstance(data, dict):
            self.wrong(f"an object is wanted (got {_kind(data)})", "key")
            return {}
        for part, digest in data.items():
            self.words(part, "key", part, longest=200)
            if not isinstance(digest, str) or not _DIGEST.fullmatch(digest):
                self.wrong(f"64 hexadecimal digits are wanted (got {str(digest)[:80]!r})", "key", part)
        return data

    def result(self, data: Any, name: str) -> Result:
        """Check one result."""
        at = ("results", name)
        data = self.members(data, "value metric unit kind says", *at)
        if not data:
            return Result(0, "", "", "exact", "")
        return Result(
            value=self.number(data["value"], *at, "value"),
            metric=self.words(data["metric"], *at, "metric", longest=80),
            unit=self.words(data["unit"], *at, "unit", longest=20, empty=True),
            kind=self.choice(data["kind"], KINDS, *at, "kind"),
            says=self.words(data["says"], *at, "says"),
        )

    def figure(self, data: Any, name: str) -> Figure:
        """Check one figure with its file."""
        at = ("figures", name)
        data = self.members(data, "file width height alt caption partner weights placeholder", *at, optional="kind")
        if not data:
            return Figure("", 1, 1, "", "", None, "none", None)
        partner, placeholder = data["partner"], data["placeholder"]
        if placeholder is not None and not (
            isinstance(placeholder, str) and len(placeholder) <= 2000 and _PLACEHOLDER.fullmatch(placeholder)
        ):
            self.wrong("a data address of a small picture, or null, is wanted", *at, "placeholder")
        return Figure(
            file=self.file_name(data["file"], *at, "file"),
            width=self.number(data["width"], *at, "width", least=1, whole=True),
            height=self.number(data["height"], *at, "height", least=1, whole=True),
            alt=self.words(data["alt"], *at, "alt"),
            caption=self.words(data["caption"], *at, "caption"),
            partner=None if partner is None else self.words(partner, *at, "partner", longest=80),
            weights=self.choice(data["weights"], ORIGINS, *at, "weights"),
            placeholder=placeholder,
            kind=self.choice(data.get("kind", "exact"), KINDS, *at, "kind"),
        )

    def partners(self, figures: Mapping[str, Figure]) -> None:
        """Check that each partner is another figure of the same size."""
        for name, figure in figures.items():
            other = figures.get(figure.partner or "")
            if figure.partner is None:
                continue
            if other is None or other is figure:
                self.wrong(f"{figure.partner!r} is no other figure of this run", "figures", name, "partner")
            elif (other.width, other.height) != (figure.width, figure.height):
                self.wrong(f"{figure.partner!r} has another size", "figures", name, "partner")

    def sequence(self, data: Any, *path: str) -> list[Any]:
        """Return an array."""
        if isinstance(data, list):
            return data
        self.wrong(f"an array is wanted (got {_kind(data)})", *path)
        return []

    def step(self, data: Any, i: int) -> TraceStep:
        """Check one step of the trace."""
        at = ("trace", i)
        data = self.members(data, "step run in out seconds peak_bytes device weights", *at)
        if not data:
            return TraceStep("", "", {}, {}, 0, None, "", "none")
        peak = data["peak_bytes"]
        return TraceStep(
            step=self.words(data["step"], *at, "step", longest=80),
            run=self.words(data["run"], *at, "run", longest=200),
            inputs=self.shapes(data["in"], *at, "in"),
            outputs=self.shapes(data["out"], *at, "out"),
            seconds=self.number(data["seconds"], *at, "seconds", least=0),
            peak_bytes=None if peak is None else self.number(peak, *at, "peak_bytes", least=0, whole=True),
            device=self.words(data["device"], *at, "device", longest=120),
            weights=self.choice(data["weights"], ORIGINS, *at, "weights"),
        )

    def shapes(self, data: Any, *path: str | int) -> Mapping[str, tuple[int, ...]]:
        """Check the shapes of ports."""
        return {
            port: tuple(self.number(n, *path, port, least=0, whole=True) for n in self.sequence(shape, *path, port))
            for port, shape in self.named(data, *path)
        }

    def provenance(self, data: Any) -> Mapping[str, Any]:
        """Check that provenance holds texts, numbers, or one level of them."""
        if not isinstance(data, dict):
            self.wrong(f"an object is wanted (got {_kind(data)})", "provenance")
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


def _kind(value: Any) -> str:
    """Return what JSON calls a value."""
    kinds = {dict: "an object", list: "an array", str: "a text", bool: "true or false", type(None): "null"}
    return kinds.get(type(value), "a number")
