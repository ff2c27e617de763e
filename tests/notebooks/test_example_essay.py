"""The essay that the guide shows runs as it stands there, and its numbers bear the claim that the guide rests on it."""

import json

import pytest
import yaml

from hooks.guide_pages import EXAMPLE_CLAIM, EXAMPLE_ESSAY
from tests.notebooks.houses import run

pytestmark = [pytest.mark.torch, pytest.mark.slow]


def test_the_essay_of_the_guide_runs_and_its_claim_holds(root, capsys, tmp_path):
    (root / "notebooks" / "words.py").write_text(EXAMPLE_ESSAY.read_text())
    assert run(capsys, root, "words", "--mode", "quick", "--out", str(tmp_path / "tried"))[0] == 0
    made = json.loads((tmp_path / "tried/words/run.json").read_text())
    assert {"psnr_x2", "psnr_x4"} == set(made["results"])
    assert set(made["figures"]) == {"words"}
    (claim,) = yaml.safe_load(EXAMPLE_CLAIM.read_text())["claims"]
    assert claim["holds"] == "words.psnr_x2 > words.psnr_x4"
    assert made["results"]["psnr_x2"]["value"] > made["results"]["psnr_x4"]["value"]
