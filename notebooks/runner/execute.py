"""Execute one essay in a kernel; started by the supervisor as a process of its own.

Usage: python execute.py ESSAY NOTEBOOK SECONDS_PER_CELL SECONDS EVENTS
ESSAY is the percent-format source, NOTEBOOK where the executed copy goes, EVENTS the number of an open file that
hears of progress.
"""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import json
import os
import signal
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import jupytext
import nbformat
from jupyter_client import AsyncKernelManager
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbformat import NotebookNode

Tell = Callable[..., None]


async def execute(notebook: NotebookNode, cell_seconds: float, seconds: float, folder: str, tell: Tell) -> None:
    """Execute all cells within `seconds`; outputs up to a failing cell are kept in `notebook`.

    The kernel talks over sockets in a short temporary folder, and its process group is killed whatever happens.
    """
    with tempfile.TemporaryDirectory(prefix="nb-") as sockets:
        manager = AsyncKernelManager(
            kernel_name="python3", transport="ipc", ip=f"{sockets}/s", connection_file=f"{sockets}/k.json"
        )
        client = NotebookClient(
            notebook,
            km=manager,
            timeout=cell_seconds,
            record_timing=False,
            coalesce_streams=True,
            resources={"metadata": {"path": folder}},
            on_cell_start=lambda **about: tell(started=about["cell_index"]),
            on_cell_executed=lambda **about: tell(done=about["cell_index"]),
        )
        execution = asyncio.ensure_future(client.async_execute())
        try:
            finished, _ = await asyncio.wait({execution}, timeout=seconds)
            if not finished:
                execution.cancel()
                await asyncio.gather(execution, return_exceptions=True)
                raise TimeoutError
            execution.result()
        finally:
            await stop(manager, client)


async def stop(manager: AsyncKernelManager, client: NotebookClient) -> None:
    """Shut the kernel down, with the processes of its group that outlived it."""
    group = getattr(manager.provisioner, "pgid", None)
    await manager.shutdown_kernel(now=True)
    if client.kc:
        client.kc.stop_channels()
    await manager.cleanup_resources()
    if group:
        try:
            os.killpg(group, signal.SIGKILL)
        except ProcessLookupError:
            return


def read(essay: str) -> NotebookNode:
    """Return the essay as a notebook that is the same each time it is read."""
    notebook = jupytext.read(essay, fmt="py:percent")
    notebook.metadata = nbformat.from_dict(
        {
            "kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"},
            "language_info": {"name": "python"},
        }
    )
    for i, cell in enumerate(notebook.cells):
        cell.id = f"c{i}"
    return notebook


def outcome(run: Callable[[], None]) -> dict[str, str]:
    """Return why an execution failed; nothing when it did not."""
    try:
        run()
    except CellTimeoutError:  # before TimeoutError, of which it is a kind
        return {"kind": "timeout", "message": "the cell took longer than a cell may"}
    except CellExecutionError as error:
        return {"kind": "error", "message": f"{error.ename}: {error.evalue}"}
    except TimeoutError:
        return {"kind": "deadline", "message": "the notebook took longer than it may"}
    except DeadKernelError:
        return {"kind": "dead", "message": "the kernel died"}
    return {}


def die_with_parent() -> None:
    """Ask the system to kill this process when the supervisor dies, even by SIGKILL; the kernel follows by itself."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # 1 is PR_SET_PDEATHSIG


def main(essay: str, out: str, cell_seconds: str, seconds: str, events: str) -> int:
    """Execute, write the notebook, tell how it went; return the exit status."""
    with os.fdopen(int(events), "w", encoding="utf-8", buffering=1) as file:

        def tell(**event: object) -> None:
            file.write(json.dumps(event) + "\n")

        notebook = read(essay)
        tell(cells=len(notebook.cells))
        folder = str(Path(out).parent)
        work = execute(notebook, float(cell_seconds), float(seconds), folder, tell)
        failure = outcome(lambda: asyncio.run(work))
        text = json.dumps(shaped(notebook), indent=1, sort_keys=True, ensure_ascii=False) + "\n"
        Path(out).write_text(text, "utf-8")
        if failure:
            tell(failed=failure)
    return 1 if failure else 0


def shaped(notebook: NotebookNode) -> NotebookNode:
    """Return the notebook as nbformat stores it, with texts split into lines and only lasting metadata."""
    notebook.metadata.language_info = nbformat.from_dict({"name": "python"})
    for cell in notebook.cells:
        cell.metadata = nbformat.from_dict({"tags": cell.metadata["tags"]} if cell.metadata.get("tags") else {})
    nbformat.validate(notebook)
    return nbformat.v4.rwbase.split_lines(nbformat.v4.rwbase.strip_transient(notebook))


if __name__ == "__main__":
    die_with_parent()
    sys.exit(main(*sys.argv[1:]))
