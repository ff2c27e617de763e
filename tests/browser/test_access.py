"""Everyone can read the pages: axe finds nothing, on a wide light screen and on a narrow dark one."""

import hashlib
from pathlib import Path

import pytest

from catalog.load import ROOT
from catalog.run_files import OUTPUTS

pytestmark = [pytest.mark.browser, pytest.mark.slow]

AXE = Path(__file__).parent / "axe" / "axe.min.js"  # axe-core 4.14.1 from npm, MPL-2.0
AXE_SHA256 = "29348999450cdf2849a8e70b7912fc2da85a849da39c0d0d5394f51d4a9ed95c"
PAGES = [
    "",
    "questions/",
    "questions/fine-text-2x/",
    "questions/brushstrokes-12x/",
    "models/",
    "models/sisr-any-liif-edsr/",
    "families/mssnet/",
    "papers/little-big/",
    "papers/linfusion/",
    "tasks/super-resolution/",
    "notebooks/",
    *(f"notebooks/{run.parent.name}/" for run in sorted((ROOT / OUTPUTS).glob("*/run.json"))),
    "guide/how-to-read/",
    "guide/how-to-add/",
    "guide/how-to-run/",
    "guide/changes/",
    "guide/reproduction-report/",
]
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")])
@pytest.mark.parametrize("path", PAGES)
def test_axe_finds_nothing(open_tab, address, path, width, scheme):
    tab = open_tab(width, scheme, bypass_csp=True)  # axe is put into the page, which the policy would stop
    tab.goto(address + path)
    tab.wait_for_load_state("load")
    tab.add_script_tag(path=str(AXE))

    found = tab.evaluate("rules => axe.run({runOnly: rules, resultTypes: ['violations']})", RULES)

    assert [
        (violation["id"], [(node["target"], node["failureSummary"]) for node in violation["nodes"]][:3])
        for violation in found["violations"]
    ] == []


def test_axe_is_what_its_package_holds():
    assert hashlib.sha256(AXE.read_bytes()).hexdigest() == AXE_SHA256
