"""Turn what an execution left in a temporary folder into a run, check it, and put it in place as a whole."""

from __future__ import annotations

import datetime
import json
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from catalog.run_files import read_run
from catalog.whole_folder import bring_back


class PublishError(ValueError):
    """The execution ended well, but what it left cannot be published; the message says why."""


def finish(
    folder: Path, run_id: str, mode: str, key: Mapping[str, str], provenance: Mapping[str, Any], private: Sequence[str]
) -> None:
    """Write run.json from the essay's record, and remove all that no run needs; `private` are folders of this machine.

    Raises:
        PublishError: the record is missing or wrong, or a file holds a path of this machine.
    """
    path = folder / "record.json"
    if not path.is_file():
        raise PublishError("the essay recorded nothing; call lab.result or lab.figure")
    record = json.loads(path.read_text("utf-8"))
    run = {
        "id": run_id,
        "mode": mode,
        "key": dict(key),
        "results": record["results"],
        "figures": record["figures"],
        "trace": record["trace"],
        "provenance": record["provenance"] | dict(provenance) | {"date": today()},
    }
    text = json.dumps(run, indent=1, sort_keys=True, ensure_ascii=False, allow_nan=False) + "\n"
    (folder / "run.json").write_text(text, "utf-8")
    wanted = {"run.json", "notebook.ipynb", *(figure["file"] for figure in record["figures"].values())}
    for other in folder.iterdir():
        if other.name not in wanted:
            shutil.rmtree(other) if other.is_dir() else other.unlink()
    refuse_paths(folder, private)
    _, problems = read_run(folder, f"{run_id}/run.json")
    if problems:
        raise PublishError("\n".join(map(str, problems)))


def today() -> str:
    """Return the day, in UTC."""
    return datetime.datetime.now(datetime.UTC).date().isoformat()


def refuse_paths(folder: Path, private: Sequence[str]) -> None:
    """Refuse texts that name folders of this machine.

    Raises:
        PublishError: one does.
    """
    here = {*private} - {"", "/", "/root"}
    for path in (folder / "run.json", folder / "notebook.ipynb"):
        text = path.read_text("utf-8")
        for line, content in enumerate(text.splitlines(), start=1):
            if any(place in content for place in here):
                raise PublishError(
                    f"{path.name}:{line}: an output names a folder of this machine: {content.strip()[:120]}"
                )


def clear(outputs: Path, run_id: str) -> None:
    """Bring back a run that a killed swap left aside, and remove what killed executions left."""
    bring_back(outputs / run_id)
    for left in outputs.glob(f".{run_id}.*"):
        shutil.rmtree(left, ignore_errors=True)
