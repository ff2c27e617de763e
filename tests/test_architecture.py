"""Who may import what: the table that keeps the site, the facts and the experiments apart."""

import ast
import re
import sys
import tomllib
from fnmatch import fnmatch
from pathlib import Path

import pytest

from catalog.packages import declared, package_of

ROOT = Path(__file__).resolve().parent.parent
GUIDE = ROOT / "CONTRIBUTING.md"

# Whether a run is fresh can be told with the standard library alone; a run is put in its place with it, too.
NEEDS_NO_PACKAGE = (
    "characters",
    "commit",
    "closed_pipe",
    "counted",
    "digests",
    "essay_cells",
    "executed",
    "foreign_files",
    "freshness",
    "imported_code",
    "json_file",
    "json_reader",
    "lock",
    "packages",
    "parity",
    "parity_file",
    "parity_freshness",
    "pictures",
    "private_text",
    "problems",
    "run_files",
    "run_values",
    "runs",
    "seal",
    "sidecars",
    "strict_json",
    "unkept",
    "whole_file",
    "whole_folder",
)
# The first pattern that matches a file names what it may import beyond the standard library; a file with no row fails.
LAYERS = (
    ("catalog/packages.py", set()),  # so that it can say which package is missing
    *((f"catalog/{name}.py", {f"catalog.{name}" for name in NEEDS_NO_PACKAGE}) for name in NEEDS_NO_PACKAGE),
    ("catalog/*.py", {"catalog", "yaml", "pydantic"}),
    ("hooks/events.py", {"catalog", "hooks", "mkdocs"}),  # the only file that knows MkDocs
    ("hooks/record_fields.py", {"catalog", "pydantic"}),  # reads the record types themselves
    ("hooks/*.py", {"catalog", "hooks", "jinja2", "markdown", "markupsafe", "nh3", "yaml"}),
    (
        "notebooks/models/*.py",
        {"models", "torch", "einops", "diffusers", "transformers", "safetensors"},
    ),
    ("notebooks/bench/*.py", {"bench", "models", "torch"}),
    ("notebooks/parity/*.py", {"bench", "catalog", "diffusers", "lab", "models", "parity", "safetensors", "torch"}),
    (
        "notebooks/lab/*.py",
        {
            "catalog",
            "lab",
            "models",
            "torch",
            "einops",
            "numpy",
            "PIL",
            "matplotlib",
            "safetensors",
            "skimage",
            "sklearn",
            "scipy",
            "rich",
            "IPython",
        },
    ),
    (
        "notebooks/runner/*.py",
        {
            "catalog",
            "runner",
            "jupytext",
            "nbclient",
            "nbformat",
            "jupyter_client",
            "ipykernel",
            "PIL",
            "psutil",
            "rich",
        },
    ),
    ("notebooks/*.py", {"catalog", "lab", "models", "torch", "numpy", "matplotlib", "IPython"}),
    ("scripts/train_weights.py", {"catalog", "lab", "runner", "torch"}),
    ("scripts/check_parity.py", {"catalog", "parity", "runner"}),
    ("scripts/serve_site.py", {"catalog", "scripts", "mkdocs"}),  # reads the settings of MkDocs as MkDocs does
    ("scripts/*.py", {"catalog", "hooks", "scripts", "runner"}),
    ("tests/**", None),  # tests may import everything
)
OURS = [
    path
    for top in ("catalog", "hooks", "notebooks", "scripts")
    for path in sorted((ROOT / top).rglob("*.py"))
    if "outputs" not in path.parts
]


def imports_of(path):
    """Yield the dotted names a file imports, wherever in it the import stands."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are absolute"
            yield node.module


def allowed(name, layer):
    return name.split(".")[0] in sys.stdlib_module_names or any(name == a or name.startswith(a + ".") for a in layer)


def row_of(path):
    relative = path.relative_to(ROOT).as_posix()
    return next((layer for pattern, layer in LAYERS if fnmatch(relative, pattern)), set())


@pytest.mark.parametrize("path", OURS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_a_file_imports_only_what_its_layer_may(path):
    assert [name for name in imports_of(path) if not allowed(name, row_of(path))] == []


# The first pattern that matches a file names the groups of pyproject.toml that are installed where it runs.
INSTALLED = (
    ("catalog/*", ("site",)),
    ("hooks/*", ("site",)),
    ("notebooks/*", ("site", "notebooks")),
    ("scripts/train_weights.py", ("site", "notebooks")),
    ("scripts/*", ("site",)),
)
LOCKS = {"site": "requirements.txt", "notebooks": "requirements-notebooks.txt"}


def groups_of(path):
    relative = path.relative_to(ROOT).as_posix()
    return next(groups for pattern, groups in INSTALLED if fnmatch(relative, pattern))


def declared_now(*groups):
    """Return the names of the packages that groups declare, in lower case."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    return {package.lower() for package in declared(project["dependency-groups"], *groups)}


def imported_packages(path):
    """Return the names of the packages of others that a file imports, in lower case."""
    ours = {"catalog", "hooks", "scripts", *(top.stem for top in (ROOT / "notebooks").iterdir() if top.is_dir())}
    tops = {name.partition(".")[0] for name in imports_of(path)}
    return {package_of(top).lower() for top in tops - ours - sys.stdlib_module_names}


def test_what_is_imported_is_declared():
    """What comes with another package only would be in the key of no run, and gone when that package drops it."""
    missing = {path: imported_packages(path) - declared_now(*groups_of(path)) for path in OURS}
    assert {path.relative_to(ROOT).as_posix(): sorted(names) for path, names in missing.items() if names} == {}


@pytest.mark.parametrize("group", LOCKS)
def test_what_is_declared_is_pinned(group):
    """Only torch is installed apart: its wheels differ from machine to machine."""
    pinned = set(re.findall(r"^([\w.-]+)==", (ROOT / LOCKS[group]).read_text(encoding="utf-8").lower(), re.MULTILINE))
    assert declared_now(group) - pinned == ({"torch"} if group == "notebooks" else set())


def test_the_table_for_people_is_this_one():
    rows = dict(re.findall(r"^\| `(\w[\w/]*)/` \|.*\| (.*) \|$", GUIDE.read_text(encoding="utf-8"), re.MULTILINE))

    folders = {pattern.rpartition("/")[0] for pattern, layer in LAYERS if layer is not None}
    assert {folder: packages_named(may) for folder, may in rows.items()} == {
        folder: packages_allowed(folder) for folder in folders
    }


def packages_named(cell):
    """Return the packages that a cell of the table names; what stands in backticks are files, with a colon."""
    return set(re.findall(r"\w+", re.sub(r"`[^`]*`:|, to .*", "", cell)))


def packages_allowed(folder):
    """Return what the files of a folder may import from elsewhere."""
    rows = [layer for pattern, layer in LAYERS if layer and pattern.rpartition("/")[0] == folder]
    return {name.split(".")[0] for layer in rows for name in layer} - {folder.rpartition("/")[2]}


def test_every_layer_has_a_file():
    """A row that matches nothing is a rule about nothing."""
    names = [path.relative_to(ROOT).as_posix() for path in OURS]
    unused = [p for p, _ in LAYERS if p != "tests/**" and not any(fnmatch(n, p) for n in names)]
    assert unused == []


@pytest.mark.parametrize("path", OURS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_a_file_says_why_it_exists(path):
    """The first statement of each file is its docstring, in one line to begin with; essays begin with a prose cell."""
    text = path.read_text(encoding="utf-8")
    essay = path.parent == ROOT / "notebooks"
    assert text.startswith("# %% [markdown]") if essay else ast.get_docstring(ast.parse(text))
