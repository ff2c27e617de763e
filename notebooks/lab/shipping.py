"""Write down the weights that a lesson made, with where they come from; tell whether the lesson still makes them."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save as save_bytes

from catalog.commit import commit
from catalog.digests import code_digest, file_digest
from catalog.imported_code import imported_from
from catalog.seal import sealed
from catalog.whole_file import write_whole
from lab import device as places
from lab import earlier
from lab.checkpoints import WeightsError
from lab.teaching import Lesson, Taught
from lab.weights import read_sidecar

SIDECAR_BYTES = 2**16  # more than any has
AVERAGING = "lab/teaching.py"  # the one file that keeps a running mean of the weights


def lesson_key(root: Path, name: str, lesson: Lesson) -> dict[str, str]:
    """Return the digest of each file that decides what the lesson of that name teaches, weights included.

    A lesson stands in the file of its design: `liif-text` in lab/lessons/liif.py.

    Raises:
        WeightsError: the weights that it starts from are missing.
    """
    start = f"lab/lessons/{name.partition('-')[0]}.py"
    parts = (start, *imported_from(root, start))
    code = {part: code_digest((root / "notebooks" / part).read_text("utf-8")) for part in parts}
    return code | earlier.key_of(lesson, root / "notebooks" / "weights")


def save(
    folder: Path,
    name: str,
    lesson: Lesson,
    taught: Taught,
    steps: int,
    key: Mapping[str, str],
    place: torch.device,
    root: Path,
    cpu_seconds: float,
) -> Path:
    """Write `name`.safetensors in float16 and then its sidecar `name`.json, each replaced whole; return the first path.

    Between the two no sidecar vouches for the new file, so that whatever ends the process, nobody loads a wrong pair.

    Raises:
        OSError: a file cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.safetensors"
    state = taught.network.state_dict()
    halves = {key: value.detach().cpu().half().contiguous() for key, value in state.items()}
    write_whole(path, save_bytes(halves))
    sidecar = {
        "network": name.partition("-")[0],
        "lesson": described(lesson) | {"steps": steps},
        "origin": "trained here",
        "license": "MIT",
        "parameters": sum(value.numel() for value in taught.network.parameters()),
        "sha256": file_digest(path),
        "key": dict(key),
        "curve": taught.curve,
        "provenance": places.describe(place)
        | commit(root)
        | {"packages": places.packages(), "seconds": round(taught.seconds, 1), "cpu_seconds": round(cpu_seconds, 1)},
    }
    _write(path, sidecar)
    return path


def try_place(folder: Path, lesson: Lesson) -> None:
    """Write as much to a folder as the weights of a lesson will take, and remove it, before anybody teaches them.

    Raises:
        OSError: the folder has no room, or cannot be written to.
    """
    folder.mkdir(parents=True, exist_ok=True)
    state = lesson.build(lesson.config).state_dict()
    trial = folder / ".trial"
    write_whole(trial, bytes(sum(2 * value.numel() for value in state.values()) + SIDECAR_BYTES))
    trial.unlink()


def confirmable(path: Path, lesson: Lesson, steps: int, key: Mapping[str, str]) -> dict[str, Any]:
    """Return the sidecar of weights, if the losses of the first `steps` steps of their lesson can confirm them.

    Of a running mean the losses tell nothing. It follows from the weights that they tell of, as long as the code that
    keeps it, by `key`, is the one of then.

    Raises:
        WeightsError: they cannot; the message says why.
    """
    sidecar = read_sidecar(path)
    if not path.is_file() or file_digest(path) != sidecar["sha256"]:
        raise WeightsError(f"{path.name} is not the file that its sidecar tells of; train it again")
    _refuse_another_lesson(path.name, sidecar["lesson"], described_now(lesson))
    if lesson.average and sidecar["key"].get(AVERAGING) != key.get(AVERAGING):
        mean = f"a running mean, of which the losses tell nothing, and {AVERAGING}, which keeps it, changed"
        raise WeightsError(f"{path.name}: what is kept is {mean}; train it again")
    if not 100 <= steps <= lesson.steps:
        raise WeightsError(
            f"{path.name}: its lesson has {lesson.steps} steps; confirm 100 of them or more (got {steps})"
        )
    if len(sidecar.get("curve") or ()) < steps // 100:
        raise WeightsError(f"{path.name}: its sidecar keeps no losses up to step {steps}; train it again")
    return sidecar


