"""Compare a rerun with the run that was published: every result, every figure, every step of its workflow."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image, ImageChops, ImageStat

from catalog.digests import text_digest
from catalog.runs import Figure, Result, Run

MATCH, WITHIN, DIFFERS = "match", "within tolerance", "differs"
FACTOR = 2.0  # what is measured (time, memory) may be this many times as much


@dataclass(frozen=True)
class Comparison:
    """How one thing came out: `part` is result, figure or step, `verdict` one of MATCH, WITHIN and DIFFERS."""

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
    return found + list(steps(before, after))


def lost(is_new: bool) -> tuple[str, str]:
    """Return the verdict on what only one of the two runs has."""
    return DIFFERS, "only in the rerun" if is_new else "not in the rerun"


def result(old: Result | None, new: Result | None) -> tuple[str, str]:
    """Return verdict and detail of a result."""
    if old is None or new is None:
        return lost(old is None)
    if (old.metric, old.unit, old.kind) != (new.metric, new.unit, new.kind):
        return DIFFERS, f"it was {old.kind} {old.metric} in {old.unit!r}, now {new.kind} {new.metric} in {new.unit!r}"
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
    if old.kind == "exact":
        return figure_bytes((before / old.file).read_bytes(), (after / new.file).read_bytes())
    if (old.width, old.height) != (new.width, new.height):
        return DIFFERS, f"{old.width} x {old.height} then, {new.width} x {new.height} now"
    return WITHIN, "measured, not compared by bytes"


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
    old = {step.step: (step.run, dict(step.inputs), dict(step.outputs), step.weights) for step in before.trace}
    new = {step.step: (step.run, dict(step.inputs), dict(step.outputs), step.weights) for step in after.trace}
    for name in old | new:
        if name not in old or name not in new:
            yield Comparison("step", name, *lost(name not in old))
        else:
            detail = "" if old[name] == new[name] else f"{old[name]} then, {new[name]} now"
            yield Comparison("step", name, DIFFERS if detail else MATCH, detail)


def key_digest(run: Run) -> str:
    """Return the SHA-256 of all that a run was made from."""
    return text_digest(json.dumps(dict(run.key), sort_keys=True))


def verdict(found: list[Comparison]) -> str:
    """Return the verdict on the whole: that of the worst part."""
    return max((each.verdict for each in found), key=(MATCH, WITHIN, DIFFERS).index, default=MATCH)


def certificate(before: Run, after: Run, found: list[Comparison]) -> Iterator[tuple[str, str]]:
    """Yield the lines of a certificate: what was compared, where, and how it came out."""
    yield "notebook", after.id
    yield "key", then_now(key_digest(before), key_digest(after))
    if changed := sorted(part for part, _ in set(before.key.items()) ^ set(after.key.items())):
        yield "changed", ", ".join(dict.fromkeys(changed))
    for name in ("device", "driver", "python", "date", "commit"):
        if name in before.provenance or name in after.provenance:
            yield name, then_now(*(origin(run.provenance, name) for run in (before, after)))
    yield "versions", then_now(versions(before.provenance), versions(after.provenance))
    for part in dict.fromkeys(each.part for each in found):
        counts = {v: sum(e.part == part and e.verdict == v for e in found) for v in (MATCH, WITHIN, DIFFERS)}
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
