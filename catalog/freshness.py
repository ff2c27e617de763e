"""Tell whether a run still belongs to the code, the weights and the runs beside it; standard library alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from catalog.digests import bytes_digest, text_digest
from catalog.essay_cells import ESSAY, cells, code_differs
from catalog.imported_code import Code, unreadable
from catalog.packages import command
from catalog.run_files import OUTPUTS, read_run
from catalog.run_values import RUN_ID
from catalog.runs import UNTRAINED, Run

# How the reason ends for which something else has to be mended first.
CANNOT_BE_READ = f"cannot be read now; {command('check_catalog')} says why"


def run_key(
    root: Path,
    notebook_id: str,
    mode: str,
    seed: int,
    *,
    workflows: Mapping[str, str | None] | None = None,
    reads: Mapping[str, float] | None = None,
    code: Code | None = None,
) -> dict[str, str]:
    """Return the SHA-256 of each part that a run is made from.

    `workflows` maps question ids to `catalog.workflow.spec_digest`; `reads` maps `ID.name` to the value that was read
    from another run. Comments, blank lines and docstrings don't count, nor do `catalog/` and the files named in
    PRESENTATION. A package counts by what pyproject.toml declares of it, not by the version that is installed. The
    weights that a run loads are known only when it has run; the runner adds them. Whoever asks about many runs hands
    the same `code` to each call.

    Raises:
        OSError: the notebook or a file of code cannot be read.
        ValueError: a file of code cannot be parsed.
    """
    code, essay = code or Code(root), f"{notebook_id}.py"
    key = {**code.essay(essay), "mode": text_digest(mode), "seed": text_digest(str(seed))}
    behind = code.behind(essay)
    key |= {part: code.digest(part) for part in behind}
    key |= {f"package:{name}": text_digest(line) for name, line in code.packages((essay, *behind)).items()}
    key |= {f"workflow:{question}": digest for question, digest in (workflows or {}).items()}
    key |= {f"reads:{name}": text_digest(repr(value)) for name, value in (reads or {}).items()}
    return dict(sorted(key.items()))


def freshness(
    run: Run,
    root: Path,
    *,
    workflows: Mapping[str, str | None] | None = None,
    code: Code | None = None,
    runs: Mapping[str, Run | None] | None = None,
    sidecars: bool = True,
) -> tuple[str, ...]:
    """Return why a run no longer belongs to what stands beside it, as sentences; nothing means fresh.

    Pages, the API, the check of the catalog and the runner all ask here. Nobody can rely on a run either whose weights
    lost what tells how they were taught; another run would not mend that, and without `sidecars` it is left out.

    `workflows` maps question ids to the digests of their specs now; without it workflows are not compared, because they
    need more than the standard library to read. A digest of None is that of a workflow that cannot be read now, so that
    nobody knows whether it is the one that ran. Whoever asks about many runs hands the same `code` to each call, and
    with `runs` what was read already: all runs by their ids, None for one that cannot be read, about which nobody can
    tell.
    """
    comparison = _Comparison(root, code or Code(root), workflows, runs, sidecars)
    return tuple(dict.fromkeys(comparison.reasons(run)))


@dataclass(frozen=True)
class _Comparison:
    """What the key of a run is compared with."""

    root: Path
    code: Code
    workflows: Mapping[str, str | None] | None
    runs: Mapping[str, Run | None] | None
    sidecars: bool
    readers: tuple[str, ...] = ()  # the runs that read this one, from the first
    known: dict[tuple[str, ...], bool] = field(default_factory=dict)  # whether a run is stale, by its readers and it
    read: dict[str, Run | None] = field(default_factory=dict)  # the other runs that were read for want of `runs`

    def reasons(self, run: Run) -> Iterator[str]:
        """Yield why a run is stale."""
        try:
            essay = (self.root / "notebooks" / f"{run.id}.py").read_bytes()
            now = self.code_now(run, bytes_digest(essay))
            text = essay.decode("utf-8").replace("\r\n", "\n")
        except (OSError, ValueError) as error:
            yield from unreadable(error).splitlines()
            return
        for part in sorted(set(now) | set(run.key)):
            if part not in ("mode", "seed") and (reason := self.of_part(part, run.key.get(part), now.get(part))):
                yield reason
        same = run.cells is not None and all(run.key.get(part) == now[part] for part in ESSAY)
        if same and code_differs(cells(text), run.cells):
            yield "its executed notebook holds other code than the essay"

    def code_now(self, run: Run, essay: str) -> Mapping[str, str]:
        """Return the parts of the key that are code, as they are now; `essay` is the digest of the essay's bytes.

        One with the bytes that ran is not parsed again. Nor does it import other files, unless one of those changed.
        """
        then = {part: digest for part, digest in run.key.items() if part in ESSAY or part.endswith(".py")}
        same = all(part in then for part in ESSAY) and run.provenance.get("essay") == essay
        if same and all(self.code.same(part, digest) for part, digest in then.items() if part not in ESSAY):
            named = {part: part.partition(":")[2] for part in run.key if part.startswith("package:")}
            lines = {part: self.code.declared.get(name) for part, name in named.items()}
            return then | {part: text_digest(line) for part, line in lines.items() if line is not None}
        return run_key(self.root, run.id, run.mode, 0, code=self.code)

    def of_part(self, part: str, then: str | None, now: str | None) -> str:
        """Say why one part is not what it was, or nothing."""
        kind, _, name = part.partition(":")
        if kind == "official":
            return ""  # the file is not ours: nothing here to compare with
        if kind == "workflow":
            return self.of_workflow(name, then)
        if kind == "reads":
            return self.of_read(name, then)
        if kind == "package":
            return self.of_package(name, then, now)
        if part.startswith(UNTRAINED):
            file = f"weights/{name}.safetensors"
            return f"{file} was not there when it ran" if self.code.weights(file) else ""
        if part.startswith("weights/"):
            return self.of_weights(part, then)
        return _of_code(part, then, now)

    def of_workflow(self, question: str, then: str | None) -> str:
        """Say why a workflow is not the one that ran, or why nobody can say that it is."""
        now = then if self.workflows is None else self.workflows.get(question, "")
        if now is None:
            return f"the workflow of {question} {CANNOT_BE_READ}"
        return "" if now == then else f"the workflow of {question} changed after this run"

    def of_read(self, name: str, then: str | None) -> str:
        """Say why a result of another run, `ID.name`, is not what it was, or not to be relied on."""
        run_id = name.partition(".")[0]
        if self.read_value(name) not in (None, then):
            return f"{name}, which this run reads, changed after it"
        if (run := self.run(run_id)) and not run.sealed:
            return f"{run_id}, which this run reads, was changed by hand"
        return f"{run_id}, which this run reads, is stale" if self.is_stale(run_id) else ""

    def of_package(self, name: str, then: str | None, now: str | None) -> str:
        """Say why a package is not declared or imported as it was."""
        if now is None and name not in self.code.declared:
            return f"pyproject.toml no longer declares {name}"
        if then is None or now is None:
            return _imported(name, then)
        return "" if then == now else f"pyproject.toml declares another {name}"

    def of_weights(self, file: str, then: str | None) -> str:
        """Say why a file of weights is not the one that was loaded, or why nobody can rely on what is told of it."""
        now = self.code.weights(file)
        if now is None:
            return f"{file} is missing"
        if now != then:
            return f"{file} changed after this run"
        return next(iter(self.code.not_vouched_for(file)), "") if self.sidecars else ""

    def read_value(self, name: str) -> str | None:
        """Return the digest of a result of another run as it is now: "" if it is gone, None if nobody can tell."""
        run_id, _, result = name.partition(".")
        if not self.is_there(run_id):
            return ""
        run = self.run(run_id)
        if run is None:
            return None
        return text_digest(repr(run.results[result].value)) if result in run.results else ""

    def is_stale(self, run_id: str) -> bool:
        """Tell whether another run is stale itself, as far as anybody can tell; none is through its own readers."""
        readers = (*self.readers, run_id)  # a run is asked about once for each result that is read from it
        if readers not in self.known:
            run = None if run_id in self.readers else self.run(run_id)
            self.known[readers] = run is not None and any(replace(self, readers=readers).reasons(run))
        return self.known[readers]

    def run(self, run_id: str) -> Run | None:
        """Return another run, None if it cannot be read; where one of its files cannot, its record alone."""
        if self.runs is not None:
            return self.runs.get(run_id)
        if run_id not in self.read:
            tries = (read_run(self.folder(run_id), run_id, files=files)[0] for files in (True, False))
            self.read[run_id] = next(filter(None, tries), None)
        return self.read[run_id]

    def is_there(self, run_id: str) -> bool:
        """Tell whether there is a run, which may be unreadable."""
        if self.runs is not None:
            return run_id in self.runs
        return RUN_ID.fullmatch(run_id) is not None and self.folder(run_id).is_dir()

    def folder(self, run_id: str) -> Path:
        """Return the folder of a run."""
        return self.root / OUTPUTS / run_id


def _of_code(part: str, then: str | None, now: str | None) -> str:
    """Say why a part of the essay, or a file that it imports, is not what it was."""
    if then == now:
        return ""
    if part in ESSAY:
        return f"its {part} changed after this run"
    return _imported(part, then) if then is None or now is None else f"{part} changed after this run"


def _imported(name: str, then: str | None) -> str:
    """Say what is new of a file or package that is imported only now, or was only then."""
    return f"{name} was not imported by this run" if then is None else f"{name} is no longer imported"
