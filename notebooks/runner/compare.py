"""Compare a rerun with the run that was published: every result, figure, step of its workflow and printed text."""

from __future__ import annotations

import io
import itertools
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image, ImageChops, ImageStat

from catalog.digests import text_digest
from catalog.executed import without_places
from catalog.run_files import NOTEBOOK
from catalog.runs import Figure, Result, Run, TraceStep

NOT_COMPARED, MATCH, WITHIN, DIFFERS = "not compared", "match", "within tolerance", "differs"
VERDICTS = (NOT_COMPARED, MATCH, WITHIN, DIFFERS)  # from what says least to what is worst
NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?(?:e[+-]?\d+)?")
TOLD = ("caption", "stamp", "alt", "partner", "weights")  # what a page says of a figure
FACTOR = 2.0  # what is measured (time, memory) may be this many times as much


@dataclass(frozen=True)
class Comparison:
    """How one thing came out: `part` is result, figure, step or cell, `verdict` one of VERDICTS."""

    part: str
    name: str
    verdict: str
    detail: str = ""


def compare(before: Run, after: Run, root: Path, place: Path) -> list[Comparison]:
    """Return how a rerun came out; `root` is the repository of the published run, `place` the folder of the rerun."""
    folder = root / before.folder
    results = {name: (before.results.get(name), after.results.get(name)) for name in before.results | after.results}
    figures = {name: (before.figures.get(name), after.figures.get(name)) for name in before.figures | after.figures}
    found = [Comparison("result", name, *result(*pair)) for name, pair in results.items()]
    for name, (old, new) in figures.items():
        found.append(Comparison("figure", name, *figure(old, new, folder, place)))
    return [*found, *steps(before, after), *cells(before, folder, place)]


def lost(is_new: bool) -> tuple[str, str]:
    """Return the verdict on what only one of the two runs has."""
    return DIFFERS, "only in the rerun" if is_new else "not in the rerun"


def result(old: Result | None, new: Result | None) -> tuple[str, str]:
    """Return verdict and detail of a result."""
    if old is None or new is None:
        return lost(old is None)
    if (old.metric, old.unit, old.kind) != (new.metric, new.unit, new.kind):
        return DIFFERS, f"it was {old.kind} {old.metric} in {old.unit!r}, now {new.kind} {new.metric} in {new.unit!r}"
    if old.says != new.says:
        return DIFFERS, f"it says other words: {parted(old.says, new.says)}"
    if old.value == new.value:
        return MATCH, f"{new.value:,} {new.unit}".strip()
    detail = f"{old.value!r} then, {new.value!r} now {new.unit}".strip()
    return (WITHIN if old.kind == "measured" and near(old.value, new.value) else DIFFERS), detail


def near(a: float, b: float) -> bool:
    """Tell whether neither number is more than FACTOR times the other."""
    return a * b > 0 and max(abs(a), abs(b)) <= FACTOR * min(abs(a), abs(b))


def figure(old: Figure | None, new: Figure | None, before: Path, after: Path) -> tuple[str, str]:
    """Return verdict and detail of a figure, whose files lie in the folders `before` and `after`."""
    if old is None or new is None:
        return lost(old is None)
    if old.kind != new.kind:
        return DIFFERS, f"it was {old.kind}, now it is {new.kind}"
    for what in TOLD:
        if (then := getattr(old, what)) != (now := getattr(new, what)):
            return DIFFERS, f"its {what}: {parted(then or 'none', now or 'none')}"
    if old.kind == "exact":
        return figure_bytes((before / old.file).read_bytes(), (after / new.file).read_bytes())
    if (old.width, old.height) != (new.width, new.height):
        return DIFFERS, f"{old.width} x {old.height} then, {new.width} x {new.height} now"
    return NOT_COMPARED, "measured, of the same size"


def figure_bytes(old: bytes, new: bytes) -> tuple[str, str]:
    """Return verdict and detail of a figure by the bytes of its files."""
    if old == new:
        return MATCH, f"{len(new):,} bytes"
    return DIFFERS, distance(old, new) or f"{len(old):,} bytes then, {len(new):,} now"


def distance(old: bytes, new: bytes) -> str:
    """Return how far two pictures are from each other, in words; nothing if they are no pictures."""
    try:
        pictures = [Image.open(io.BytesIO(data)).convert("RGB") for data in (old, new)]
    except OSError:
        return ""
    if pictures[0].size != pictures[1].size:
        return f"{pictures[0].size} pixels then, {pictures[1].size} now"
    squares = [value**2 for value in ImageStat.Stat(ImageChops.difference(*pictures)).rms]
    return f"the pixels differ by {(sum(squares) / len(squares)) ** 0.5:.2g} of 255 on average (RMS)"


def steps(before: Run, after: Run) -> Iterator[Comparison]:
    """Yield how the steps of the workflow came out: what ran, with which shapes and which weights."""
    old, new = ({step.step: did(step) for step in run.trace} for run in (before, after))
    for name in old | new:
        if name not in old or name not in new:
            yield Comparison("step", name, *lost(name not in old))
        else:
            detail = "" if old[name] == new[name] else f"{old[name]} then, {new[name]} now"
            yield Comparison("step", name, DIFFERS if detail else MATCH, detail)


