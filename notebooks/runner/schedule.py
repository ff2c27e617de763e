"""Make several runs: in the order in which they read each other, side by side, until the time is up."""

from __future__ import annotations

import contextlib
import math
import signal
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field

GLANCE = 0.2  # seconds between two looks at whether somebody wants to stop
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@dataclass
class Stop:
    """Whether somebody wants to stop: `event` is set then, and `signal` is the signal that said so."""

    event: threading.Event = field(default_factory=threading.Event)
    signal: int = 0

    def asked(self, number: int, _frame: object) -> None:
        """Take in a signal."""
        self.signal = number
        self.event.set()

    @property
    def status(self) -> int:
        """The exit status of a command that the signal stopped: 128 and its number; 0 if none did."""
        return 128 + self.signal if self.signal else 0


@contextlib.contextmanager
def stoppable() -> Iterator[Stop]:
    """Take in SIGINT, SIGTERM and SIGHUP while this lasts, so that a run ends in order instead of anywhere."""
    stop = Stop()
    if threading.current_thread() is not threading.main_thread():
        yield stop
        return
    before = {number: signal.signal(number, stop.asked) for number in SIGNALS}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@dataclass(frozen=True)
class Plan:
    """Which runs to make, and under what conditions.

    `reads` maps each id to the ids whose results it reads. No run is begun after `budget` seconds, nor one that, by the
    seconds that `takes` tells of it, would still run then, nor, without `keep_going`, any after one failed.
    """

    ids: Sequence[str]
    reads: Mapping[str, set[str]]
    jobs: int = 1
    budget: float = math.inf
    keep_going: bool = False
    takes: Callable[[str], float] = lambda _: 0.0  # the seconds that a run needs at the least; 0 if nobody knows

    def before(self, run_id: str) -> set[str]:
        """Return the runs that must be made before one."""
        return self.reads.get(run_id, set()) - {run_id}


@dataclass
class Report:
    """What came of a plan: `left` are the runs that were not begun."""

    done: list[str] = field(default_factory=list)
    fresh: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)


class Schedule:
    """Carries out a plan: makes the runs that are `needed`, each by `make`, which tells whether it succeeded."""

    def __init__(
        self, plan: Plan, needed: Callable[[str], bool], make: Callable[[str], bool], stopping: threading.Event
    ) -> None:
        """Begin with everything waiting."""
        self.plan, self.needed, self.make, self.stopping = plan, needed, make, stopping
        self.report = Report()
        self.waiting = list(plan.ids)
        self.running: dict[Future[bool], str] = {}
        self.ends = time.monotonic() + plan.budget

    def carry_out(self) -> Report:
        """Make the runs and return what came of it."""
        with ThreadPoolExecutor(self.plan.jobs) as pool:
            while (self.waiting and not self.halted()) or self.running:
                self.begin(pool)
                self.collect()
        self.report.left += [run_id for run_id in self.waiting if self.needed(run_id)]
        return self.report

    def halted(self) -> bool:
        """Tell whether no further run may begin."""
        return self.stopping.is_set() or bool(self.report.failed and not self.plan.keep_going)

    def begin(self, pool: ThreadPoolExecutor) -> None:
        """Begin as many runs as there is room for."""
        while not self.halted() and len(self.running) < self.plan.jobs and (run_id := self.next()):
            self.waiting.remove(run_id)
            lost = self.plan.before(run_id) & {*self.report.failed, *self.report.left}
            if not self.needed(run_id):
                self.report.fresh.append(run_id)
            elif lost or self.too_late(run_id):
                self.report.left.append(run_id)
            else:
                self.running[pool.submit(self.make, run_id)] = run_id

    def too_late(self, run_id: str) -> bool:
        """Tell whether a run would not end in time."""
        now = time.monotonic()
        return now >= self.ends or now + self.plan.takes(run_id) > self.ends

    def next(self) -> str | None:
        """Return the first that reads no run which is still to be made; if they read in a circle, the first of all."""
        ahead = {*self.waiting, *self.running.values()}
        free = next((run_id for run_id in self.waiting if not self.plan.before(run_id) & ahead), None)
        return free or (self.waiting[0] if self.waiting and not self.running else None)

    def collect(self) -> None:
        """Wait a moment for runs to end, and note how they did."""
        ended, _ = wait(self.running, timeout=GLANCE, return_when=FIRST_COMPLETED)
        for future in ended:
            (self.report.done if future.result() else self.report.failed).append(self.running.pop(future))
