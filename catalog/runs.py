"""Read what runs of notebooks left behind, as untrusted input, with the means to tell whether they are still fresh.

Standard library alone, so that `run_notebooks --check` works where torch is not installed.
"""

from __future__ import annotations

import ast
import hashlib
import json
import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from catalog.pictures import picture_problems, raster_size
from catalog.problems import Problem

OUTPUTS = "notebooks/outputs"
LARGEST_RECORD = 2**20  # bytes of run.json
LARGEST_RUN = 2 * 2**20  # bytes of a whole run
DEEPEST = 12  # brackets inside brackets
ORIGINS = ("official", "trained here", "untrained", "none")  # "none": no network drew this figure
PRESENTATION = ("lab/record.py", "lab/workflow.py", "lab/progress.py", "lab/style.py")  # they change no number

_RUN_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_NAME = re.compile(r"[a-z0-9]+([_-][a-z0-9]+)*")
_FILE = re.compile(r"[a-z0-9]+([._-][a-z0-9]+)*\.(png|webp|svg)")
_PLACEHOLDER = re.compile(r"data:image/(png|webp|jpeg);base64,[A-Za-z0-9+/]+={0,2}")
_DIGEST = re.compile(r"[0-9a-f]{64}")
_INVISIBLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff\ud800-\udfff]")


# --- what a run holds ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Result:
    """A measured number: `metric` is a word of the vocabulary, `kind` is exact or measured (time, memory)."""

    value: float
    metric: str
    unit: str
    kind: str
    says: str


@dataclass(frozen=True)
class Figure:
    """A picture or plot: `file` lies in the run's folder; `width` and `height` are pixels.

    `partner` names the figure it is compared with; `placeholder` is a tiny blurred data address; `weights` is one of
    ORIGINS.
    """

    file: str
    width: int
    height: int
    alt: str
    caption: str
    partner: str | None
    weights: str
    placeholder: str | None


@dataclass(frozen=True)
class TraceStep:
    """What one step of a workflow really did.

    Shapes by port (empty for text), seconds, bytes at the peak, device, origin of the weights (one of ORIGINS).
    """

    step: str
    run: str
    inputs: Mapping[str, tuple[int, ...]]
    outputs: Mapping[str, tuple[int, ...]]
    seconds: float
    peak_bytes: int | None
    device: str
    weights: str


@dataclass(frozen=True)
class Run:
    """One execution of a notebook; `file` and `folder` are paths from the repository's root with forward slashes."""

    id: str
    mode: str
    key: Mapping[str, str]
    results: Mapping[str, Result]
    figures: Mapping[str, Figure]
    trace: tuple[TraceStep, ...]
    provenance: Mapping[str, Any]
    file: str = ""

    @property
    def folder(self) -> str:
        """The folder that holds run.json, the figures and notebook.ipynb."""
        return self.file.rpartition("/")[0]


# --- reading ---------------------------------------------------------------------------------------------------------


def read_runs(root: Path) -> tuple[dict[str, Run], list[Problem]]:
    """Read `notebooks/outputs/*/run.json`, sorted by id, with all problems; a run with a problem is left out."""
    runs: dict[str, Run] = {}
    problems: list[Problem] = []
    outputs = root / OUTPUTS
    for folder in sorted(outputs.iterdir()) if outputs.is_dir() else ():
        if folder.name.startswith(".") or not (folder.is_dir() or folder.is_symlink()):
            continue
        run, found = read_run(folder, f"{OUTPUTS}/{folder.name}/run.json")
        problems += found
        if run is not None:
            runs[run.id] = run
    return runs, problems


