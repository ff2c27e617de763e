"""Small repositories with our lab and catalog, for tests that run essays."""

import os
import shutil
import subprocess
import sys
import time

import psutil

from catalog.load import ROOT
from tests.patience import PATIENCE

TITLE = "# %% [markdown]\n# # A claim that is made up\n\n"
QUICK_LAB = 'import types; lab = types.SimpleNamespace(mode=lambda: "quick")'  # in the place of ours
SEEDED = 'device = "auto"; seed_everything = set().add\nseed = 3; seed_everything(seed)\n'  # for lab.device needs torch
PLAIN = f'# %% tags=["parameters"]\n{QUICK_LAB}; mode = lab.mode()\n{SEEDED}'
PARAMETERS = (
    f'# %% tags=["parameters"]\nimport sys\n\nsys.path.append("../..")\n\nimport lab\n\nmode = lab.mode()\n{SEEDED}'
)
SILENT = 'lab.result("made_up", 2, "count", "A number.")\n'  # on what it was measured
GOOD = 'lab.record.ran_on({"device": "CPU"})\n' + SILENT
RECORDS = ("models", "papers", "questions", "schema")
DRAWN = """import numpy as np
import matplotlib.pyplot as plt

figure, axes = plt.subplots()
axes.plot([1, 2, 3], [3, 1, 2], "o-", clip_on=True)
axes.set_title("Made up")
lab.figure("plot", figure, "Three points.", "A line with three points.")
shades = np.linspace(0, 255, 48, dtype=np.uint8).reshape(4, 4, 3)
lab.figure("picture", shades, "Shades.", "Sixteen shades.")
lab.result("seconds_made_up", 0.25, "seconds", "A time.", kind="measured")
"""  # one of each kind of figure, and a measured result
COMMAND = """
import pathlib, sys
sys.path[:0] = [sys.argv[1]]
from scripts.run_notebooks import main
sys.exit(main(sys.argv[3:], pathlib.Path(sys.argv[2])))
"""


def house(folder):
    """Return a repository with our lab, our catalog without its records, so that it is soon read, and no essay yet."""
    root = folder / "house"
    (root / "notebooks").mkdir(parents=True)
    # a copy, because a reader follows no link; with what is compiled already
    shutil.copytree(ROOT / "catalog", root / "catalog", ignore=shutil.ignore_patterns(*RECORDS))
    for name in ("lab", "models", "runner"):
        (root / "notebooks" / name).symlink_to(ROOT / "notebooks" / name)
    begin_history(root)
    return root


def begin_history(root):
    """Make a repository of a folder, because a run that is published tells the commit of its code."""
    author = ("-c", "user.name=Nobody", "-c", "user.email=nobody@example.org")
    for asked in (["init", "-q"], [*author, "commit", "-q", "--allow-empty", "-m", "A repository"]):
        subprocess.run(["git", *asked], cwd=root, check=True)


def add_records(root):
    """Give the catalog of a repository our records."""
    for name in RECORDS:
        shutil.copytree(ROOT / "catalog" / name, root / "catalog" / name)


def write(root, *cells, name="essay", parameters=PARAMETERS):
    """Write an essay; one with PLAIN parameters starts sooner, and cannot record anything."""
    code = "".join(f"\n# %%\n{cell}" for cell in cells)
    (root / "notebooks" / f"{name}.py").write_text(TITLE + parameters + code)


def command(root, *arguments):
    """Return the command as a list, for a process of its own."""
    return [sys.executable, "-c", COMMAND, str(ROOT), str(root), *arguments]


def run(capsys, root, *arguments):
    """Run the command here; return its status and what it said, without lines of progress."""
    from scripts.run_notebooks import main

    status = main([*arguments], root)
    said = capsys.readouterr().err.splitlines()
    return status, "\n".join(line for line in said if ", after " not in line)


def files(folder):
    """Return all files below a folder, by name."""
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def processes_with(name, value):
    """Return the numbers of the processes in whose environment `name` is `value`."""
    found = []
    for process in psutil.process_iter():
        try:
            if process.pid != os.getpid() and process.environ().get(name) == value:
                found.append(process.pid)
        except psutil.Error:
            continue
    return found


def temporary_folders(root):
    """Return the temporary folders that runs of essays of a repository left outside it."""
    import tempfile
    from pathlib import Path

    from runner.attempt import name_of

    names = [name_of(path.stem, root) for path in (root / "notebooks").glob("*.py")]
    return [path for base in {tempfile.gettempdir(), "/tmp"} for name in names for path in Path(base).glob(f"{name}*")]


def wait_until(true, seconds=PATIENCE):
    """Wait until something is so."""
    ends = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < ends
        time.sleep(0.05)
