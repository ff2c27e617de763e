"""A preview survives broken records: the one page shows its problem, the rest works, and it recovers."""

import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

import pytest

from tests.built_site import ROOT, environment
from tests.patience import PATIENCE

pytestmark = pytest.mark.slow

PARTS = ("catalog", "hooks", "docs", "notebooks", "mkdocs.yml", "CHANGELOG.md", "CONTRIBUTING.md", "README.md")


@pytest.fixture
def project(tmp_path):
    """Return a copy of the project, at a path with a space, that a test may break."""
    root = tmp_path / "a copy"
    root.mkdir()
    ignored = shutil.ignore_patterns("__pycache__", "weights")
    for name in PARTS:
        source = ROOT / name
        shutil.copytree(source, root / name, ignore=ignored) if source.is_dir() else shutil.copy(source, root / name)
    return root


@pytest.fixture
def preview(project, tmp_path):
    """Start `mkdocs serve` from another folder and return its address; stop it at the end."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "mkdocs", "serve", "--livereload", "-f", str(project / "mkdocs.yml")]
    with (tmp_path / "log").open("w") as log:
        process = subprocess.Popen(
            [*command, "--dev-addr", f"127.0.0.1:{port}"], cwd=tmp_path, stdout=log, stderr=log, env=environment()
        )
        yield f"http://127.0.0.1:{port}/model-answers/"
        process.terminate()
        process.wait(PATIENCE)


def seen(address, pattern, patience=PATIENCE):
    """Return the page as soon as it matches `pattern`."""
    text, end = "", time.monotonic() + patience
    while time.monotonic() < end:
        try:
            with urllib.request.urlopen(address, timeout=patience) as answer:
                text = answer.read().decode()
        except urllib.error.HTTPError as error:
            text = error.read().decode()
        except OSError:  # not up yet
            text = ""
        if re.search(pattern, text):
            return text
        time.sleep(0.3)
    pytest.fail(f"{address} never showed {pattern}; it ends with {text[-500:]}")


def test_a_broken_record_shows_on_its_page_and_goes_away_again(preview, project):
    record = project / "catalog" / "models" / "sisr-any-liif-edsr.yml"
    sound = record.read_text(encoding="utf-8")
    page = preview + "models/sisr-any-liif-edsr/"
    seen(page, "<h1>LIIF-EDSR</h1>")

    record.write_text("name: [unfinished\n", encoding="utf-8")

    seen(page, r"catalog/models/sisr-any-liif-edsr\.yml:\d+:\d+")
    seen(preview + "models/deblur-mssnet-gopro/", "<h1>MSSNet-GoPro</h1>")
    assert "not yet right" in seen(preview, "<h1>")

    record.write_text(sound, encoding="utf-8")

    seen(page, "<h1>LIIF-EDSR</h1>")
    assert "not yet right" not in seen(preview, "<h1>")


def test_a_preview_starts_although_a_record_is_broken(project, request):
    (project / "catalog" / "papers" / "ips.yml").write_text("- no\n", encoding="utf-8")

    address = request.getfixturevalue("preview")

    seen(address + "papers/ips/", r"catalog/papers/ips\.yml")
    seen(address + "papers/featsharp/", "<h1>FeatSharp")


def test_an_edit_of_the_list_of_changes_shows_on_its_page(preview, project):
    changes = project / "CHANGELOG.md"
    page = preview + "guide/changes/"
    seen(page, "<h1>Changes</h1>")

    changes.write_text(changes.read_text(encoding="utf-8") + "\nA line typed while it is served.\n", encoding="utf-8")

    seen(page, "A line typed while it is served")
