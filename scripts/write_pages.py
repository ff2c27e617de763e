"""Writes the pages as files for a site generator other than MkDocs."""

from __future__ import annotations

import argparse
import shutil
import sys
from collections.abc import Iterable
from pathlib import Path

from catalog.counted import counted
from catalog.problems import CatalogError
from catalog.whole_folder import FolderError, replaced
from hooks import site_content
from hooks.pages import Asset, Page
from hooks.written_pages import navigation_text, page_text, written_uri

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
MARKER = ".written-pages"  # by which a folder is known again


def main(arguments: list[str] | None = None) -> int:
    """Write and return the exit status: 0 written, 1 not written, 2 wrong usage."""
    parser = argparse.ArgumentParser(prog="python -m scripts.write_pages", description=__doc__)
    parser.add_argument("folder", type=Path, help="where to write: new, empty, or written by this command before")
    folder: Path = parser.parse_args(arguments).folder
    if message := _not_ours(folder):
        parser.error(f"{message}; choose a new or empty folder, or one that this command wrote")
    try:
        content = site_content.read(ROOT, DOCS)
        with replaced(folder.absolute()) as new:
            write(new, content.pages, content.assets)
    except CatalogError as error:
        print(error, f"{counted(len(error.problems), 'error')}; nothing was written.", sep="\n", file=sys.stderr)
        return 1
    except (FolderError, OSError) as error:
        print(f"{error}; nothing was written.", file=sys.stderr)
        return 1
    written = f"{counted(len(content.pages), 'page')} and {counted(len(content.assets), 'other file')}"
    print(f"Wrote {written} to {folder}")
    return 0


def _not_ours(folder: Path) -> str:
    """Say why a folder may not be replaced, or nothing."""
    if not folder.exists():
        return ""
    if not folder.is_dir():
        return f"{folder} is no folder"
    names = sorted(path.name for path in folder.iterdir())
    if names and MARKER not in names:
        return f"{folder} is not empty and was not written by this command (it holds {names[0]})"
    return ""


def write(folder: Path, pages: Iterable[Page], assets: Iterable[Asset]) -> None:
    """Write each page with front matter, the files beside them, the styles and scripts, and the navigation."""
    pages = list(pages)
    _write(folder / MARKER, "Written by scripts/write_pages.py, which the next time replaces this whole folder.\n")
    shutil.copytree(DOCS / "assets", folder / "assets", ignore=shutil.ignore_patterns("vendored.yml"))
    for page in pages:
        _write(folder / written_uri(page.uri), page_text(page))
    for asset in assets:
        target = folder / asset.uri
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(asset.read())
    _write(folder / "nav.yml", navigation_text(pages))


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
