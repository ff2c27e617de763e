"""A copy of the repository with tiny essays, and Snakemake started in it."""

import json
import os
import shlex
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

from catalog.load import ROOT
from catalog.run_files import read_run
from tests.notebooks.houses import begin_history

SNAKEMAKE = os.environ.get("SNAKEMAKE", str(ROOT / ".venv-cluster" / "bin" / "snakemake"))
PARTS = ("catalog", "scripts", "notebooks/lab", "notebooks/models", "notebooks/runner", "notebooks/profiles")
SMALL = {  # a test asks for little, and looks often
    "local": (),
    "slurm": (
        *("--set-resources", "execute:mem_mb=500", "execute:runtime=5"),
        *("--slurm-init-seconds-before-status-checks", "4", "--latency-wait", "10"),
    ),
}
TITLE = "# %% [markdown]\n# # A claim that is made up\n\n"
PARAMETERS = (
    '# %% tags=["parameters"]\nimport lab\n\nmode = lab.mode()\n'
    'device = "auto"; seed_everything = hash\nseed = 3; seed_everything(seed)\n'  # that of lab.device needs torch
    'lab.record.ran_on({"device": "CPU"})\n\n# %%\n'
)
TORCH = """
class cuda:
    device_count = lambda: 1

class version:
    cuda = "12.8"
"""
PYTHON = """#!/bin/sh
PYTHONPATH={folder} exec {python} "$@"
"""
LONGEST = 150  # seconds for anything to happen


def number(value):
    """Return a cell that records a number."""
    return f'lab.result("made_up", {value}, "count", "A number.")\n'


