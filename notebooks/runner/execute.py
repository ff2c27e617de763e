"""Execute one essay in a kernel; started by the supervisor as a process of its own.

Usage: python -m runner.execute ORDER
ORDER is the JSON text of an Order.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import os
import re
import resource
import select
import signal
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import jupytext
import nbformat
from jupyter_client import AsyncKernelManager
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbformat import NotebookNode

from catalog.executed import without_places
from runner import leftovers, processes
from runner.order import CELL_BYTES, NOTE, NOTEBOOK_BYTES, Order

Tell = Callable[..., None]
NO_INPUT = "StdinNotImplementedError"  # what a kernel raises where a cell calls input() and no client may answer
OUT_OF_MEMORY = ("MemoryError", "OutOfMemoryError", "can't allocate memory", "out of memory", "bad_alloc")
FORM = {"extension": ".py", "format_name": "percent", "comment_magics": False}  # a comment is never a command
FAREWELL = 10.0  # seconds that a kernel gets to end by itself
KERNEL = [sys.executable, "-P", "-m", "runner.kernel", "-f", "{connection_file}"]
COLOUR = re.compile(r"\x1b\[[0-9;]*m")
LINE = re.compile(r"^Cell In\[\d+\], line (\d+)", re.MULTILINE)  # in a traceback, the failing cell's own line first


class StoppedError(Exception):
    """The execution was ended from outside its cells: `kind` and message say why."""

    def __init__(self, kind: str, message: str) -> None:
        """Keep kind and message."""
        super().__init__(message)
        self.kind = kind


class Client(NotebookClient):
    """A client that tells of progress and counts the bytes that cells put out."""

    def __init__(self, notebook: NotebookNode, tell: Tell, **settings: Any) -> None:
        """Begin with nothing put out; `tell` hears when a cell begins and when it has ended."""
        super().__init__(
            notebook,
            on_cell_start=lambda **about: self.begun(about["cell_index"]),
            on_cell_executed=lambda **about: tell(done=about["cell_index"]),
            store_widget_state=False,  # of what no page shows; in the notebook nobody would count or examine it
            **settings,
        )
        self.tell, self.in_cell, self.in_all = tell, 0, 0
        self.flooded: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    def begun(self, index: int) -> None:
        """Begin to count anew."""
        self.in_cell = 0
        self.tell(started=index)

    def process_message(self, msg: dict[str, Any], cell: NotebookNode, cell_index: int) -> NotebookNode | None:
        """Count an output before it is kept; after the first that is too much none is."""
        size = size_of(msg)
        self.in_cell, self.in_all = self.in_cell + size, self.in_all + size
        for put_out, most, where in ((self.in_cell, CELL_BYTES, "a cell"), (self.in_all, NOTEBOOK_BYTES, "a notebook")):
            if put_out > most and not self.flooded.done():
                self.flooded.set_result(f"it put out more than the {most:,} bytes {where} may; print less")
        if self.flooded.done() and size:
            return None
        return super().process_message(msg, cell, cell_index)


def size_of(message: Mapping[str, Any]) -> int:
    """Return how many bytes of output a message of the kernel holds."""
    content = message["content"]
    put_out: Iterable[object] = ()
    if message["msg_type"] in ("display_data", "execute_result", "update_display_data"):
        put_out = (*content["data"].values(), *content.get("metadata", {}).values())
    elif message["msg_type"] == "error":
        put_out = content["traceback"]
    elif message["msg_type"] == "stream":
        put_out = (content["text"],)
    return sum(len(str(value).encode(errors="replace")) for value in put_out)


async def execute(notebook: NotebookNode, order: Order, tell: Tell) -> None:
    """Execute all cells; outputs up to a failing cell are kept in `notebook`, and nothing of it stays alive.

    Raises:
        StoppedError: it took too long, put out too much, lost its kernel, or the supervisor is gone.
        CellExecutionError: a cell failed.
        CellTimeoutError: a cell took too long.
    """
    manager = AsyncKernelManager(
        kernel_name="python3", transport="ipc", ip=f"{order.sockets}/s", connection_file=f"{order.sockets}/k.json"
    )
    manager.kernel_spec.argv = KERNEL
    client = Client(
        notebook,
        tell,
        km=manager,
        timeout=order.cell_seconds,
        record_timing=False,
        force_raise_errors=True,
        resources={"metadata": {"path": str(Path(order.notebook).parent)}},
    )
    try:
        await race(asyncio.ensure_future(client.async_execute()), client.flooded, orphaned(order.life), order.seconds)
        await leave(manager)
    except DeadKernelError as error:
        raise StoppedError("dead", f"the kernel died: {epitaph(manager)}") from error
    finally:
        await stop(manager, client)


async def race(execution: asyncio.Future, flooded: asyncio.Future, alone: asyncio.Future, seconds: float) -> None:
    """Wait for the end of the execution, or for what ends it early.

    Raises:
        StoppedError: something else was first.
    """
    await asyncio.wait({execution, flooded, alone}, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    if not flooded.done() and not alone.done() and execution.done():
        return execution.result()
    execution.cancel()
    await asyncio.gather(execution, return_exceptions=True)
    if alone.done():
        raise StoppedError("orphaned", "the runner is gone")
    if flooded.done():
        raise StoppedError("flood", flooded.result())
    raise StoppedError("deadline", f"the notebook took longer than {seconds:,g} s; --seconds allows more")


def orphaned(life: int) -> asyncio.Future:
    """Return a future that is done when the supervisor has ended, even by SIGKILL: its end of the pipe closes."""
    loop = asyncio.get_running_loop()
    gone = loop.create_future()

    def ended() -> None:
        loop.remove_reader(life)
        gone.set_result(None)

    loop.add_reader(life, ended)
    return gone


def is_alone(life: int) -> bool:
    """Tell whether the supervisor has ended by now, even after the last cell; nobody writes to the pipe."""
    return bool(select.select([life], [], [], 0)[0])


def epitaph(manager: AsyncKernelManager) -> str:
    """Return how the kernel's process ended."""
    process = getattr(manager.provisioner, "process", None)
    status = process.poll() if process else None
    if status is None:
        return "nobody knows how"
    if status >= 0:
        return f"it ended itself with status {status}"
    ending = f"signal {-status} ({signal.Signals(-status).name}) ended it"
    return ending + (", as the system does when memory runs out" if -status == signal.SIGKILL else "")


