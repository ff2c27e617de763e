"""Read the folders that runs left behind, as untrusted input; standard library alone."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from catalog.digests import bytes_digest
from catalog.executed import read_executed
from catalog.json_file import read_json
from catalog.pictures import examined
from catalog.problems import Problem
from catalog.run_values import RunReader, rerun
from catalog.runs import Figure, Run

OUTPUTS = "notebooks/outputs"
NOTEBOOK = "notebook.ipynb"
LARGEST_RUN = 2 * 2**20  # bytes of a whole run


def read_runs(root: Path) -> tuple[dict[str, Run], list[Problem]]:
    """Read `notebooks/outputs/*/run.json`, sorted by id, with all problems; a run with a problem is left out."""
    runs: dict[str, Run] = {}
    problems: list[Problem] = []
    for id in run_ids(root):
        run, found = read_run(root / OUTPUTS / id, f"{OUTPUTS}/{id}/run.json")
        problems += found
        if run is not None:
            runs[id] = run
    return runs, problems


def read_run(folder: Path, file: str, *, files: bool = True) -> tuple[Run | None, list[Problem]]:
    """Read one run from `folder`; `file` is how problems name its run.json.

    Its figures and its notebook are looked at as well, unless `files` is false.
    """
    if problem := _not_there(folder, file):
        return None, [problem]
    text, data, problem = read_json(folder / "run.json", file, rerun(folder.name))
    if problem:
        return None, [problem]
    reader = RunReader(file, text, folder.name)
    run = reader.run(data)
    if files:
        run = _with_cells(folder, run, reader)
    return (None, reader.problems) if reader.problems else (run, [])


def run_ids(root: Path) -> list[str]:
    """Return the ids of all runs in `notebooks/outputs`, those with a problem included, sorted."""
    outputs = root / OUTPUTS
    folders = sorted(outputs.iterdir()) if outputs.is_dir() else ()
    return [path.name for path in folders if path.name[0] != "." and (path.is_dir() or path.is_symlink())]


def _not_there(folder: Path, file: str) -> Problem | None:
    """Return why there is no run.json to be read."""
    path = folder / "run.json"
    if folder.is_symlink() or path.is_symlink():
        return Problem(file, 1, 1, "", "a run may not be a link; put the files themselves there")
    if not path.is_file():
        return Problem(file, 1, 1, "", f"the file is missing; {rerun(folder.name)}, or remove the folder")
    return None


# --- the files beside it ---------------------------------------------------------------------------------------------


def _with_cells(folder: Path, run: Run, reader: RunReader) -> Run:
    """Return a run with the cells that were executed, noting what is wrong with its figures, notebook and size."""
    for name, figure in run.figures.items():
        if figure.file:  # else its name is a problem already
            _look_at_figure(folder, name, figure, reader)
    size = sum(_sizes(folder))
    if size > LARGEST_RUN:
        reader.wrong(f"the run has {size:,} bytes; at most {LARGEST_RUN:,} are allowed")
        return run
    notebook = bytes_of(folder, NOTEBOOK)
    cells, defects = read_executed(notebook)
    file = f"{reader.file.rpartition('/')[0]}/{NOTEBOOK}".lstrip("/")
    for where, sentence in defects:
        reader.problems.append(Problem(file, 1, 1, where, f"{sentence}; {rerun(folder.name)}"))
    as_made = notebook is not None and bytes_digest(notebook) == run.notebook
    return replace(run, cells=cells, sealed=run.sealed and as_made)


def _sizes(folder: Path) -> Iterator[int]:
    """Yield the bytes of each file below a folder."""
    for above, _, names in os.walk(folder):
        for name in names:
            try:
                status = os.stat(f"{above}/{name}")  # noqa: PTH116 - a path for each of many files is slow
            except OSError:
                continue  # a link that leads nowhere has none
            if stat.S_ISREG(status.st_mode):
                yield status.st_size


def bytes_of(folder: Path, name: str) -> bytes | None:
    """Return what a file in a folder holds; None if it is none, or a link."""
    path = f"{folder}/{name}"
    try:
        if not stat.S_ISREG(os.lstat(path).st_mode):
            return None
        with open(path, "rb", buffering=0) as file:  # noqa: PTH123 - a path for each of many files is slow
            return file.read()
    except OSError:
        return None


def _look_at_figure(folder: Path, name: str, figure: Figure, reader: RunReader) -> None:
    """Note what is wrong with the file of a figure: it is whole, of an allowed kind, and of the size written down."""
    data, again = bytes_of(folder, figure.file), rerun(folder.name)
    if data is None:
        reader.wrong(f"{figure.file} does not lie in the run's folder; {again}", "figures", name, "file")
        return
    digest, size, found = examined(figure.file, data)
    for sentence in found:
        reader.wrong(f"{figure.file}: {sentence}; {again}", "figures", name, "file")
    if size and size != (figure.width, figure.height):
        message = f"the picture {figure.file} is {size[0]} x {size[1]}, not {figure.width} x {figure.height}; {again}"
        reader.wrong(message, "figures", name, "width")
    elif not found and digest != figure.sha256:
        reader.wrong(f"{figure.file} is not the file that the run wrote; {again}", "figures", name, "sha256")