def read_run(folder: Path, file: str) -> tuple[Run | None, list[Problem]]:
    """Read one run from `folder`; `file` is how problems name its run.json."""
    text, problem = _read_record(folder, file)
    if problem:
        return None, [problem]
    try:
        data = json.loads(text, object_pairs_hook=_no_duplicates, parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        message = f"this is not JSON: {error.msg}; run the notebook again"
        return None, [Problem(file, error.lineno, error.colno, "", message)]
    except (ValueError, RecursionError) as error:
        return None, [Problem(file, 1, 1, "", f"{error}; run the notebook again")]
    reader = _Reader(file, text, folder)
    run = reader.run(data)
    return (None, reader.problems) if reader.problems else (run, [])


def _read_record(folder: Path, file: str) -> tuple[str, Problem | None]:
    """Return the text of run.json, or the reason why it may not be read."""
    path = folder / "run.json"
    if folder.is_symlink() or path.is_symlink():
        return "", Problem(file, 1, 1, "", "a run may not be a link; put the files themselves there")
    if not path.is_file():
        return "", Problem(file, 1, 1, "", "the file is missing; run the notebook again or remove the folder")
    if path.stat().st_size > LARGEST_RECORD:
        size = path.stat().st_size
        return "", Problem(file, 1, 1, "", f"the file has {size:,} bytes; at most {LARGEST_RECORD:,} are allowed")
    try:
        text = path.read_bytes().decode("utf-8")
    except UnicodeDecodeError as error:
        return "", Problem(file, 1, 1, "", f"byte {error.start} is not UTF-8; run the notebook again")
    if _depth(text) > DEEPEST:
        return "", Problem(file, 1, 1, "", f"brackets lie deeper than {DEEPEST}; run the notebook again")
    return text, None


def _depth(text: str) -> int:
    """Return how deep brackets lie inside brackets, those inside strings counted too (which only errs to refusal)."""
    deepest = depth = 0
    for bracket in re.findall(r"[][{}]", text):
        depth += 1 if bracket in "[{" else -1
        deepest = max(deepest, depth)
    return deepest


def _no_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Build an object, refusing a key that stands twice."""
    made = dict(pairs)
    if len(made) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"the key {twice!r} stands twice")
    return made


def _no_constant(word: str) -> float:
    """Refuse NaN and Infinity."""
    raise ValueError(f"{word} is not a number")


@dataclass
class _Reader:
    """Checks the values of one run.json, collecting every problem with its line."""

    file: str
    text: str
    folder: Path
    problems: list[Problem] = field(default_factory=list)

    def wrong(self, message: str, *path: str | int) -> None:
        """Note a problem at `path`."""
        at = 0
        for name in path:
            if isinstance(name, str):
                at = max(at, self.text.find(json.dumps(name, ensure_ascii=False) + ":", at))
        line = self.text.count("\n", 0, at) + 1
        column = at - self.text.rfind("\n", 0, at)
        self.problems.append(Problem(self.file, line, column, ".".join(map(str, path)), message))

    def members(self, data: Any, names: str, *path: str | int) -> Mapping[str, Any]:
        """Return an object that has exactly these members, or an empty one."""
        wanted = names.split()
        if not isinstance(data, dict):
            self.wrong(f"an object is wanted (got {_kind(data)})", *path)
            return {}
        for name in wanted:
            if name not in data:
                self.wrong(f"{name!r} is missing; run the notebook again", *path)
        for name in data:
            if name not in wanted:
                self.wrong(f"this member is unknown; allowed are {', '.join(wanted)}", *path, name)
        return data if all(name in data for name in wanted) else {}

    def named(self, data: Any, *path: str | int) -> Iterator[tuple[str, Any]]:
        """Yield the members of an object whose names are ours to choose."""
        if not isinstance(data, dict):
            self.wrong(f"an object is wanted (got {_kind(data)})", *path)
            return
        for name, value in data.items():
            if len(name) <= 80 and _NAME.fullmatch(name):
                yield name, value
            else:
                self.wrong("a name has small letters, digits, _ and - only, at most 80", *path, name)

    def words(self, value: Any, *path: str | int, longest: int = 2000, empty: bool = False) -> str:
        """Return a text without invisible characters."""
        if not isinstance(value, str):
            self.wrong(f"a text is wanted (got {_kind(value)})", *path)
        elif len(value) > longest or not (value.strip() or empty):
            self.wrong(f"a text of 1 to {longest} characters is wanted (got {len(value)})", *path)
        elif _INVISIBLE.search(value):
            self.wrong("the text has an invisible character; take it out", *path)
        else:
            return value
        return ""

    def number(self, value: Any, *path: str | int, least: float = -math.inf, whole: bool = False) -> Any:
        """Return a finite number, whole if asked, not below `least`."""
        if isinstance(value, bool) or not isinstance(value, int if whole else (int, float)):
            self.wrong(f"a {'whole ' if whole else ''}number is wanted (got {_kind(value)})", *path)
        elif not -1e300 < value < 1e300 or value < least:
            self.wrong(f"the number is out of range (got {value})", *path)
        else:
            return value
        return 1

    def choice(self, value: Any, allowed: Iterable[str], *path: str | int) -> str:
        """Return one of the allowed words."""
        if not isinstance(value, str) or value not in allowed:
            self.wrong(f"one of {', '.join(allowed)} is wanted (got {str(value)[:80]!r})", *path)
            return ""
        return value

    def run(self, data: Any) -> Run:
        """Check the whole record."""
        data = self.members(data, "id mode key results figures trace provenance")
        if not data:
            return Run("", "", {}, {}, {}, (), {})
        if not isinstance(data["id"], str) or data["id"] != self.folder.name or not _RUN_ID.fullmatch(data["id"]):
            self.wrong(f"the id must be the folder's name {self.folder.name!r} (got {str(data['id'])[:80]!r})", "id")
        results = {name: self.result(value, name) for name, value in self.named(data["results"], "results")}
        figures = {name: self.figure(value, name) for name, value in self.named(data["figures"], "figures")}
        self.partners(figures)
        self.weigh()
        trace = tuple(self.step(value, i) for i, value in enumerate(self.sequence(data["trace"], "trace")))
        return Run(
            id=str(data["id"]),
            mode=self.choice(data["mode"], ("quick", "full"), "mode"),
            key=self.key(data["key"]),
            results=results,
            figures=figures,
            trace=trace,
            provenance=self.provenance(data["provenance"]),
            file=self.file,
        )

    def key(self, data: Any) -> Mapping[str, str]:
        """Check the digests of the parts that the run was made from."""
        if not isinstance(data, dict):
            self.wrong(f"an object is wanted (got {_kind(data)})", "key")
            return {}
        for part, digest in data.items():
            self.words(part, "key", part, longest=200)
            if not isinstance(digest, str) or not _DIGEST.fullmatch(digest):
                self.wrong(f"64 hexadecimal digits are wanted (got {str(digest)[:80]!r})", "key", part)
        return data

    def result(self, data: Any, name: str) -> Result:
        """Check one result."""
        at = ("results", name)
        data = self.members(data, "value metric unit kind says", *at)
        if not data:
            return Result(0, "", "", "exact", "")
        return Result(
            value=self.number(data["value"], *at, "value"),
            metric=self.words(data["metric"], *at, "metric", longest=80),
            unit=self.words(data["unit"], *at, "unit", longest=20, empty=True),
            kind=self.choice(data["kind"], ("exact", "measured"), *at, "kind"),
            says=self.words(data["says"], *at, "says"),
        )

    def figure(self, data: Any, name: str) -> Figure:
        """Check one figure with its file."""
        at = ("figures", name)
        data = self.members(data, "file width height alt caption partner weights placeholder", *at)
        if not data:
            return Figure("", 1, 1, "", "", None, "none", None)
        partner, placeholder = data["partner"], data["placeholder"]
        if placeholder is not None and not (
            isinstance(placeholder, str) and len(placeholder) <= 2000 and _PLACEHOLDER.fullmatch(placeholder)
        ):
            self.wrong("a data address of a small picture, or null, is wanted", *at, "placeholder")
        figure = Figure(
            file=self.words(data["file"], *at, "file", longest=120),
            width=self.number(data["width"], *at, "width", least=1, whole=True),
            height=self.number(data["height"], *at, "height", least=1, whole=True),
            alt=self.words(data["alt"], *at, "alt"),
            caption=self.words(data["caption"], *at, "caption"),
            partner=None if partner is None else self.words(partner, *at, "partner", longest=80),
            weights=self.choice(data["weights"], ORIGINS, *at, "weights"),
            placeholder=placeholder,
        )
        self.picture(figure, *at)
        return figure

    def picture(self, figure: Figure, *at: str) -> None:
        """Check the file of a figure: inside the folder, of an allowed kind, of the size that is written down."""
        path = self.folder / figure.file
        if not _FILE.fullmatch(figure.file):
            self.wrong("a file name such as text-x2.webp is wanted: no folder, no other kind", *at, "file")
        elif path.is_symlink() or not path.is_file():
            self.wrong("the file does not lie in the run's folder; run the notebook again", *at, "file")
        else:
            data = path.read_bytes()
            for sentence in picture_problems(figure.file, data):
                self.wrong(sentence, *at, "file")
            size = raster_size(data)
            if size and size[1:] != (figure.width, figure.height):
                self.wrong(f"the picture is {size[1]} x {size[2]}, not {figure.width} x {figure.height}", *at, "width")

    def partners(self, figures: Mapping[str, Figure]) -> None:
        """Check that each partner is another figure of the same size."""
        for name, figure in figures.items():
            other = figures.get(figure.partner or "")
            if figure.partner is None:
                continue
            if other is None or other is figure:
                self.wrong(f"{figure.partner!r} is no other figure of this run", "figures", name, "partner")
            elif (other.width, other.height) != (figure.width, figure.height):
                self.wrong(f"{figure.partner!r} has another size", "figures", name, "partner")

    def weigh(self) -> None:
        """Check that the whole run stays small."""
        size = sum(path.stat().st_size for path in self.folder.rglob("*") if path.is_file())
        if size > LARGEST_RUN:
            self.wrong(f"the run has {size:,} bytes; at most {LARGEST_RUN:,} are allowed")

    def sequence(self, data: Any, *path: str) -> list[Any]:
        """Return an array."""
        if isinstance(data, list):
            return data
        self.wrong(f"an array is wanted (got {_kind(data)})", *path)
        return []

    def step(self, data: Any, i: int) -> TraceStep:
        """Check one step of the trace."""
        at = ("trace", i)
        data = self.members(data, "step run in out seconds peak_bytes device weights", *at)
        if not data:
            return TraceStep("", "", {}, {}, 0, None, "", "none")
        peak = data["peak_bytes"]
        return TraceStep(
            step=self.words(data["step"], *at, "step", longest=80),
            run=self.words(data["run"], *at, "run", longest=200),
            inputs=self.shapes(data["in"], *at, "in"),
            outputs=self.shapes(data["out"], *at, "out"),
            seconds=self.number(data["seconds"], *at, "seconds", least=0),
            peak_bytes=None if peak is None else self.number(peak, *at, "peak_bytes", least=0, whole=True),
            device=self.words(data["device"], *at, "device", longest=120),
            weights=self.choice(data["weights"], ORIGINS, *at, "weights"),
        )

    def shapes(self, data: Any, *path: str | int) -> Mapping[str, tuple[int, ...]]:
        """Check the shapes of ports."""
        return {
            port: tuple(self.number(n, *path, port, least=0, whole=True) for n in self.sequence(shape, *path, port))
            for port, shape in self.named(data, *path)
        }

    def provenance(self, data: Any) -> Mapping[str, Any]:
        """Check that provenance holds texts, numbers, or one level of them."""
        if not isinstance(data, dict):
            self.wrong(f"an object is wanted (got {_kind(data)})", "provenance")
            return {}
        for name, value in data.items():
            self.words(name, "provenance", name, longest=80)
            for key, inner in value.items() if isinstance(value, dict) else ((name, value),):
                self.words(key, "provenance", name, longest=80)
                if isinstance(inner, str):
                    self.words(inner, "provenance", name, empty=True)
                elif inner is not None and not isinstance(inner, bool):
                    self.number(inner, "provenance", name)
        return data


def _kind(value: Any) -> str:
    """Return what JSON calls a value."""
    kinds = {dict: "an object", list: "an array", str: "a text", bool: "true or false", type(None): "null"}
    return kinds.get(type(value), "a number")


# --- freshness -------------------------------------------------------------------------------------------------------


def run_key(
    root: Path,
    notebook_id: str,
    mode: str,
    seed: int,
    *,
    workflows: Mapping[str, str | None] | None = None,
    weights: Iterable[str] = (),
    reads: Mapping[str, float] | None = None,
    code: Code | None = None,
) -> dict[str, str]:
    """Return the SHA-256 of each part that a run is made from.

    `workflows` maps question ids to `catalog.workflow.spec_digest`; `weights` are paths below notebooks/ such as
    `weights/liif-text.safetensors`; `reads` maps `ID.name` to the value that was read from another run. Comments, blank
    lines and docstrings don't count, nor do `catalog/` and the files named in PRESENTATION. Whoever asks about many
    runs hands the same `code` to each call.

    Raises:
        OSError: the notebook or a weights file cannot be read.
        ValueError: a file of code cannot be parsed.
    """
    code, essay = code or Code(root), f"{notebook_id}.py"
    key = {"code": code.digest(essay), "mode": _sha(mode), "seed": _sha(str(seed))}
    key |= {part: code.digest(part) for part in code.behind(essay)}
    key |= {f"workflow:{question}": digest for question, digest in (workflows or {}).items()}
    key |= {part: file_digest(root / "notebooks" / part) for part in weights}
    key |= {f"reads:{name}": _sha(repr(value)) for name, value in (reads or {}).items()}
    return dict(sorted(key.items()))


def imported(root: Path, notebook_id: str) -> tuple[str, ...]:
    """Return the files of models/ and lab/ that a notebook imports, followed transitively, sorted."""
    return imported_from(root, f"{notebook_id}.py")


def imported_from(root: Path, start: str) -> tuple[str, ...]:
    """Return the same for any file below notebooks/, such as `lab/lessons.py`, without the file itself."""
    return Code(root).behind(start)


class Code:
    """The files below notebooks/ that runs are made from, as they are at one moment: each is read at most once.

    Its methods raise OSError for a file that cannot be read and ValueError for one that cannot be parsed.
    """

    def __init__(self, root: Path) -> None:
        """Begin with none."""
        self.root = root
        self._notebooks = root / "notebooks"
        self._digests: dict[str, str] = {}
        self._imports: dict[str, tuple[str, ...]] = {}
        self._files: dict[str, tuple[str, ...]] = {}
        self._weights: dict[str, str | None] = {}

    def digest(self, part: str) -> str:
        """Return the SHA-256 of what a file does."""
        self._read(part)
        return self._digests[part]

    def behind(self, start: str) -> tuple[str, ...]:
        """Return the files of models/ and lab/ that a file imports, followed transitively, sorted."""
        found, waiting = {start}, [start]
        while waiting:
            new = [part for part in self._imported_by(waiting.pop()) if part not in found and part not in PRESENTATION]
            found.update(new)
            waiting += new
        return tuple(sorted(found - {start}))

    def weights(self, part: str) -> str | None:
        """Return the SHA-256 of a file of weights, None if it is not there."""
        if part not in self._weights:
            path = self._notebooks / part
            self._weights[part] = file_digest(path) if path.is_file() else None
        return self._weights[part]

    def _imported_by(self, part: str) -> tuple[str, ...]:
        """Return the files of models/ and lab/ that a file imports itself."""
        self._read(part)
        return self._imports[part]

    def _read(self, part: str) -> None:
        """Read a file once; its syntax tree is large and does not stay."""
        if part not in self._digests:
            tree = _parsed(self._notebooks / part)
            names = dict.fromkeys(_imports(tree, part))
            self._imports[part] = tuple(dict.fromkeys(file for name in names for file in self._files_of(name)))
            self._digests[part] = _tree_digest(tree)

    def _files_of(self, dotted: str) -> tuple[str, ...]:
        """Return the files that importing a dotted name runs."""
        if dotted not in self._files:
            self._files[dotted] = tuple(_files(self._notebooks, dotted))
        return self._files[dotted]


def freshness(
    run: Run, root: Path, *, workflows: Mapping[str, str | None] | None = None, code: Code | None = None
) -> tuple[str, ...]:
    """Return why a run no longer belongs to the code beside it, as sentences; nothing means fresh.

    `workflows` maps question ids to the digests of their specs now; without it workflows are not compared, because they
    need more than the standard library to read; nor is one whose digest is None, since it cannot be read now. Whoever
    asks about many runs hands the same `code` to each call.
    """
    return tuple(_stale(run, root, workflows, code))


def _stale(run: Run, root: Path, workflows: Mapping[str, str | None] | None, code: Code | None) -> Iterator[str]:
    """Yield the reasons."""
    code = code or Code(root)
    try:
        now = run_key(root, run.id, run.mode, 0, code=code)
    except (OSError, ValueError) as error:
        yield f"{_tell(error)}"
        return
    for part in sorted(set(now) | set(run.key)):
        if part not in ("mode", "seed"):
            yield from _compare(part, run.key.get(part), now.get(part), code, workflows)


def _compare(
    part: str, then: str | None, now: str | None, code: Code, workflows: Mapping[str, str | None] | None
) -> Iterator[str]:
    """Yield the reason why one part is not what it was."""
    kind, _, name = part.partition(":")
    if kind == "workflow":
        if workflows is not None and workflows.get(name, "") not in (None, then):
            yield f"the workflow of {name} changed after this run"
    elif kind == "reads":
        if _read_value(code.root, name) != then:
            yield f"{name}, which this run reads, changed after it"
    elif kind == "official":
        return  # the file is not ours: nothing here to compare with
    elif part.startswith("weights/"):
        if code.weights(part) is None:
            yield f"{part} is missing"
        elif code.weights(part) != then:
            yield f"{part} changed after this run"
    elif part == "code":
        if then != now:
            yield "its code changed after this run"
    elif then is None:
        yield f"{part} was not imported by this run"
    elif now is None:
        yield f"{part} is no longer imported"
    elif then != now:
        yield f"{part} changed after this run"


def _read_value(root: Path, name: str) -> str | None:
    """Return the digest of a result of another run as it stands now, or None if it is gone."""
    run_id, _, result = name.partition(".")
    if not _RUN_ID.fullmatch(run_id):
        return None
    run, _ = read_run(root / OUTPUTS / run_id, f"{OUTPUTS}/{run_id}/run.json")
    return _sha(repr(run.results[result].value)) if run and result in run.results else None


def _tell(error: Exception) -> str:
    """Return a sentence without machine paths."""
    if isinstance(error, FileNotFoundError):
        return f"{Path(error.filename or 'a file').name} is missing"
    return str(error) if isinstance(error, ValueError) else f"a file cannot be read ({type(error).__name__})"


def _parsed(path: Path) -> ast.Module:
    """Return the syntax tree of a code file."""
    text = path.read_text("utf-8")
    try:
        return ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise ValueError(f"{path.name} cannot be parsed ({error})") from error


def code_digest(text: str) -> str:
    """Return the SHA-256 of what code does: its syntax tree without docstrings, comments, layout or positions."""
    return _tree_digest(ast.parse(text))


def _tree_digest(tree: ast.Module) -> str:
    """Return the SHA-256 of a spelled tree."""
    pieces: list[str] = []
    _spell(tree, pieces.append)
    return hashlib.sha256("".join(pieces).encode("utf-8", "surrogatepass")).hexdigest()


def _spell(node: Any, write: Callable[[str], None]) -> None:
    """Spell a syntax tree in a way that is the same in all versions of Python that parse it alike."""
    if isinstance(node, ast.AST):
        _spell_node(node, write)
    elif isinstance(node, list):
        write("[")
        for inner in node:
            _spell(inner, write)
            write(",")
        write("]")
    else:
        write(f"{type(node).__name__}:{node!r}")


def _spell_node(node: ast.AST, write: Callable[[str], None]) -> None:
    """Spell a node without its empty fields, because newer versions add fields that are empty for older code."""
    begin, fields = _spelling(type(node))
    write(begin)
    for name, label in fields:
        value = getattr(node, name, None)
        if (value is not None and value != []) or isinstance(node, ast.Constant):
            write(label)
            _spell(_without_docstring(node, value) if name == "body" else value, write)
    write(")")


@lru_cache(maxsize=256)
def _spelling(kind: type[ast.AST]) -> tuple[str, tuple[tuple[str, str], ...]]:
    """Return how a kind of node begins, and its fields that change what code does, sorted, with how each is spelled."""
    fields = sorted(name for name in kind._fields if name not in ("kind", "type_comment"))
    return f"({kind.__name__}", tuple((name, f" {name}=") for name in fields)


def _without_docstring(node: ast.AST, body: Any) -> Any:
    """Return a body without its docstring."""
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    if isinstance(node, documented) and ast.get_docstring(node, clean=False) is not None:
        return body[1:]
    return body


def _imports(tree: ast.Module, part: str) -> Iterator[str]:
    """Yield dotted names that a file imports; for `from a import b` both `a` and `a.b`."""
    package = part.split("/")[:-1]
    for node in _statements(tree):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else []
            base = ".".join([*above, *([node.module] if node.module else [])])
            yield base
            yield from (f"{base}.{name.name}" for name in node.names)


def _statements(tree: ast.Module) -> Iterator[ast.AST]:
    """Yield all statements, those inside others too; expressions hold none."""
    waiting: list[ast.AST] = [tree]
    while waiting:
        node = waiting.pop()
        yield node
        for block in ("body", "orelse", "finalbody", "handlers", "cases"):
            waiting += getattr(node, block, ())


def _files(notebooks: Path, dotted: str) -> Iterator[str]:
    """Yield the files of models/ or lab/ that importing a dotted name runs, packages first."""
    names = dotted.split(".")
    if names[0] not in ("models", "lab") or not all(name.isidentifier() for name in names):
        return
    for n in range(1, len(names) + 1):
        stem = "/".join(names[:n])
        for file in (f"{stem}/__init__.py", f"{stem}.py"):
            if (notebooks / file).is_file():
                yield file


def file_digest(path: Path) -> str:
    """Return the SHA-256 of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _sha(text: str) -> str:
    """Return the SHA-256 of a text."""
    return hashlib.sha256(text.encode()).hexdigest()
