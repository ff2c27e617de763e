"""Builds the site into a new folder, then puts it in the place of the old one in one step."""

from __future__ import annotations

import argparse
import contextlib
import ctypes
import errno
import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from catalog import packages

ROOT = Path(__file__).resolve().parent.parent
AT_FDCWD, RENAME_EXCHANGE = -100, 2


class BuildError(Exception):
    """The site was not built; the old one is untouched."""


def main(arguments: list[str] | None = None) -> int:
    """Build and return the exit status: 0 built, 1 not built, 2 wrong usage."""
    parser = argparse.ArgumentParser(prog="python -m scripts.build_site", description=__doc__)
    parser.add_argument("site", nargs="?", type=Path, default=ROOT / "site", help="the folder to build (site/)")
    parser.add_argument("--config", type=Path, default=ROOT / "mkdocs.yml", help="mkdocs.yml or mkdocs.offline.yml")
    options = parser.parse_args(arguments)
    try:
        build(options.site.absolute(), options.config.absolute())
    except BuildError as error:
        print(error, file=sys.stderr)
        return 1
    print(f"Built {options.site}")
    return 0


def build(site: Path, config: Path) -> None:
    """Build `site` from `config`: the same input gives the same bytes.

    Raises:
        BuildError: another build is at work, or something is wrong; whatever stood in `site` still does.
    """
    if site.exists() and not _is_a_site(site):
        raise BuildError(f"{site} exists and is no site built here; choose another folder or remove it")
    with _alone(site):
        _remove_leftovers(site)
        new = site.with_name(f"{site.name}.tmp-{os.getpid()}")
        try:
            _run_mkdocs(new, config)
            _to_disk(new)
            _put_in_place(new, site)
        finally:
            shutil.rmtree(new, ignore_errors=True)


def _is_a_site(folder: Path) -> bool:
    return folder.is_dir() and (not any(folder.iterdir()) or (folder / "sitemap.xml").is_file())


@contextlib.contextmanager
def _alone(site: Path) -> Iterator[None]:
    """Hold the lock of this site; the system frees it when the process ends, however it ends."""
    locks = ROOT / ".cache" / "locks"
    locks.mkdir(parents=True, exist_ok=True)
    name = hashlib.sha256(os.fsencode(site)).hexdigest()[:16]
    with (locks / f"site-{name}").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise BuildError(f"another build of {site} is at work; wait for it to end") from None
        yield


def _remove_leftovers(site: Path) -> None:
    """Remove what a killed build left beside the site."""
    for leftover in site.parent.glob(f"{site.name}.tmp-*"):
        shutil.rmtree(leftover, ignore_errors=True)


def _run_mkdocs(new: Path, config: Path) -> None:
    """Run MkDocs in its own process, from the root, without its advertisement."""
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
    if missing := packages.missing_for_the_site():
        raise BuildError(missing)
    environment = {**os.environ, "NO_MKDOCS_2_WARNING": "1"}
    environment.setdefault("SOURCE_DATE_EPOCH", commit_time())
    if subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode:
        raise BuildError("The site was not built; the old one is untouched.")


def commit_time() -> str:
    """Return the seconds since 1970 of the last commit; outside a repository, of the first second of 2026."""
    git = shutil.which("git")
    command = ["git", "log", "-1", "--format=%ct"]
    found = git and subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False).stdout.strip()
    return found or "1767225600"


def _to_disk(folder: Path) -> None:
    """Make sure that the files are on the disk before they take the place of others."""
    for path in folder.rglob("*"):
        if path.is_file():
            with path.open("rb") as file:
                os.fsync(file.fileno())


def _put_in_place(new: Path, site: Path) -> None:
    """Let `site` be the new folder: at every moment it is one site or the other, whole."""
    if not site.exists():
        new.rename(site)
    elif not _exchange(new, site):
        old = site.with_name(f"{site.name}.tmp-{os.getpid()}-old")
        site.rename(old)
        new.rename(site)
        shutil.rmtree(old)


def _exchange(one: Path, other: Path) -> bool:
    """Swap two folders in one step of the file system; False where the system cannot."""
    try:
        rename = ctypes.CDLL(None, use_errno=True).renameat2
    except (OSError, AttributeError):
        return False
    if rename(AT_FDCWD, os.fsencode(one), AT_FDCWD, os.fsencode(other), RENAME_EXCHANGE) == 0:
        return True
    if ctypes.get_errno() in (errno.EINVAL, errno.ENOSYS, errno.ENOTSUP):
        return False
    raise BuildError(f"{other}: {os.strerror(ctypes.get_errno())}")


if __name__ == "__main__":
    sys.exit(main())