class House:
    """A repository with our code in `root`; `signals` is a folder through which essays and tests talk."""

    def __init__(self, folder, profile):
        self.root, self.signals, self.profile = folder / "house", folder / "signals", profile
        self.signals.mkdir()
        for part in PARTS:
            shutil.copytree(ROOT / part, self.root / part, ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copy(ROOT / "notebooks" / "Snakefile", self.root / "notebooks")
        self.outputs = self.root / "notebooks" / "outputs"
        self.outputs.mkdir()
        begin_history(self.root)
        self.python = one_gpu(folder / "gpu")
        self.environment = {**os.environ, "XDG_CACHE_HOME": str(folder / "cache"), "SNAKEMAKE": SNAKEMAKE}
        self.environment.pop("PYTHONPATH", None)

    def write(self, name, cell, title=TITLE):
        """Write an essay."""
        (self.root / "notebooks" / f"{name}.py").write_text(title + PARAMETERS + cell)

    def waiting(self, value):
        """Return a cell that tells that it started, waits until the test opens the gate, then records a number."""
        return (
            "import os\nimport pathlib\nimport time\n\n"
            f"signals = pathlib.Path({str(self.signals)!r})\n"
            'with (signals / "log").open("a") as log:\n    log.write("start\\n")\n'
            'while not (signals / "gate").exists():\n    time.sleep(0.1)\n'
            'with (signals / "log").open("a") as log:\n    log.write("end\\n")\n' + number(value)
        )

    def open_gate(self):
        """Let waiting essays go on."""
        (self.signals / "gate").touch()

    def log(self):
        """Return what waiting essays told so far."""
        path = self.signals / "log"
        return path.read_text().split() if path.exists() else []

    def arguments(self, *more):
        """Return the command line of Snakemake, as the documentation gives it, with what a test asks for."""
        python = ("--config", f"python={self.python}")
        return [SNAKEMAKE, "--profile", f"notebooks/profiles/{self.profile}", *SMALL[self.profile], *python, *more]

    def start(self, *more):
        """Start Snakemake in a session of its own, its messages in a file."""
        return self.started(self.arguments(*more))

    def resume(self):
        """Start Snakemake again after a kill, as the documentation says."""
        if self.profile == "slurm":
            return self.started(["notebooks/profiles/slurm/resume.sh", *self.arguments()[3:]])
        assert self.run("--unlock")[0] == 0
        return self.start()

    def started(self, command):
        """Start a command in a session of its own."""
        with (self.signals / "said").open("w") as said:
            return subprocess.Popen(
                command,
                cwd=self.root,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=hear_interrupts,
            )

    def said(self):
        """Return the messages of the Snakemake that was started last."""
        return (self.signals / "said").read_text()

    def run(self, *more):
        """Run Snakemake to its end; return its status and its messages."""
        process = self.start(*more)
        try:
            return process.wait(LONGEST), self.said()
        finally:
            end(process)

    def run_directly(self, *arguments):
        """Run our command, without Snakemake; return its status and messages."""
        command = [sys.executable, "-m", "scripts.run_notebooks", *arguments]
        done = subprocess.run(command, cwd=self.root, env=self.environment, capture_output=True, text=True)
        return done.returncode, done.stderr

    def value(self, name):
        """Return the number that the run of a notebook holds."""
        return json.loads((self.outputs / name / "run.json").read_text())["results"]["made_up"]["value"]

    def files(self, name):
        """Return the bytes of a run by file."""
        return {path.name: path.read_bytes() for path in sorted((self.outputs / name).iterdir())}

    def left_behind(self):
        """Return what lies among the runs without being one."""
        return [path.name for path in self.outputs.iterdir() if path.name.startswith(".")]

    def jobs(self):
        """Return the states of the jobs that Slurm holds for us and that have not ended."""
        if self.profile == "local":
            return []
        return subprocess.run(["squeue", "-h", "-o", "%T"], capture_output=True, text=True, check=True).stdout.split()

    def cancel_jobs(self):
        """End all jobs, so that a test that fails spoils no other."""
        if self.jobs():
            subprocess.run(["scancel", "--user", str(os.getuid())], check=True)
            wait_until(lambda: self.jobs() == [], "the jobs to end")


def hear_interrupts():
    """Let a program that is about to start end at Ctrl-C, also where the tests run in the background of a shell."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def one_gpu(folder):
    """Make a Python whose commands find a torch that sees one GPU; essays, which compute nothing, are not run by it."""
    folder.mkdir()
    (folder / "torch.py").write_text(TORCH)
    python = folder / "python"
    python.write_text(PYTHON.format(folder=shlex.quote(str(folder)), python=shlex.quote(sys.executable)))
    python.chmod(0o755)
    return python


def submitted(said):
    """Return how many notebooks Snakemake set out to run: the line of the rule in its table of jobs."""
    counts = [line.split()[1] for line in said.splitlines() if line.split()[:1] == ["execute"]]
    return int(counts[0]) if counts else 0


def wait_until(true, what):
    """Wait until a function returns something true."""
    ends = time.monotonic() + LONGEST
    while not true():
        assert time.monotonic() < ends, f"waited in vain: {what}"
        time.sleep(0.1)


def end(process):
    """Kill a Snakemake with everything that it started on this machine, as when the machine is switched off."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        return
    process.wait()


class Watch:
    """Reads all committed runs again and again, and keeps every sight of one that is not whole."""

    def __init__(self, outputs):
        self.outputs, self.wrong, self.looks = outputs, [], 0
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._ended.set()
        self._thread.join()

    def _look(self):
        while not self._ended.wait(0.2):
            self.looks += 1
            for folder in self.outputs.iterdir():
                if not folder.name.startswith("."):
                    self.wrong += problems(folder)


def problems(folder: Path):
    """Return what is wrong with a run; nothing if the folder was replaced while it was read."""
    before = folder.stat().st_ino
    try:
        _, found = read_run(folder, f"{folder.name}/run.json")
        json.loads((folder / "notebook.ipynb").read_text())
    except (OSError, ValueError) as error:
        found = [error]
    try:
        same = folder.stat().st_ino == before
    except FileNotFoundError:
        return [f"{folder.name} is not there"]
    return [str(problem) for problem in found] if same else []