def confirm(path: Path, lesson: Lesson, taught: Taught, key: Mapping[str, str], root: Path) -> bool:
    """Give weights the key of the code beside them, after the first steps of their lesson went as they did then.

    `taught` is the outcome of the first steps under today's code. Its losses must be those of the sidecar to the last
    digit, so code that was only moved or renamed needs no new training. Return whether the sidecar was written: one
    that already has this key, and was given it by a commit without changes, stays as it is.

    Raises:
        WeightsError: the lesson no longer teaches the same; nothing is written.
    """
    sidecar = confirmable(path, lesson, 100 * len(taught.curve), key)
    for hundred, (now, then) in enumerate(zip(taught.curve, sidecar["curve"], strict=False), start=1):
        if now != then:
            raise WeightsError(f"{path.name}: the loss is another one by step {100 * hundred}; train it again")
    told = sidecar["provenance"]
    if sidecar["key"] == dict(key) and not told.get("confirmed", told).get("dirty"):
        return False
    confirmed = {"steps": 100 * len(taught.curve)} | commit(root)
    provenance = told | {"confirmed": confirmed}
    _write(path, sidecar | {"key": dict(key), "lesson": described_now(lesson), "provenance": provenance})
    return True


def timeable(path: Path, lesson: Lesson, steps: int) -> dict[str, Any]:
    """Return the sidecar of weights, if the first `steps` steps of their lesson can tell how long it takes.

    Raises:
        WeightsError: they cannot; the message says why.
    """
    sidecar = read_sidecar(path)
    _refuse_another_lesson(path.name, sidecar["lesson"], described_now(lesson))
    told = sidecar["provenance"]
    if "cpu_seconds" in told and "timed" not in told:
        raise WeightsError(f"{path.name}: its CPU time was taken while it was taught; nothing has to be timed")
    if steps > lesson.steps:
        raise WeightsError(f"{path.name}: its lesson has {lesson.steps} steps; time so many or fewer (got {steps})")
    return sidecar


def write_time(path: Path, cpu_seconds: float, steps: int, root: Path) -> None:
    """Write beside weights the CPU time of their lesson, and from how many of its steps it was reckoned.

    Raises:
        OSError: the sidecar cannot be written.
    """
    sidecar = read_sidecar(path)
    timed = {"steps": steps, "device": places.describe(torch.device("cpu"))["device"]} | commit(root)
    told = {"cpu_seconds": round(cpu_seconds, 1), "timed": timed}
    _write(path, sidecar | {"provenance": sidecar["provenance"] | told})


def _refuse_another_lesson(name: str, then: Mapping[str, Any], now: Mapping[str, Any]) -> None:
    """Refuse weights that were taught something else.

    Raises:
        WeightsError: anything but its words differs.
    """
    for part in _taught_otherwise(then, now):
        raise WeightsError(f"{name}: the lesson has another {part} than then; train it again")


def _taught_otherwise(then: Mapping[str, Any], now: Mapping[str, Any]) -> list[str]:
    """Return what differs between two lessons, but for their words."""
    return [part for part in sorted(now.keys() - {"says"}) if then.get(part) != now[part]]


def out_of_date(path: Path, lesson: Lesson, key: Mapping[str, str]) -> Iterator[str]:
    """Yield why weights are not what their lesson with the key of today's code would make, as sentences.

    Raises:
        WeightsError: their sidecar is missing or cannot be read.
    """
    sidecar = read_sidecar(path)
    for part in _taught_otherwise(sidecar["lesson"], described_now(lesson)):
        yield f"the lesson has another {part} than when they were taught"
    then = sidecar["key"]
    for part in sorted(key.keys() | then.keys()):
        if part not in then:
            yield f"{part} was not needed when they were taught"
        elif part not in key:
            yield f"{part} is no longer needed"
        elif then[part] != key[part]:
            yield f"{part} changed after they were taught"


def described(lesson: Lesson) -> dict[str, Any]:
    """Return what of a lesson can be written down: its words and numbers."""
    plain = ("says", "rate", "warm_up", "seed", "average", "recipe")
    found = {name: getattr(lesson, name) for name in plain}
    return found | {"recipe": dict(lesson.recipe), "config": dataclasses.asdict(lesson.config)}


def described_now(lesson: Lesson) -> dict[str, Any]:
    """Return the same with the steps, as a whole lesson stands in a sidecar."""
    return json.loads(json.dumps(described(lesson) | {"steps": lesson.steps}))


def _write(path: Path, sidecar: Mapping[str, Any]) -> None:
    """Write the sidecar of a file of weights, sealed, so that a change by hand is seen."""
    write_whole(path.with_suffix(".json"), sealed(sidecar))
