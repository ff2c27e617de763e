"""Teach a small network its lesson, and write its weights with where they come from to notebooks/weights/."""

from __future__ import annotations

import argparse
import importlib
import pkgutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

ROOT = Path(__file__).resolve().parents[1]
SHIPPED = ROOT / "notebooks" / "weights"
sys.path[:0] = [str(ROOT / "notebooks")]  # lessons live with the experiments

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from lab.teaching import Lesson, Taught


def lessons() -> dict[str, Lesson]:
    """Return every lesson by name; each file of lab/lessons/ holds those of one design."""
    import lab.lessons

    found = {}
    for module in pkgutil.iter_modules(lab.lessons.__path__):
        found |= importlib.import_module(f"lab.lessons.{module.name}").LESSONS
    return found


def arguments(argv: list[str] | None, known: Collection[str]) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m scripts.train_weights", description=__doc__)
    parser.add_argument("names", nargs="+", choices=sorted(known), metavar="NAME", help=", ".join(sorted(known)))
    parser.add_argument("--device", default="auto", help="auto, cpu or cuda:N")
    parser.add_argument("--steps", type=int, help="fewer steps than the lesson has, to try it; needs --out")
    parser.add_argument("--threads", type=int, default=1, help="CPU threads (default 1)")
    parser.add_argument("--out", type=Path, help="another folder than notebooks/weights/")
    parser.add_argument(
        "--confirm",
        type=int,
        metavar="STEPS",
        help="train nothing new: repeat the first STEPS (a multiple of 100) and, if the losses are those of the "
        "shipped weights to the last digit, give them the key of today's code (after code was moved or renamed)",
    )
    found = parser.parse_args(argv)
    if found.confirm is not None and (found.confirm < 100 or found.confirm % 100 or found.steps or found.out):
        parser.error("--confirm needs a multiple of 100, without --steps and --out")
    if found.steps is not None and (found.out is None or found.steps < 1):
        parser.error("--steps needs a number of 1 or more, and --out: a shortened lesson is not published")
    return found


def main(argv: list[str] | None = None) -> int:
    """Teach each named network; return the exit status."""
    import torch
    from lab import device, progress, shipping
    from lab.teaching import teach

    known = lessons()
    options = arguments(argv, known)
    torch.set_num_threads(options.threads)
    place = device.device(options.device)
    wrong = 0
    for name in options.names:
        lesson = known[name]
        steps = options.steps or lesson.steps
        key = shipping.lesson_key(ROOT, name)  # before teaching: the code that is loaded, not its later edits
        device.seed_everything(lesson.seed)
        with progress.bar(name, options.confirm or steps) as tell:
            taught = teach(lesson, steps, place, tell, options.confirm)
        if options.confirm:
            wrong += not confirmed(name, lesson, taught, key)
            continue
        path = shipping.save(options.out or SHIPPED, name, lesson, taught, steps, key, place, ROOT)
        print(f"{name}: {path.stat().st_size:,} bytes, loss {taught.curve[-1]:.5f}, {taught.seconds:.0f} s")
    return 1 if wrong else 0


def confirmed(name: str, lesson: Lesson, taught: Taught, key: Mapping[str, str]) -> bool:
    """Say whether the lesson still makes the shipped weights; if so their sidecar has the new key."""
    from lab import shipping
    from lab.checkpoints import WeightsError

    try:
        written = shipping.confirm(SHIPPED / f"{name}.safetensors", lesson, taught, key, ROOT)
    except WeightsError as error:
        print(error, file=sys.stderr)
        return False
    outcome = "the new key is written" if written else "nothing was written"
    print(f"{name}: the first {100 * len(taught.curve):,} steps went as they did when it was trained; {outcome}")
    return True


if __name__ == "__main__":
    sys.exit(main())
