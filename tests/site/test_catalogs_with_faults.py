"""The build of a site whose claim is false stops and says why; that of one whose run is stale marks it."""

import re
import shutil
import subprocess
import sys

import pytest

from tests.built_site import ROOT, environment

pytestmark = pytest.mark.slow

QUESTION = "fine-text-2x"
PARTS = ("catalog", "hooks", "docs", "notebooks", "scripts")
NOT_NEEDED = shutil.ignore_patterns("__pycache__", ".*", "bench", "profiles")


@pytest.fixture
def root(tmp_path):
    """Return a copy of all that the site is built from."""
    for part in PARTS:
        shutil.copytree(ROOT / part, tmp_path / "house" / part, ignore=NOT_NEEDED)
    for file in ("mkdocs.yml", "pyproject.toml", "CHANGELOG.md"):
        shutil.copy(ROOT / file, tmp_path / "house" / file)
    return tmp_path / "house"


def edit(path, old, new):
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), encoding="utf-8")


def build(root):
    command = [sys.executable, "-m", "scripts.build_site"]
    given = environment(PYTHONPATH="", SOURCE_DATE_EPOCH="1767225600")
    return subprocess.run(command, cwd=root, capture_output=True, text=True, check=False, env=given)


def test_a_false_claim_fails_the_build_with_its_line_and_the_measured_values(root):
    path = root / "catalog" / "questions" / f"{QUESTION}.md"
    claim = re.search(r'holds: "(fine-text-2x\.\w+) > [\d.]+', path.read_text(encoding="utf-8"))
    edit(path, claim[0], f'holds: "{claim[1]} > 90')
    line = path.read_text(encoding="utf-8").partition(f"{claim[1]} > 90")[0].count("\n") + 1

    done = build(root)

    place = rf"catalog/questions/{QUESTION}\.md:{line}:\d+: claims\.\d+\.holds"
    told = rf"{place}: the claim does not hold: {claim[1]} is [\d.]+\sdB"
    assert done.returncode == 1
    assert re.search(told, done.stdout + done.stderr)
    assert not (root / "site" / "index.html").exists()


def test_a_swapped_row_of_psnr_and_ssim_fails_the_build(root):
    record = root / "notebooks" / "outputs" / QUESTION / "run.json"
    text = record.read_text(encoding="utf-8")
    swapped = re.sub(
        r'("psnr_text_x2_liif": \{.*?"metric": )"psnr"(.*?"unit": )"dB"', r'\1"ssim"\2""', text, flags=re.S
    )
    assert swapped != text
    record.write_text(swapped, encoding="utf-8")

    done = build(root)

    assert done.returncode == 1
    told = r"run\.json:\d+:\d+: results\.psnr_text_x2_liif\.value: ssim lies between \S+ and 1 "
    assert re.search(told, done.stdout + done.stderr)


def test_a_stale_run_is_told_by_the_build_and_marked_wherever_it_is_shown(root):
    with (root / "notebooks" / "models" / "liif.py").open("a", encoding="utf-8") as code:
        code.write("\nEDITED = True\n")

    done = build(root)

    reason = "models/liif.py changed after this run"
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"notebooks/outputs/{QUESTION}/run.json:1:1: notice: this run is stale: {reason}" in done.stderr
    site = root / "site"
    for page in (f"questions/{QUESTION}", f"notebooks/{QUESTION}"):
        text = (site / page / "index.html").read_text(encoding="utf-8")
        assert "Stale run" in text
        assert f"<li>{reason}</li>" in text
        assert "ma-chip--stale" in re.search(r"<figcaption>.*?</figcaption>", text, re.DOTALL)[0]
    for page in ("questions", "notebooks", "."):
        assert "Stale run" in (site / page / "index.html").read_text(encoding="utf-8")
    assert f'"{reason}"' in (site / "api" / "runs.json").read_text(encoding="utf-8")
