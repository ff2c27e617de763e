"""Check the values of one run.json, collecting every problem with its line; standard library alone."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from operator import itemgetter
from typing import Any

from catalog.characters import hides_one
from catalog.json_reader import LARGEST, JsonReader
from catalog.packages import command
from catalog.problems import did_you_mean
from catalog.runs import ORIGINS, Figure, Result, Run, TraceStep
from catalog.seal import is_sealed

RUN_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
KINDS = ("exact", "measured")  # of results and figures
LONGEST = {"metric": 80, "unit": 20, "says": 2000}  # characters of the texts of a result

Values = tuple[Any, ...]  # the same part of many results

_parts = itemgetter(*Result._fields)
_FILE = re.compile(r"[a-z0-9]+([._-][a-z0-9]+)*\.(png|webp|svg)")
_PLACEHOLDER = re.compile(r"data:image/(png|webp|jpeg);base64,[A-Za-z0-9+/]+={0,2}")


def _read_at_once(data: Mapping[str, Any]) -> Mapping[str, Result] | None:
    """Return results that are all as they should be, by name; quick, as nearly all are. Else each is told of alone."""
    if {*map(type, data.values())} != {dict} or {*map(len, data.values())} != {len(Result._fields)}:
        return None
    try:
        results = [*map(Result._make, map(_parts, data.values()))]
    except KeyError:
        return None
    return dict(zip(data, results, strict=True)) if _are_sound(*zip(*results, strict=True)) else None


def _are_sound(values: Values, metrics: Values, units: Values, kinds: Values, says: Values) -> bool:
    """Tell whether the parts of results are as they should be."""
    if not {*map(type, values)} <= {int, float} or {*map(type, kinds + metrics + units + says)} != {str}:
        return False
    if not (min(values) > -LARGEST and max(values) < LARGEST) or any(map(math.isnan, values)):
        return False
    if not {*kinds} <= {*KINDS}:
        return False
    texts = {"metric": metrics, "unit": units, "says": says}
    short = all(len(max(texts[part], key=len)) <= longest for part, longest in LONGEST.items())
    return short and all(map(str.strip, metrics + says)) and not hides_one("".join(metrics + units + says))


def rerun(id: str) -> str:
    """Return what to do about a run that is not as it should be."""
    return f"run {command('run_notebooks', id)}"


def sync(id: str) -> str:
    """Return what to do about a run of which only the prose is not as it should be."""
    return rerun(f"--sync {id}")


class RunReader(JsonReader):
    """Checks the values of one run.json; `id` is the folder's name, `file` is how problems name the record."""

    def __init__(self, file: str, text: str, id: str) -> None:
        """Begin without problems."""
        super().__init__(file, text, rerun(id))
        self.id = id

    def file_name(self, value: Any, *path: str | int) -> str:
        """Return the name of a picture's file, which lies in the run's own folder."""
        if not isinstance(value, str) or len(value) > 120 or not _FILE.fullmatch(value):
            self.wrong("a file name such as text-x2.webp is wanted: no folder, no other kind", *path)
            return ""
        return value

    def run(self, data: Any) -> Run:
        """Check the whole record."""
        data = self.members(data, "id mode key results figures trace provenance", optional="seal notebook")
        if not data:
            return Run("", "", {}, {}, {}, (), {})
        if not isinstance(data["id"], str) or data["id"] != self.id or not RUN_ID.fullmatch(data["id"]):
            self.wrong(f"the id must be the folder's name {self.id!r} (got {str(data['id'])[:80]!r})", "id")
        results = self.results(data["results"])
        figures = {name: self.figure(value, name) for name, value in self.named(data["figures"], "figures")}
        self.partners(figures)
        trace = tuple(self.step(value, i) for i, value in enumerate(self.sequence(data["trace"], "trace")))
        return Run(
            id=str(data["id"]),
            mode=self.choice(data["mode"], ("quick", "full"), "mode"),
            key=self.key(data["key"], "key"),
            results=results,
            figures=figures,
            trace=trace,
            provenance=self.provenance(data["provenance"]),
            file=self.file,
            sealed="notebook" in data and is_sealed(self.text),
            notebook=self.digest(data["notebook"], "notebook") if "notebook" in data else "",
        )

    def results(self, data: Any) -> Mapping[str, Result]:
        """Check all results."""
        named = dict(self.named(data, "results"))
        at_once = _read_at_once(named)
        return {name: self.result(value, name) for name, value in named.items()} if at_once is None else at_once

    def result(self, data: Any, name: str) -> Result:
        """Check one result."""
        at = ("results", name)
        data = self.members(data, " ".join(Result._fields), *at)
        if not data:
            return Result(0, "", "", "exact", "")
        return Result(
            value=self.number(data["value"], *at, "value"),
            metric=self.words(data["metric"], *at, "metric", longest=LONGEST["metric"]),
            unit=self.words(data["unit"], *at, "unit", longest=LONGEST["unit"], empty=True),
            kind=self.choice(data["kind"], KINDS, *at, "kind"),
            says=self.words(data["says"], *at, "says", longest=LONGEST["says"]),
        )

    def figure(self, data: Any, name: str) -> Figure:
        """Check one figure with its file."""
        at = ("figures", name)
        data = self.members(
            data, "file sha256 width height alt caption partner weights placeholder", *at, optional="kind stamp"
        )
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
            sha256=self.digest(data["sha256"], *at, "sha256"),
            stamp=self.words(data.get("stamp", ""), *at, "stamp", longest=200, empty=True),
        )

    def partners(self, figures: Mapping[str, Figure]) -> None:
        """Check that each partner is another figure of the same size."""
        for name, figure in figures.items():
            other = figures.get(figure.partner or "")
            if figure.partner is None:
                continue
            if other is None or other is figure:
                hint = did_you_mean(figure.partner, figures.keys() - {name})
                self.wrong(f"{figure.partner!r} is no other figure of this run{hint}", "figures", name, "partner")
            elif (other.width, other.height) != (figure.width, figure.height):
                self.wrong(f"{figure.partner!r} has another size", "figures", name, "partner")

    def step(self, data: Any, i: int) -> TraceStep:
        """Check one step of the trace."""
        at = ("trace", i)
        data = self.members(data, "step run in out seconds peak_bytes device weights", *at, optional="smaller")
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
            smaller=self.truth(data.get("smaller", False), *at, "smaller"),
        )

    def shapes(self, data: Any, *path: str | int) -> Mapping[str, tuple[int, ...]]:
        """Check the shapes of ports."""
        return {port: self.shape(shape, *path, port) for port, shape in self.named(data, *path)}
