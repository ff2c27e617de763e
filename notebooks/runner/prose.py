"""Put the edited prose of an essay into its executed notebook, among the code and the outputs of its run.

Standard library alone, so that it works where no notebook package is installed.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from catalog import essay_cells
from catalog.counted import counted
from catalog.digests import file_digest, text_digest
from catalog.essay_cells import Cell, cells, holds_code
from catalog.run_files import NOTEBOOK, OUTPUTS, read_run
from catalog.runs import ExecutedCell
from catalog.seal import as_text, sealed
from catalog.whole_file import write_whole
from catalog.whole_folder import swap
from runner.beside import made_beside

BY_HAND = "its run.json or its executed notebook was changed by hand"


def sync(essay: Path, place: Path) -> bool:
    """Put the essay's Markdown cells among the code that was executed, as a rerun would; tell whether anything changed.

    `place` is the folder of the run. Which bytes the essay has is noted in run.json as well, so that nobody has to
    parse it again to learn that its run is fresh.

    Raises:
        OSError: a file cannot be read or written.
        ValueError: the run cannot be read, somebody changed it by hand, or it executed other code than the essay's.
    """
    text = essay.read_text("utf-8")
    now, executed = cells(text), executed_in(place)
    refuse_other_code(essay.name, now, executed)
    record = json.loads((place / "run.json").read_text("utf-8"))
    told = noted(record, text)
    if essay_cells.prose_differs(now, executed):
        put_in_place(now, executed, told, place)
        return True
    if told != record:
        write_whole(place / "run.json", as_text(told))
    return False


def executed_in(place: Path) -> Sequence[ExecutedCell]:
    """Return the cells that a run executed.

    Raises:
        ValueError: there is no run, it cannot be read, or it is not as it was made.
    """
    if not place.exists():
        raise ValueError("it has never been run")
    run, problems = read_run(place, f"{OUTPUTS}/{place.name}/run.json")
    if run is None:
        raise ValueError("\n".join(map(str, problems)))
    if not run.sealed:
        raise ValueError(f"{BY_HAND}; run it again")
    return run.cells or ()


def put_in_place(now: Sequence[Cell], executed: Sequence[ExecutedCell], record: Mapping[str, Any], place: Path) -> None:
    """Put cells of prose among those executed, and the seal into the record: both files of a run, or neither."""
    notebook = json.loads((place / NOTEBOOK).read_text("utf-8"))
    ran = (cell for cell, read in zip(notebook["cells"], executed, strict=True) if holds_code(read))
    notebook["cells"] = [next(ran) if holds_code(cell) else unexecuted(cell) for cell in now]
    for i, cell in enumerate(notebook["cells"]):
        cell["id"] = f"c{i}"
    with made_beside(place) as beside:
        new = shutil.copytree(place, Path(beside) / place.name, symlinks=True)
        (new / NOTEBOOK).write_text(as_text(notebook), "utf-8")
        (new / "run.json").write_text(sealed({**record, "notebook": file_digest(new / NOTEBOOK)}), "utf-8")
        swap(new, place)


def noted(record: Mapping[str, Any], text: str) -> Mapping[str, Any]:
    """Return a record that tells which bytes the essay has, if its code is what ran."""
    if any(record["key"].get(part) != digest for part, digest in essay_cells.essay_digests(text).items()):
        return record
    return {**record, "provenance": record["provenance"] | {"essay": text_digest(text)}}


def refuse_other_code(file: str, now: Sequence[Cell], executed: Sequence[ExecutedCell]) -> None:
    """Refuse an essay whose code is not what was executed; comments and layout don't count.

    Raises:
        ValueError: a cell of code was added, removed or changed.
    """
    ours, theirs = ([cell for cell in group if holds_code(cell)] for group in (now, executed))
    if len(ours) != len(theirs):
        raise ValueError(f"{file} has {counted(len(ours), 'cell')} of code, its run has {len(theirs)}; run it again")
    for mine, its in zip(ours, theirs, strict=True):
        if essay_cells.code_differs([mine], [its]):
            raise ValueError(f"{file}:{mine.line}: this cell has other code than its run; run it again")


def unexecuted(cell: Cell) -> dict[str, Any]:
    """Return a cell of prose, or one of comments alone, as a notebook stores it, its id apart."""
    metadata = {"tags": list(cell.tags)} if cell.tags else {}
    made = {"metadata": metadata, "source": cell.text.splitlines(keepends=True)}
    if cell.markdown:
        return {"cell_type": "markdown", **made}
    return {"cell_type": "code", "execution_count": None, "outputs": [], **made}