async def leave(manager: AsyncKernelManager) -> None:
    """Ask a kernel that executed all cells to end; what it still does may keep it, until it is killed.

    Raises:
        StoppedError: it was dead by then, or ended otherwise than in order.
    """
    process, ends = manager.provisioner.process, time.monotonic() + FAREWELL
    if process.poll() is None:
        await manager.request_shutdown()
    while process.poll() is None and time.monotonic() < ends:
        await asyncio.sleep(0.05)
    if process.poll():
        raise StoppedError("dead", f"the kernel died after its last cell: {epitaph(manager)}")


async def stop(manager: AsyncKernelManager, client: NotebookClient) -> None:
    """Shut the kernel down, with all processes below this one."""
    await manager.shutdown_kernel(now=True)
    if client.kc:
        client.kc.stop_channels()
    await manager.cleanup_resources()
    processes.end(os.environ[processes.TOKEN], os.getpid())


def read(essay: str) -> NotebookNode:
    """Return the essay as a notebook that is the same each time it is read."""
    notebook = jupytext.read(essay, fmt=FORM)
    notebook.metadata = nbformat.from_dict(
        {
            "kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"},
            "language_info": {"name": "python"},
        }
    )
    for i, cell in enumerate(notebook.cells):
        cell.id = f"c{i}"
    return notebook


def outcome(run: Callable[[], None], order: Order) -> dict[str, str]:
    """Return why an execution failed; nothing when it did not."""
    try:
        run()
    except CellTimeoutError:
        limit = f"{order.cell_seconds:,g} s"
        return {"kind": "timeout", "message": f"the cell took longer than {limit}; --cell-seconds allows more"}
    except CellExecutionError as error:
        lines = LINE.findall(COLOUR.sub("", error.traceback))
        return reason(error.ename, error.evalue, order) | ({"line": lines[0]} if lines else {})
    except StoppedError as error:
        return {"kind": error.kind, "message": str(error)}
    return {}


def reason(name: str, value: str, order: Order) -> dict[str, str]:
    """Return why a cell failed, by the name and the text of what it raised."""
    said = f"{name}: {value}".removesuffix(": ")
    if name == NO_INPUT:
        message = "it asks for input, and nobody is there to answer; set the value in the code"
        return {"kind": "input", "message": message}
    if any(word in said for word in OUT_OF_MEMORY):
        limit = f"{order.memory_bytes / 2**30:,.3g} GB"
        return {"kind": "memory", "message": f"memory ran out ({said}); a process may have {limit} (--memory)"}
    return {"kind": "error", "message": said}


