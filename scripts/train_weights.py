"""Teach a small network its lesson, and write its weights with where they come from to notebooks/weights/."""

from __future__ import annotations

import argparse
import importlib
import os
import pkgutil
import re
import sys
import tempfile
import warnings
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from catalog.packages import command
from catalog.problems import did_you_mean
from catalog.sidecars import not_vouched_for

ROOT = Path(__file__).resolve().parents[1]
SHIPPED = ROOT / "notebooks" / "weights"
ONE_THREAD = re.compile(r"\b1 threads\b")  # as sidecars told it once
FAILED, MISUSED, STOPPED = 1, 2, 130  # the last is 128 and the number of SIGINT
sys.path[:0] = [str(ROOT / "notebooks")]  # lessons live with the experiments

from runner import beforehand  # noqa: E402 (after the path)
from runner.settings import QUIET, misnamed  # noqa: E402
from runner.spoken import tell  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping

    from lab.teaching import Lesson, Taught


def lessons() -> dict[str, Lesson]:
    """Return every lesson by name; each file of lab/lessons/ holds those of one design."""
    os.environ |= QUIET
    import lab.lessons

    found = {}
    for module in pkgutil.iter_modules(lab.lessons.__path__):
        found |= importlib.import_module(f"lab.lessons.{module.name}").LESSONS
    return found


def arguments(argv: list[str] | None, known: Collection[str]) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m scripts.train_weights", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(sorted(known)))
    parser.add_argument("--list", action="store_true", help="say which lessons there are, and how long each takes")
    parser.add_argument("--check", action="store_true", help="teach nothing; list weights out of date, with reasons")
    parser.add_argument("--device", default="auto", help="auto, cpu, cuda or cuda:N")
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
    parser.add_argument(
        "--time",
        type=int,
        metavar="STEPS",
        help="train nothing new: repeat the first STEPS (2 or more), and write beside the shipped weights how much CPU "
        "time the whole lesson takes at their rate (where nobody took it while they were taught)",
    )
    found = parser.parse_args(argv)
    if not (found.names or found.list or found.check):
        parser.error(f"give a NAME, --list or --check; there are {', '.join(sorted(known))}")
    for name in (name for name in found.names if name not in known):
        parser.error(f'there is no lesson "{name}"; there are {", ".join(sorted(known))}{did_you_mean(name, known)}')
    if message := misnamed(found.device):
        parser.error(message)
    if found.confirm is not None and (found.confirm < 100 or found.confirm % 100 or found.steps or found.out):
        parser.error("--confirm needs a multiple of 100, without --steps and --out")
    if found.time is not None and (found.time < 2 or found.confirm or found.steps or found.out):
        parser.error("--time needs a number of 2 or more, without --confirm, --steps and --out")
    if found.threads < 1:
        parser.error(f"--threads is 1 or more (got {found.threads})")
    if found.steps is not None and (found.out is None or found.steps < 1):
        parser.error("--steps needs a number of 1 or more, and --out: a shortened lesson is not published")
    return found


def main(argv: list[str] | None = None) -> int:
    """Teach each named network; return the exit status.

    It is 1 if one failed or is out of date, 2 if nothing was taught, for a reason that could be told beforehand, and
    130 for Ctrl-C.
    """
    import torch

    known = lessons()
    options = arguments(argv, known)
    if options.list:
        for name, lesson in sorted(known.items()):
            print(f"{name}: {lesson.says} {duration(name, lesson.steps)}")
        return 0
    if options.check:
        return check(options.names or sorted({*known, *shipped()}), known)
    wrong = [beforehand.unusable(options.device, torch.version.cuda or "", torch.cuda.device_count())]
    wrong += [in_the_way(name, known[name], options) for name in options.names]
    for message in dict.fromkeys(filter(None, wrong)):
        print(message, file=sys.stderr)
    if any(wrong):
        return MISUSED
    torch.set_num_threads(options.threads)
    try:
        return FAILED if [name for name in options.names if not taught(name, known[name], options)] else 0
    except KeyboardInterrupt:
        print("stopped; of the lesson that was being taught nothing was written", file=sys.stderr)
        return STOPPED


