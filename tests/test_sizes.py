"""A clone stays small: what is committed keeps within the bytes that each kind may have."""

import subprocess
from pathlib import Path

import pytest

from catalog.run_files import LARGEST_RUN

ROOT = Path(__file__).resolve().parent.parent
MOST = {"notebooks/weights": 20_000_000, "notebooks/outputs": 24_000_000, "": 48_000_000}  # bytes of a folder's files
LARGEST = {"notebooks/weights": 5_000_000, "notebooks/outputs": LARGEST_RUN, "": 5_000_000}  # and of one of them


@pytest.fixture(scope="module")
def committed():
    """Return the bytes of each file that git keeps."""
    names = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    files = {name: ROOT / name for name in names.split("\0") if name}
    return {name: path.lstat().st_size for name, path in files.items() if path.is_file()}


@pytest.mark.parametrize("folder", MOST)
def test_what_is_committed_is_small(committed, folder):
    sizes = [size for name, size in committed.items() if name.startswith(folder)]

    assert sizes
    assert max(sizes) <= LARGEST[folder]
    assert sum(sizes) <= MOST[folder]
