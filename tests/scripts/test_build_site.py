"""A build ends with a whole site: the new one, or the old one untouched."""

import fcntl
import hashlib
import os
import subprocess
import sys

import pytest

from catalog import whole_folder
from scripts import build_site
from tests.built_site import ROOT


@pytest.fixture
def fake_mkdocs(monkeypatch):
    """Stand in for MkDocs: write one page, or fail."""

    def use(text="new", fails=False):
        def run(new, config, not_built):  # noqa: ARG001 - the signature is build_site's
            new.mkdir()
            (new / "sitemap.xml").write_text(text, encoding="utf-8")
            if fails:
                raise build_site.BuildError(not_built)

        monkeypatch.setattr(build_site, "_run_mkdocs", run)

    return use


@pytest.fixture
def old(tmp_path):
    site = tmp_path / "a site"
    site.mkdir()
    (site / "sitemap.xml").write_text("old", encoding="utf-8")
    (site / "gone.html").touch()
    return site


def listing(folder):
    return sorted(path.name for path in folder.iterdir())


def test_the_new_site_takes_the_place_of_the_old(fake_mkdocs, old):
    fake_mkdocs("new")

    build_site.build(old, ROOT / "mkdocs.yml")

    assert listing(old) == ["sitemap.xml"]
    assert (old / "sitemap.xml").read_text(encoding="utf-8") == "new"
    assert listing(old.parent) == ["a site"]


def test_a_file_system_that_cannot_exchange_gets_there_too(fake_mkdocs, old, monkeypatch):
    fake_mkdocs("new")
    monkeypatch.setattr(whole_folder, "_exchange", lambda *_: False)

    build_site.build(old, ROOT / "mkdocs.yml")

    assert (old / "sitemap.xml").read_text(encoding="utf-8") == "new"
    assert listing(old.parent) == ["a site"]


def test_a_build_that_fails_leaves_the_old_site(fake_mkdocs, old):
    fake_mkdocs(fails=True)

    with pytest.raises(build_site.BuildError, match=r"^The site was not built; the old one is untouched\.$"):
        build_site.build(old, ROOT / "mkdocs.yml")

    assert listing(old) == ["gone.html", "sitemap.xml"]
    assert listing(old.parent) == ["a site"]


@pytest.mark.parametrize("is_there", [True, False])
def test_a_first_build_that_fails_speaks_of_no_old_site(fake_mkdocs, tmp_path, is_there):
    fake_mkdocs(fails=True)
    if is_there:
        (tmp_path / "site").mkdir()

    with pytest.raises(build_site.BuildError, match=r"^The site was not built\.$"):
        build_site.build(tmp_path / "site", ROOT / "mkdocs.yml")


def test_what_a_killed_build_left_is_removed(fake_mkdocs, old):
    (old.parent / "a site.tmp-123").mkdir()
    fake_mkdocs()

    build_site.build(old, ROOT / "mkdocs.yml")

    assert listing(old.parent) == ["a site"]


def test_two_builds_of_one_site_do_not_meet(fake_mkdocs, old):
    fake_mkdocs()
    name = hashlib.sha256(os.fsencode(old)).hexdigest()[:16]
    lock = ROOT / ".cache" / "locks" / f"site-{name}"
    lock.parent.mkdir(parents=True, exist_ok=True)
    with lock.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)

        with pytest.raises(whole_folder.FolderError, match="another build"):
            build_site.build(old, ROOT / "mkdocs.yml")

    assert (old / "sitemap.xml").read_text(encoding="utf-8") == "old"
    lock.unlink()


def test_a_folder_that_is_no_site_is_left_alone(fake_mkdocs, tmp_path):
    fake_mkdocs()
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").touch()

    with pytest.raises(build_site.BuildError, match="no site"):
        build_site.build(tmp_path / "mine", ROOT / "mkdocs.yml")

    assert listing(tmp_path / "mine") == ["letter.txt"]


@pytest.mark.parametrize("text", ["site_name: [", "site_name: x\nplugins: [nothing-of-this-name]\n"])
def test_a_build_that_cannot_start_exits_with_1(tmp_path, text):
    (tmp_path / "mkdocs.yml").write_text(text, encoding="utf-8")
    command = [
        sys.executable,
        "-m",
        "scripts.build_site",
        str(tmp_path / "site"),
        "--config",
        str(tmp_path / "mkdocs.yml"),
    ]

    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    assert done.returncode == 1
    assert done.stderr.endswith("The site was not built.\n")
    assert listing(tmp_path) == ["mkdocs.yml"]


def test_wrong_usage_exits_with_2():
    command = [sys.executable, "-m", "scripts.build_site", "--nothing"]

    assert subprocess.run(command, cwd=ROOT, capture_output=True, check=False).returncode == 2


def test_the_time_of_the_build_is_that_of_the_last_commit():
    assert build_site.commit_time().isdigit()


def test_a_missing_list_of_packages_is_one_sentence(monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(build_site.packages, "ROOT", tmp_path)

    assert build_site.main([str(tmp_path / "site")]) == 1

    assert capsys.readouterr().err == (
        "pyproject.toml, which lists the packages of the site, is missing; "
        "take it from the repository: git checkout -- pyproject.toml\n"
    )