def shipped() -> list[str]:
    """Return the names of all weights that are shipped, by either of their two files."""
    return sorted({path.stem for path in SHIPPED.glob("*") if path.suffix in (".safetensors", ".json")})


def check(names: Collection[str], known: Mapping[str, Lesson]) -> int:
    """List weights that are out of date, or whose files were changed by hand, with reasons; return 1 if there are any.

    `names` are those of lessons and of files.
    """
    found = 0
    for name in names:
        reasons = list(reasons_against(name, known))
        for reason in reasons:
            tell(f"{name}: out of date: {reason}")
        found += bool(reasons)
    tell(f"{len(names) - found} of {len(names)} weights are what their lessons make")
    return FAILED if found else 0


def reasons_against(name: str, known: Mapping[str, Lesson]) -> Iterator[str]:
    """Yield why weights are not what their lesson makes now, as sentences."""
    from lab import shipping
    from lab.checkpoints import WeightsError

    path = SHIPPED / f"{name}.safetensors"
    if name not in known:
        yield "no lesson has that name; take the two files away, or write the lesson"
    elif wrong := lacking(name):
        yield from wrong
    else:
        try:
            yield from shipping.out_of_date(path, known[name], shipping.lesson_key(ROOT, name, known[name]))
        except WeightsError as error:
            yield str(error)


def lacking(name: str) -> list[str]:
    """Return what is wrong with the two files of a lesson's weights, whatever its code; nothing where all is well."""
    if name not in shipped():
        return [f"nobody has taught it yet; run {command('train_weights', name)}"]
    return not_vouched_for(SHIPPED / f"{name}.safetensors")


def in_the_way(name: str, lesson: Lesson, options: argparse.Namespace) -> str:
    """Say why a lesson could not be confirmed, or its weights not be written, however well it is taught; or nothing."""
    from lab import earlier, shipping
    from lab.checkpoints import WeightsError

    first = lesson.recipe.get(earlier.FIRST)
    if first in options.names and not (options.confirm or options.time or options.out):
        return f"{name} starts from the weights that {first} makes; teach it afterwards, by a command of its own"
    if (options.confirm or options.time) and (wrong := lacking(name)):
        done = "confirmed" if options.confirm else "timed"
        return "\n".join(f"{name}: nothing can be {done}: {sentence}" for sentence in wrong)
    try:
        key = shipping.lesson_key(ROOT, name, lesson)
        if options.confirm:
            shipping.confirmable(SHIPPED / f"{name}.safetensors", lesson, options.confirm, key)
        elif options.time:
            shipping.timeable(SHIPPED / f"{name}.safetensors", lesson, options.time)
        else:
            shipping.try_place(options.out or SHIPPED, lesson)
    except WeightsError as error:
        return str(error)
    except OSError as error:
        return f"{refused(error, options.out or SHIPPED)}; give another folder with --out"
    return ""


def refused(error: OSError, folder: Path) -> str:
    """Return as a sentence why a folder cannot be written to."""
    return f"{folder} cannot be written to: {error.strerror or error}"


def duration(name: str, steps: int) -> str:
    """Say about how long so many steps of a lesson take, going by the weights that are shipped.

    That is CPU time where their sidecar tells it; by the clock it took longer where the machine did other work.
    """
    from lab.weights import WeightsError, read_sidecar

    try:
        then = read_sidecar(SHIPPED / f"{name}.safetensors")
        told = then["provenance"]
        counted = "cpu_seconds" if "cpu_seconds" in told else "seconds"
        seconds = told[counted] * steps / then["lesson"]["steps"]
    except (WeightsError, KeyError):
        return f"{steps:,} steps; nobody has timed them yet"
    amount = f"{seconds:.0f} s" if seconds < 90 else f"{seconds / 60:.0f} min"
    amount += {"cpu_seconds": " of CPU time", "seconds": " by the clock"}[counted]
    if "timed" in told:
        amount += f" by the rate of {told['timed']['steps']:,} steps"
    device = ONE_THREAD.sub("1 thread", told["device"])
    return f"{steps:,} steps, about {amount} (going by the shipped weights, taught on {device})"


