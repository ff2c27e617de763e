"""Which committed runs belong to the essays, the code and the workflows beside them.

Needs no notebook package, so that the state of runs can be told where none is installed.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from catalog.cpu_essays import on_cpu_alone
from catalog.foreign_files import foreign_files
from catalog.freshness import freshness
from catalog.imported_code import Code
from catalog.load import load
from catalog.run_files import NOTEBOOK, OUTPUTS, read_run, run_ids
from catalog.runs import Run
from catalog.stale import workflow_digests
from runner import essay
from runner.printed import printed_otherwise
from runner.prose import BY_HAND

Specs = Mapping[str, str | None] | None


def specs_now(root: Path) -> Specs:
    """Return the digest of each question's workflow, None for one that cannot be read; None if no question can."""
    catalog, _ = load(root)
    return workflow_digests(catalog) if catalog else None


def lock_file(run_id: str, root: Path) -> Path:
    """Return the lock that whoever changes a run holds."""
    return root / ".cache" / "locks" / f"{run_id}.lock"


def refused(error: OSError, otherwise: str) -> str:
    """Return what the system refused, as a sentence; `otherwise` is named where the system names no file."""
    file = Path(error.filename).name if error.filename else otherwise
    return f"{file} cannot be read or written: {error.strerror or error}"


def stale(run_id: str, root: Path, specs: Specs, code: Code | None = None, *, sidecars: bool = True) -> list[str]:
    """Return why the committed run does not belong to what stands beside it, or was changed by hand; else nothing.

    Whoever asks about many runs at one moment hands the same `code` to each call. Without `sidecars` what another run
    would not mend is left out.
    """
    folder = root / OUTPUTS / run_id
    if not folder.exists():
        return ["it has never been run"]
    run, problems = read_run(folder, f"{OUTPUTS}/{run_id}/run.json")
    if run is None:
        return [str(problem) for problem in problems]
    return stale_run(run, "full", root, specs, code, sidecars=sidecars)


def stale_run(
    run: Run, mode: str, root: Path, specs: Specs, code: Code | None = None, *, sidecars: bool = True
) -> list[str]:
    """Return why a run, wherever it lies, is none of what stands in the repository in that mode; else nothing."""
    reasons = [] if run.mode == mode else [f"it was a {run.mode} run"]
    reasons += [] if run.sealed else [BY_HAND]
    reasons += freshness(run, root, workflows=specs, code=code, sidecars=sidecars)
    return reasons or list(printed_otherwise(run, root))


def foreign(root: Path) -> list[str]:
    """Return which files lie among runs and weights and belong to none, as sentences."""
    runs = {id: read_run(root / OUTPUTS / id, f"{OUTPUTS}/{id}/run.json", files=False)[0] for id in run_ids(root)}
    return [f"{file}: {sentence}" for file, sentence in foreign_files(root, runs)]


def lacks_gpu(run_id: str, root: Path, device: str) -> bool:
    """Tell whether a GPU is asked for by its name (cuda or cuda:N), and the committed run was made without one.

    An essay that computes on the CPU alone lacks none.
    """
    if not device.startswith("cuda") or on_cpu_alone(run_id, root):
        return False
    run, _ = read_run(root / OUTPUTS / run_id, f"{OUTPUTS}/{run_id}/run.json", files=False)
    return run is not None and run.on_cpu


def out_of_date(run_id: str, root: Path, specs: Specs, code: Code | None = None) -> list[str]:
    """Return the same, and whether its prose was edited since."""
    reasons = stale(run_id, root, specs, code)
    if reasons:
        return reasons
    written, executed = root / "notebooks" / f"{run_id}.py", root / OUTPUTS / run_id / NOTEBOOK
    differs = essay.prose_differs(written, executed)
    return ["its prose changed after this run; run_notebooks --sync puts it in place"] if differs else []