def confine(memory_bytes: int) -> None:
    """Limit the memory of this process and of all below it, and let the system end these before any other."""
    _, hard = resource.getrlimit(resource.RLIMIT_DATA)
    most = memory_bytes if hard == resource.RLIM_INFINITY else min(memory_bytes, hard)
    resource.setrlimit(resource.RLIMIT_DATA, (most, most))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000")


def main(text: str) -> int:
    """Execute, write the notebook, tell how it went; return the exit status.

    The folder of the sockets serves nobody any more then, and its supervisor may be killed before it removes it.
    """
    order = Order.read(text)
    try:
        return carry_out(order)
    finally:
        leftovers.remove(order.leftovers if is_alone(order.life) else [order.sockets])


def carry_out(order: Order) -> int:
    """Do the same, but for what is left then."""
    processes.adopt_orphans()
    confine(order.memory_bytes)

    def tell(**event: object) -> None:
        with contextlib.suppress(BrokenPipeError):  # nobody listens any more
            os.write(order.events, f"{json.dumps(event)}\n".encode())

    notebook = read(order.essay)
    tell(cells=len(notebook.cells))
    failure = outcome(lambda: asyncio.run(execute(notebook, order, tell)), order)
    tell(cpu_seconds=cpu_seconds())
    if not failure:
        failure = written(noted(notebook, order.note), Path(order.notebook))
    if failure:
        tell(failed=failure)
    return 1 if failure else 0


def cpu_seconds() -> float:
    """Return the seconds that processors spent on the kernel and on what it waited for, all threads together."""
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)  # the kernel is the only child, and has ended
    return spent.ru_utime + spent.ru_stime


def written(notebook: NotebookNode, path: Path) -> dict[str, str]:
    """Write the executed notebook; return why that failed, nothing when it did not."""
    text = json.dumps(shaped(notebook), indent=1, sort_keys=True, ensure_ascii=False) + "\n"
    try:
        path.unlink(missing_ok=True)  # what a cell put there may be a link to somewhere else
        path.write_text(text, "utf-8")
    except OSError as error:
        return {"kind": "disk", "message": f"{path.name} cannot be written: {error.strerror}"}
    return {}


def noted(notebook: NotebookNode, note: str) -> NotebookNode:
    """Return the notebook with a note above its cells, if there is one."""
    if note:
        notebook.cells.insert(0, nbformat.v4.new_markdown_cell(note, id=NOTE))
    return notebook


def shaped(notebook: NotebookNode) -> NotebookNode:
    """Return the notebook as nbformat stores it, with texts split into lines and only lasting metadata."""
    notebook.metadata.language_info = nbformat.from_dict({"name": "python"})
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = joined(cell.outputs)
            for output in cell.outputs:
                keep_no_places(output)
        cell.metadata = nbformat.from_dict({"tags": cell.metadata["tags"]} if cell.metadata.get("tags") else {})
    nbformat.validate(notebook)
    return nbformat.v4.rwbase.split_lines(nbformat.v4.rwbase.strip_transient(notebook))


def joined(outputs: Sequence[NotebookNode]) -> list[NotebookNode]:
    """Return outputs with each run of messages to one stream as one, so that their number does not depend on time."""
    found: list[NotebookNode] = []
    for (kind, name), some in itertools.groupby(outputs, key=lambda o: (o.output_type, o.get("name"))):
        if kind == "stream":
            text = "".join(output.text for output in some)
            lines = map(last_state, text.split("\n"))
            found.append(nbformat.v4.new_output("stream", name=name, text="\n".join(lines)))
        else:
            found += some
    return found


def keep_no_places(output: NotebookNode) -> None:
    """Take out of an output's plain texts where objects lay in memory, so that each run puts out the same."""
    for texts, name in ((output, "text"), (output.get("data", {}), "text/plain")):
        if name in texts:
            texts[name] = without_places(texts[name])


def last_state(line: str) -> str:
    """Return what a line shows in the end: what stands after its last carriage return, less what was taken back."""
    line = line.rstrip("\r").rpartition("\r")[2]
    if "\b" not in line:
        return line
    kept: list[str] = []
    for letter in line:
        if letter != "\b":
            kept.append(letter)
        elif kept:
            kept.pop()
    return "".join(kept)


if __name__ == "__main__":
    ended = main(sys.argv[1])
    sys.stderr.flush()
    os._exit(ended)  # what Python does at its end takes time, in which nobody looks whether the supervisor lives