def did(step: TraceStep) -> tuple[Any, ...]:
    """Return what a step did, but for the time and the memory that it took."""
    weights = f"{step.weights}, smaller network" if step.smaller else step.weights
    return step.run, dict(step.inputs), dict(step.outputs), weights


def cells(before: Run, old: Path, new: Path) -> Iterator[Comparison]:
    """Yield each cell that printed something else in the folder `new` of the rerun than in `old`.

    Where a cell prints a measured result, other numbers that it prints may be times too, and so differ within FACTOR.
    """
    measured = {name for name, result in before.results.items() if result.kind == "measured"}
    for number, (then, now) in enumerate(itertools.zip_longest(printed(old), printed(new), fillvalue=""), start=1):
        if then != now:
            tolerant = bool(measured & {line.partition(": ")[0] for line in then.splitlines()})
            verdict = WITHIN if tolerant and alike(then, now) else DIFFERS
            yield Comparison("cell", f"{number}", verdict, parted(then, now))


def parted(then: str, now: str) -> str:
    """Return two texts in the first line in which they part, with a little of what stands before."""
    lines = itertools.zip_longest(then.splitlines(), now.splitlines(), fillvalue="")
    then, now = next((pair for pair in lines if pair[0] != pair[1]), (then, now))
    same = sum(1 for _ in itertools.takewhile(lambda pair: pair[0] == pair[1], zip(then, now, strict=False)))
    begin = max(0, same - 30)
    return f"{then[begin : begin + 60]!r} then, {now[begin : begin + 60]!r} now"


def printed(folder: Path) -> Iterator[str]:
    """Yield what each cell printed, tables too; pictures are figures, which are compared by themselves.

    Runs made a while ago may tell where an object lay in memory, which is left out here.
    """
    for cell in json.loads((folder / NOTEBOOK).read_text("utf-8"))["cells"]:
        outputs = cell.get("outputs", ()) if cell["cell_type"] == "code" else ()
        shown = [output.get("data", {"text/plain": output.get("text", "")}) for output in outputs]
        texts = (data[kind] for data in shown for kind in sorted(data) if kind.startswith("text/"))
        yield without_places("".join("".join(text) for text in texts))


def alike(then: str, now: str) -> bool:
    """Tell whether two texts differ in numbers alone, none of them by more than FACTOR before they were rounded."""
    if NUMBER.sub("#", then) != NUMBER.sub("#", now):
        return False
    pairs = zip(NUMBER.findall(then), NUMBER.findall(now), strict=True)
    return all(a == b or near_before_rounding(a, b) for a, b in pairs)


def near_before_rounding(a: str, b: str) -> bool:
    """Tell whether two printed numbers, each up to half a last digit off, may be no further apart than FACTOR."""
    (least, least_half), (most, most_half) = sorted(map(rounded, (a, b)))
    return most - most_half <= FACTOR * (least + least_half)


def rounded(number: str) -> tuple[float, float]:
    """Return a printed number and half of its last digit."""
    digits, _, exponent = number.replace(",", "").partition("e")
    scale = 10.0 ** int(exponent or 0)
    return float(digits) * scale, 0.5 * 10.0 ** -len(digits.partition(".")[2]) * scale


def key_digest(run: Run) -> str:
    """Return the SHA-256 of all that a run was made from."""
    return text_digest(json.dumps(dict(run.key), sort_keys=True))


def verdict(found: list[Comparison]) -> str:
    """Return the verdict on the whole: that of the worst part."""
    return max((each.verdict for each in found), key=VERDICTS.index, default=MATCH)


def certificate(before: Run, after: Run, found: list[Comparison]) -> Iterator[tuple[str, str]]:
    """Yield the lines of a certificate: what was compared, where, and how it came out."""
    yield "notebook", after.id
    yield "key", then_now(key_digest(before), key_digest(after))
    if changed := sorted(part for part, _ in set(before.key.items()) ^ set(after.key.items())):
        yield "changed", ", ".join(dict.fromkeys(changed))
    for name in ("device", "driver", "cuda", "python", "date", "commit"):
        if name in before.provenance or name in after.provenance:
            yield name, then_now(*(origin(run.provenance, name) for run in (before, after)))
    yield "versions", then_now(versions(before.provenance), versions(after.provenance))
    for part in dict.fromkeys(each.part for each in found):
        counts = {v: sum(e.part == part and e.verdict == v for e in found) for v in VERDICTS}
        yield f"{part}s", ", ".join(f"{count} {word}" for word, count in counts.items() if count)
    yield "verdict", verdict(found)


def origin(provenance: Mapping[str, Any], name: str) -> str:
    """Return one part of where a run comes from; of a commit also whether its code was edited."""
    edited = " with edits" if name == "commit" and provenance.get("dirty") else ""
    return f"{provenance.get(name, 'unknown')}{edited}"


def then_now(old: str, new: str) -> str:
    """Return what both runs say, or what each says."""
    return new if old == new else f"{new} (published run: {old})"


def versions(provenance: Mapping[str, Any]) -> str:
    """Return the versions of packages in one line."""
    return ", ".join(f"{name} {version}" for name, version in sorted(provenance.get("packages", {}).items())) or "none"
