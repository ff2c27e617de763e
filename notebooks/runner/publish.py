"""Turn what an execution left in a temporary folder into a run, check it, and put it in place as a whole."""

from __future__ import annotations

import datetime
import itertools
import json
import shutil
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from catalog.digests import file_digest
from catalog.private_text import HOME, secret_in
from catalog.run_files import NOTEBOOK, read_run
from catalog.seal import sealed
from catalog.whole_folder import bring_back
from runner.beside import left_beside
from runner.order import NOTE

RECORD = "record.json"  # where lab keeps what an essay found
TRACEBACK = "Traceback (most recent call last)"
PARTS = {"results": dict, "figures": dict, "trace": list, "provenance": dict}
PARTS |= {"weights": dict, "workflows": dict, "reads": dict}


class PublishError(ValueError):
    """The execution ended well, but what it left cannot be published; the message says why."""


def finish(
    folder: Path, run_id: str, mode: str, key: Mapping[str, str], provenance: Mapping[str, Any], private: Sequence[str]
) -> None:
    """Write run.json from the essay's record, and remove all that no run needs; `private` are folders of this machine.

    Raises:
        PublishError: the record is missing or wrong, or a file holds a path of this machine.
    """
    record = recorded(folder)
    run = {
        "id": run_id,
        "mode": mode,
        "key": dict(key),
        "results": record["results"],
        "figures": record["figures"],
        "trace": record["trace"],
        "provenance": record["provenance"] | dict(provenance) | {"date": today()},
    }
    run["notebook"] = file_digest(folder / NOTEBOOK)
    text = sealed(run)
    keep(folder, {NOTEBOOK, *(figure["file"] for figure in record["figures"].values())})
    (folder / "run.json").write_text(text, "utf-8")
    refuse_paths(folder, private)
    _, problems = read_run(folder, f"{run_id}/run.json")
    if problems:
        raise PublishError("\n".join(map(str, problems)))


def recorded(folder: Path) -> dict[str, Any]:
    """Return what an essay recorded in the folder of its run.

    Raises:
        PublishError: it recorded nothing, or a cell changed the record by other means than lab.
    """
    path = folder / RECORD
    if not path.is_file():
        raise PublishError("the essay recorded nothing; call lab.result or lab.figure")
    try:
        record = json.loads(path.read_text("utf-8"))
        whole = all(isinstance(record.get(part, kind()), kind) for part, kind in PARTS.items())
    except (ValueError, AttributeError):
        whole = False
    if not whole:
        raise PublishError(f"{RECORD} is not what lab.result and lab.figure write; let no cell write to it")
    return {part: kind() for part, kind in PARTS.items()} | record


def today() -> str:
    """Return the day, in UTC."""
    return datetime.datetime.now(datetime.UTC).date().isoformat()


def keep(folder: Path, wanted: Collection[str]) -> None:
    """Remove all but the wanted files of a folder; links are removed, not followed."""
    for path in folder.iterdir():
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        elif path.name not in wanted:
            path.unlink()


def refuse_paths(folder: Path, private: Sequence[str]) -> None:
    """Refuse texts that name folders of this machine, or hold what looks like a key or a token.

    Raises:
        PublishError: one does; the message names the cell.
    """
    here = {*private} - {"", "/", "/root"}
    for name, value in texts(folder):
        lines = [line for text in strings(value) for line in text.splitlines()]
        if secret := next(filter(None, map(secret_in, lines)), ""):
            raise PublishError(f"{name}: {secret}, and take it out")
        if said := next((line for line in lines if HOME.search(line) or any(place in line for place in here)), ""):
            if reason := traced_back(lines):
                raise PublishError(f"{name}: it printed a traceback, so something failed: {reason}")
            raise PublishError(f"{name}: an output names a folder of this machine: {said.strip()[:120]}")


def traced_back(lines: Sequence[str]) -> str:
    """Return what the first traceback among printed lines says was raised; nothing where there is none."""
    begun = itertools.dropwhile(lambda line: not line.lstrip().startswith(TRACEBACK), lines)
    return next((line.strip()[:200] for line in begun if line[:1].strip() and not line.startswith(TRACEBACK)), "")


def texts(folder: Path) -> Iterator[tuple[str, Any]]:
    """Yield what a run says, with where it says so: its record, then each cell of the essay as it was executed."""
    yield "run.json", json.loads((folder / "run.json").read_text("utf-8"))
    cells = json.loads((folder / NOTEBOOK).read_text("utf-8"))["cells"]
    for number, cell in enumerate((cell for cell in cells if cell.get("id") != NOTE), start=1):
        begins = next((line.strip() for line in cell["source"] if line.strip()), "")[:60]
        yield f"{NOTEBOOK}: cell {number} ({begins})", cell


def strings(value: Any) -> Iterator[str]:
    """Yield every text in a JSON value, the names of members too."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        yield from (text for pair in value.items() for part in pair for text in strings(part))
    elif isinstance(value, Sequence):
        yield from (text for part in value for text in strings(part))


def clear(outputs: Path, run_id: str) -> None:
    """Bring back a run that a killed swap left aside, and remove what killed executions left."""
    bring_back(outputs / run_id)
    for left in left_beside(outputs / run_id):
        shutil.rmtree(left, ignore_errors=True)
