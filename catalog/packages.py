"""Packages that are not installed: their names, with the command that installs them.

Standard library alone, since it speaks when nothing else is there.
"""

from __future__ import annotations

import importlib.util
import re
import sys
import tomllib
from collections.abc import Iterable, Mapping
from importlib import metadata
from pathlib import Path
from types import TracebackType

ROOT = Path(__file__).resolve().parent.parent
OURS = ".venv/bin/python"
NAME = re.compile(r"[A-Za-z0-9._-]+")  # how a requirement begins
PACKAGES = {  # where the name of a package is not that of its module
    "PIL": "pillow",
    "markdown": "Markdown",
    "markupsafe": "MarkupSafe",
    "jinja2": "Jinja2",
    "material": "mkdocs-material",
    "pymdownx": "pymdown-extensions",
    "skimage": "scikit-image",
    "sklearn": "scikit-learn",
    "yaml": "PyYAML",
}


def runs_in_our_environment() -> bool:
    """Tell whether this is the Python that `make` set up, not one that a person set up with pip."""
    python = ROOT / OURS
    return python.exists() and Path(sys.prefix).resolve() == python.parent.parent.resolve()


def how_to_start_python() -> str:
    """Return what a person types, in the folder of the repository, to start this very Python."""
    return OURS if runs_in_our_environment() else "python"


PYTHON = how_to_start_python()


def command(name: str, *arguments: str) -> str:
    """Return what a person types, in the folder of the repository, to run one of our commands."""
    return " ".join([f"{PYTHON} -m scripts.{name}", *arguments])


def tell_what_is_missing() -> None:
    """From now on, end the program with one sentence, not a traceback, where it imports what is not installed."""
    usual = sys.excepthook

    def tell(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if isinstance(error, ModuleNotFoundError) and (said := sentence(error)):
            print(said, file=sys.stderr)
        else:
            usual(kind, error, trace)

    sys.excepthook = tell


def sentence(error: ModuleNotFoundError) -> str:
    """Say which package is not installed; nothing when the package is there and only a module of it is not."""
    module = (error.name or "").partition(".")[0]
    if not module or importlib.util.find_spec(module) is not None:
        return ""
    return not_installed(package_of(module))


def package_of(module: str) -> str:
    """Return the name of the package that a module belongs to."""
    return PACKAGES.get(module, module.replace("_", "-"))


def declared(groups: Mapping[str, Iterable[object]], *names: str) -> dict[str, str]:
    """Return the requirements of some groups by the names of their packages; groups that they include are not read."""
    lines = (line for name in names for line in groups.get(name, ()) if isinstance(line, str))
    return {NAME.match(line)[0]: line for line in lines}


def missing_for_the_site() -> str:
    """Say which package of the site is not installed; nothing when all are there."""
    groups = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["dependency-groups"]
    for package in declared(groups, "site"):
        try:
            metadata.version(package)
        except metadata.PackageNotFoundError:
            return not_installed(package)
    return ""


def not_installed(package: str) -> str:
    """Say that a package is not installed, with what to type."""
    remedy = f"run: {_command(package)}"
    if runs_in_our_environment():
        remedy = remedy.replace("pip install", f"{OURS} -m pip install")
    elif (ROOT / OURS).exists():
        remedy = f"type {OURS} in place of python, or {remedy}"
    return f'The Python package "{package}" is not installed; {remedy}'


def _command(package: str) -> str:
    """Return what installs a package, with all others of its kind."""
    if _is_in("requirements.txt", package):
        return "pip install -r requirements.txt"
    if _is_in("requirements-test.txt", package) and not _is_in("requirements-notebooks.txt", package):
        return "pip install -r requirements-test.txt"
    torch = re.search(r"torch==[0-9.]+", (ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    return f"pip install --no-deps -r requirements-notebooks.txt && pip install --no-deps {torch[0]}"


def _is_in(requirements: str, package: str) -> bool:
    """Tell whether a file of requirements names a package."""
    text = (ROOT / requirements).read_text(encoding="utf-8").lower()
    return re.search(rf"^{re.escape(package.lower())}==", text, re.MULTILINE) is not None
