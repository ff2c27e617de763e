"""The official files that an essay can load are told from its designs, and no others."""

import pytest

from catalog.imported_code import Code
from catalog.load import ROOT
from catalog.official_files import official_files

CODE = Code(ROOT)
LINFUSION = "LinFusion-1-5/diffusion_pytorch_model.safetensors"
DIFFUSION = "v1-5-pruned-emaonly.safetensors"


@pytest.mark.parametrize(
    ("essay", "some", "none"),
    [
        ("brushstrokes-12x", {DIFFUSION}, {LINFUSION}),
        ("linfusion", {DIFFUSION, LINFUSION}, set()),
        ("poster-thin-lines", {"mssnet-realblurr.pt", "realblurr/model_03000E.pt"}, {"mssnet-gopro.pt", DIFFUSION}),
        ("fine-text-2x", {"edsr-baseline-liif.pth"}, {DIFFUSION}),
        ("mbpu", set(), {DIFFUSION}),
    ],
)
def test_an_essay_can_load_the_files_of_its_own_designs(essay, some, none):
    found = set(official_files(essay, CODE))
    assert some <= found
    assert not none & found
    assert bool(found) == bool(some)


def test_an_essay_that_is_not_there_can_load_nothing():
    assert list(official_files("nowhere", CODE)) == []
