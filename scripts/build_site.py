"""Builds the site into a new folder, then puts it in the place of the old one in one step."""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
from pathlib import Path

from catalog import packages
from catalog.whole_folder import FolderError, replaced

ROOT = Path(__file__).resolve().parent.parent


class BuildError(FolderError):
    """The site was not built; what stood in its place still does."""


def main(arguments: list[str] | None = None) -> int:
    """Build and return the exit status: 0 built, 1 not built, 2 wrong usage."""
    parser = argparse.ArgumentParser(prog="python -m scripts.build_site", description=__doc__)
    parser.add_argument("site", nargs="?", type=Path, default=ROOT / "site", help="the folder to build (site/)")
    parser.add_argument("--config", type=Path, default=ROOT / "mkdocs.yml", help="mkdocs.yml or mkdocs.offline.yml")
    options = parser.parse_args(arguments)
    try:
        build(options.site.absolute(), options.config.absolute())
    except (FolderError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    print(f"Built {options.site}")
    return 0


def build(site: Path, config: Path) -> None:
    """Build `site` from `config`: the same input gives the same bytes.

    Raises:
        FolderError: another build is at work, or something is wrong; whatever stood in `site` still does.
    """
    if site.exists() and not _is_a_site(site):
        raise BuildError(f"{site} exists and is no site built here; choose another folder or remove it")
    untouched = "; the old one is untouched" if site.exists() and any(site.iterdir()) else ""
    with replaced(site) as new:
        _run_mkdocs(new, config, f"The site was not built{untouched}.")


def _is_a_site(folder: Path) -> bool:
    return folder.is_dir() and (not any(folder.iterdir()) or (folder / "sitemap.xml").is_file())


def _run_mkdocs(new: Path, config: Path, not_built: str) -> None:
    """Run MkDocs in its own process, from the root, without its advertisement; `not_built` is said when it fails."""
    command = [
        sys.executable,
        "-m",
        "mkdocs",
        "build",
        "--strict",
        "--config-file",
        str(config),
        "--site-dir",
        str(new),
    ]
    if missing := _missing_package():
        raise BuildError(missing)
    environment = {**os.environ, "NO_MKDOCS_2_WARNING": "1"}
    environment.setdefault("SOURCE_DATE_EPOCH", commit_time())
    if subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode:
        raise BuildError(not_built)


def _missing_package() -> str:
    """Say which package of the site is not installed; nothing when all are there.

    Raises:
        BuildError: nobody can tell, because the list of packages is not there or cannot be read.
    """
    try:
        return packages.missing_for_the_site()
    except (OSError, ValueError, KeyError) as error:
        reason = "is missing" if isinstance(error, FileNotFoundError) else f"cannot be read ({error})"
        remedy = "take it from the repository: git checkout -- pyproject.toml"
        raise BuildError(f"pyproject.toml, which lists the packages of the site, {reason}; {remedy}") from error


def commit_time() -> str:
    """Return the seconds since 1970 of the last commit; outside a repository, of the first second of 2026."""
    git = shutil.which("git")
    command = ["git", "log", "-1", "--format=%ct"]
    found = git and subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False).stdout.strip()
    return found or "1767225600"


if __name__ == "__main__":
    sys.exit(main())
