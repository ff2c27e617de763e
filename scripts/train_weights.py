"""Teach a small network its lesson, and write its weights with where they come from to notebooks/weights/."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "notebooks")]  # lessons live with the experiments


def arguments(argv: list[str] | None) -> argparse.Namespace:
    """Read the command line."""
    from lab.lessons import LESSONS  # here, so that `--help` of other scripts never needs torch

    parser = argparse.ArgumentParser(prog="python -m scripts.train_weights", description=__doc__)
    parser.add_argument("names", nargs="+", choices=sorted(LESSONS), metavar="NAME", help=", ".join(sorted(LESSONS)))
    parser.add_argument("--device", default="auto", help="auto, cpu or cuda:N")
    parser.add_argument("--steps", type=int, help="fewer steps than the lesson has, to try it; needs --out")
    parser.add_argument("--threads", type=int, default=1, help="CPU threads (default 1)")
    parser.add_argument("--out", type=Path, help="another folder than notebooks/weights/")
    found = parser.parse_args(argv)
    if found.steps is not None and (found.out is None or found.steps < 1):
        parser.error("--steps needs a number of 1 or more, and --out: a shortened lesson is not published")
    return found


def main(argv: list[str] | None = None) -> int:
    """Teach each named network; return the exit status."""
    options = arguments(argv)
    import torch
    from lab import device, progress, weights
    from lab.lessons import LESSONS
    from lab.training import teach

    torch.set_num_threads(options.threads)
    place = device.device(options.device)
    for name in options.names:
        lesson = LESSONS[name]
        steps = options.steps or lesson.steps
        key = weights.lesson_key(ROOT)  # before teaching: the code that is loaded, not what it is edited to meanwhile
        device.seed_everything(lesson.seed)
        with progress.bar(name, steps) as tell:
            network, curve, seconds = teach(lesson, steps, place, tell)
        folder = options.out or ROOT / "notebooks" / "weights"
        path = weights.save(folder, name, network, lesson, steps, curve, seconds, key, place, ROOT)
        print(f"{name}: {path.stat().st_size:,} bytes, loss {curve[-1]:.5f}, {seconds:.0f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