def taught(name: str, lesson: Lesson, options: argparse.Namespace) -> bool:
    """Teach one network and write its weights, or confirm those that are shipped; tell whether that went well."""
    from lab import device, progress, shipping
    from lab.lesson_time import Watch
    from lab.teaching import teach

    steps, place = options.steps or lesson.steps, device.device("cpu" if options.time else options.device)
    key = shipping.lesson_key(ROOT, name, lesson)  # before teaching: the code that is loaded, not its later edits
    until = options.confirm or options.time
    print(f"{name}: {duration(name, until or steps)}", flush=True)
    device.seed_everything(lesson.seed)
    watch = Watch()
    try:
        with progress.bar(name, until or steps) as tell, warnings.catch_warnings():
            warnings.filterwarnings("ignore", "The given NumPy array is not writable")  # lessons only read pictures
            made = teach(lesson, steps, place, watch.seeing(tell), until)
    except FloatingPointError as error:
        print(f"{name}: {error}", file=sys.stderr)
        return False
    if options.confirm:
        return confirmed(name, lesson, made, key)
    if options.time:
        return timed(name, watch.of_whole(lesson.steps), options.time)
    spent = watch.spent()
    told = {"name": name, "lesson": lesson, "taught": made, "steps": steps, "key": key, "cpu_seconds": spent}
    return saved(name, made, options.out or SHIPPED, partial(shipping.save, place=place, root=ROOT, **told))


def saved(name: str, made: Taught, folder: Path, save: Callable[[Path], Path]) -> bool:
    """Write weights to a folder, or else, for a lesson may have taken hours, to a temporary one; tell which it was."""
    try:
        path = save(folder)
    except OSError as error:
        print(f"{name}: {refused(error, folder)}", file=sys.stderr)
        try:
            path = save(Path(tempfile.mkdtemp(prefix="model-answers-weights-")))
        except OSError as also:
            print(f"{name}: the weights are lost: {refused(also, Path(tempfile.gettempdir()))}", file=sys.stderr)
            return False
        print(f"{name}: both files lie in {path.parent}; move them from there", file=sys.stderr)
    print(f"{name}: {path.stat().st_size:,} bytes, loss {made.curve[-1]:.5f}, {made.seconds:.0f} s")
    return path.parent == folder


def confirmed(name: str, lesson: Lesson, made: Taught, key: Mapping[str, str]) -> bool:
    """Say whether the lesson still makes the shipped weights; if so their sidecar has the new key."""
    from lab import shipping
    from lab.checkpoints import WeightsError

    try:
        written = shipping.confirm(SHIPPED / f"{name}.safetensors", lesson, made, key, ROOT)
    except (WeightsError, OSError) as error:
        print(refused(error, SHIPPED) if isinstance(error, OSError) else error, file=sys.stderr)
        return False
    outcome = "the new key is written" if written else "nothing was written"
    print(f"{name}: the first {100 * len(made.curve):,} steps went as they did when it was trained; {outcome}")
    return True


def timed(name: str, cpu_seconds: float, steps: int) -> bool:
    """Write beside weights how much CPU time their lesson takes; tell whether that could be done."""
    from lab import shipping

    try:
        shipping.write_time(SHIPPED / f"{name}.safetensors", cpu_seconds, steps, ROOT)
    except OSError as error:
        print(refused(error, SHIPPED), file=sys.stderr)
        return False
    print(f"{name}: the whole lesson takes {cpu_seconds / 60:.1f} min of CPU time by the rate of {steps} steps")
    return True


if __name__ == "__main__":
    sys.exit(main())
