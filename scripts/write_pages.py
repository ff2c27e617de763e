"""Writes the pages as files for a site generator other than MkDocs."""

from __future__ import annotations

import argparse
import shutil
import sys
from collections.abc import Iterable
from pathlib import Path

from catalog.problems import CatalogError
from hooks import site_content
from hooks.pages import Asset, Page
from hooks.written_pages import navigation_text, page_text, written_uri

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"


def main(arguments: list[str] | None = None) -> int:
    """Write and return the exit status: 0 written, 1 the catalog has problems, 2 wrong usage."""
    parser = argparse.ArgumentParser(prog="python -m scripts.write_pages", description=__doc__)
    parser.add_argument("folder", type=Path, help="where to write; it must be new or empty")
    folder: Path = parser.parse_args(arguments).folder
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        parser.error(f"{folder} is not empty")
    try:
        content = site_content.read(ROOT, DOCS)
    except CatalogError as error:
        print(error, f"{len(error.problems)} problems; nothing was written.", sep="\n", file=sys.stderr)
        return 1
    write(folder, content.pages, content.assets)
    print(f"Wrote {len(content.pages)} pages and {len(content.assets)} other files to {folder}")
    return 0


def write(folder: Path, pages: Iterable[Page], assets: Iterable[Asset]) -> None:
    """Write each page with front matter, the files beside them, the styles and scripts, and the navigation."""
    pages = list(pages)
    shutil.copytree(DOCS / "assets", folder / "assets", ignore=shutil.ignore_patterns("vendored.yml"))
    for page in pages:
        _write(folder / written_uri(page.uri), page_text(page))
    for asset in assets:
        target = folder / asset.uri
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(asset.path, target)
    _write(folder / "nav.yml", navigation_text(pages))


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
