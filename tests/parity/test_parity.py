"""Our networks give the numbers that the original code gave, with the same weights and inputs."""

import json
import math
import shutil

import pytest
from parity import vectors

from catalog.imported_code import Code
from catalog.load import ROOT
from catalog.parity_file import PARITY, read_parity
from catalog.parity_freshness import not_compared, parity_freshness

CASES = {case.name: case for case in vectors.cases()}
COMPUTES = pytest.mark.torch


@COMPUTES
@pytest.mark.parametrize("name", CASES)
def test_our_network_gives_the_stored_numbers(name):
    """On the CPU within the case's own tolerance; a GPU adds in another order and gets ten times that."""
    from parity.compare import comparisons, places

    found = [each for place in places() for each in comparisons(CASES[name], place)]

    assert {each.output for each in found} == set(CASES[name].sidecar["outputs"])
    assert [str(each) for each in found if not each.is_equal] == []


@COMPUTES
def test_every_vector_that_was_given_is_compared():
    from parity.families import networks, of_network

    counted = {name: len(case.sidecar["outputs"]) for name, case in CASES.items()}
    beginnings = [beginning for network in networks() for beginning in of_network(network).FAMILIES]
    families = {each: [n for name, n in counted.items() if name.startswith(each)] for each in beginnings}

    assert families == {
        "edsr": [1],
        "featup_jbu": [4],
        "gs_covariance": [5],
        "gs_projection": [12],
        "gs_render": [6, 6],
        "gs_sh": [10],
        "ips": [13, 14],
        "lightgaussian_score": [8],
        "lightgaussian_vq": [9],
        "gradpu_midpoint": [8],
        "gradpu_p2pnet": [5],
        "gradpu_update": [3],
        "liif": [4, 3, 2],
        "linfusion_gla": [1, 1, 1, 1, 1],
        "linfusion_tiny-unet": [1],
        "mamba_block": [4],
        "mamba_scan": [2, 2, 2],
        "mssnet": [7, 7],
        "ptv3_codes": [10],
        "ptv3_deep": [5],
        "ptv3_orders": [20],
        "ptv3_stale": [4],
        "ptv3_tiny": [5],
    }
    assert sum(len(cases) for cases in families.values()) == len(CASES)


@COMPUTES
@pytest.mark.parametrize(
    ("keys", "name", "count"),
    [
        ("liif-edsr-baseline", "liif_edsr-baseline_17x23", 1_567_323),
        ("edsr-baseline-x2", "edsr-baseline_x2_17x23", 1_369_883),
        ("mssnet", "mssnet_54-42-42_48x64", 15_614_497),
        ("mssnet-small", "mssnet_20-40-40_48x64", 6_756_161),
        ("linfusion-gla-c32", "linfusion_gla_c32_n48", 8_480),
        ("linfusion-gla-c320", "linfusion_gla_c320_n256", 822_080),
        ("linfusion-gla-c320-identity", "linfusion_gla_c320_identity_n64", 409_920),
        ("linfusion-gla-c640", "linfusion_gla_c640_n64", 3_282_560),
        ("linfusion-gla-c640-mid40", "linfusion_gla_c640_mid40_n64", 1_742_960),
        ("linfusion-tiny-unet", "linfusion_tiny-unet_16x16", 820_356),
        ("grad-pu-p2pnet", "gradpu_p2pnet_n96_q80", 67_073),
        ("ips-megapixel-mnist", "ips_fork_300px_n36", 882_280),
        ("ips-megapixel-mnist-base", "ips_base_300px_n36", 880_232),
        ("mamba-dmodel32", "mamba_block_d32_l50", 9_920),
        ("featup-jbu-stack-c24", "featup_jbu_c24_4x5", 25_532),
        ("ptv3-deep", "ptv3_deep_n150", 125_780),
        ("ptv3-stale", "ptv3_stale_n120", 102_416),
        ("ptv3-tiny", "ptv3_tiny_n190", 269_816),
    ],
)
def test_names_and_shapes_are_those_of_the_official_checkpoint(keys, name, count):
    from parity.compare import names, of_case

    wanted = vectors.listed(keys)

    assert CASES[name].key_list == keys
    assert vars(names(of_case(CASES[name]), wanted, keys)) == {"names": len(wanted), "parameters": count}


def test_of_featsharp_s_two_forms_that_of_the_paper_is_compared():
    """The other, whose first finer map comes from JAFAR, is not built here, as the record and the network say."""
    forms = json.loads((vectors.FOLDER / "keys/featsharp-upsampler.json").read_text("utf-8"))
    paper = forms["paper_jbu_tiles"]

    assert vectors.listed("featsharp-jbu-tiles") == {name: tuple(shape) for name, shape in paper["keys"].items()}
    assert sum(math.prod(shape) for shape in paper["keys"].values()) == paper["n_params"] == 44_783_444
    assert any(".jafar." in name for name in forms["released_cfg_noln_jafar_tiles"]["keys"])


@COMPUTES
def test_lists_that_no_case_has_are_compared_too():
    from parity.compare import names
    from parity.families import networks, of_network

    lists = {name: listed for network in networks() for name, listed in of_network(network).LISTS.items()}
    found = {name: vars(names(listed, vectors.listed(name), name)) for name, listed in lists.items()}

    assert found == {
        "featsharp-jbu-tiles": {"names": 22, "parameters": 44_783_444},
        "featup-jbu-stack": {"names": 42, "parameters": 172_772},
        "linfusion-sd15": {"names": 272, "parameters": 99_235_520},
        "mssnet-large": {"names": 328, "parameters": 28_182_041},
        "ptv3-default": {"names": 486, "parameters": 46_166_272},
        "sd15-ldm-checkpoint": {"names": 1_131, "parameters": 1_066_235_307},
        "sd15-text-encoder-transformers4": {"names": 196, "parameters": 123_060_480},
        "sd15-unet-diffusers": {"names": 686, "parameters": 859_520_964},
        "sd15-unet-linfusion-mounted": {"names": 878, "parameters": 909_182_404},
        "sd15-vae-diffusers": {"names": 248, "parameters": 83_653_863},
    }


# --- what is not equal is told ---------------------------------------------------------------------------------------


@COMPUTES
def test_a_number_that_is_none_and_a_shape_that_differs_are_not_equal():
    import torch
    from parity.compare import Compared, deviation

    theirs = torch.zeros(2, 3)
    for ours in (torch.full((2, 3), float("nan")), torch.zeros(3, 2), torch.full((2, 3), 0.2)):
        largest, rms = deviation(ours, theirs)
        assert not Compared("case", "x", "as it is", "cpu", largest, rms, atol=0.1, rms_tol=0.1).is_equal
    assert Compared("case", "x", "as it is", "cpu", *deviation(theirs, theirs), atol=0.1, rms_tol=0.1).is_equal


@pytest.fixture
def copied(tmp_path):
    """A folder of vectors with the smallest case alone."""
    folder = tmp_path / "tests" / "parity"
    (folder / "keys").mkdir(parents=True)
    for file in CASES["linfusion_gla_c32_n48"].files:
        shutil.copy(vectors.FOLDER / file, folder / file)
    for file in vectors.FOLDER.glob("keys/*.json"):
        shutil.copy(file, folder / "keys" / file.name)
    return folder


@COMPUTES
def test_nothing_is_written_of_a_network_that_is_not_equal(copied):
    """All that is wrong is told at once: an output that is too far, and a list with another name."""
    from parity.report import ParityError, report

    sidecar = copied / "linfusion_gla_c32_n48.json"
    told = json.loads(sidecar.read_text())
    told["outputs"]["tokens"]["atol"] = -1  # not even the same number
    sidecar.write_text(json.dumps(told))
    listing = json.loads((copied / "keys" / "mssnet-large.json").read_text())
    listing.get("keys", listing)["one.more"] = [1]
    (copied / "keys" / "mssnet-large.json").write_text(json.dumps(listing))

    with pytest.raises(ParityError) as told:
        report(ROOT, copied)

    lines = str(told.value).splitlines()
    assert len(lines) == 2
    assert lines[0].startswith("linfusion_gla_c32_n48: tokens, as it is on cpu: ")
    assert lines[1] == "mssnet-large: 1 names or shapes differ, such as one.more"


@COMPUTES
@pytest.mark.parametrize("is_equal", [True, False])
def test_the_command_writes_what_came_out_unless_a_network_is_not_equal(tmp_path, monkeypatch, capsys, is_equal):
    from parity import report

    from scripts import check_parity

    def compared(_):
        if not is_equal:
            raise report.ParityError("liif: too far")
        return {"devices": {}, "networks": {}, "provenance": {}}

    monkeypatch.setattr(report, "report", compared)
    path = tmp_path / PARITY
    path.parent.mkdir(parents=True)
    path.write_text("before")

    status = check_parity.main([], tmp_path)

    assert (status, path.read_text() == "before") == ((0, False) if is_equal else (1, True))
    assert ("liif: too far" in capsys.readouterr().err) is not is_equal


# --- what is written -------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def written():
    parity, problems = read_parity(ROOT)
    assert problems == []
    return parity


def test_what_is_written_holds_every_case_and_every_list_that_there_is(written):
    cases = {case for network in written.networks.values() for case in network.cases}

    assert cases == set(CASES)
    assert not_compared(written, ROOT) == []


def test_a_change_of_a_network_or_a_vector_makes_its_comparison_stale_and_no_other(written, tmp_path):
    for folder in ("notebooks/models", "notebooks/bench", "notebooks/parity", "tests/parity"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    before = stale(written, tmp_path)
    model, vector = tmp_path / "notebooks/models/liif_bands.py", tmp_path / "tests/parity/keys/mssnet.json"
    model.write_text(model.read_text() + "\nMORE = 1\n")
    vector.write_text(vector.read_text() + " ")
    (tmp_path / "tests/parity/liif_new.json").write_text("{}")

    after = stale(written, tmp_path)

    assert {name for name in after if after[name] != before[name]} == {"liif", "mssnet"}
    assert "models/liif_bands.py changed after this comparison" in after["liif"]
    assert "tests/parity/keys/mssnet.json changed after this comparison" in after["mssnet"]
    assert not_compared(written, tmp_path) == ["tests/parity/liif_new.json"]
    (tmp_path / "tests/parity/edsr-baseline_x2_17x23.safetensors").unlink()
    assert "tests/parity/edsr-baseline_x2_17x23.safetensors is missing" in stale(written, tmp_path)["edsr"]


def stale(parity, root):
    return {name: parity_freshness(name, network, Code(root)) for name, network in parity.networks.items()}


@COMPUTES
def test_one_command_writes_what_the_catalog_reads(copied, tmp_path):
    from parity import report

    (tmp_path / PARITY).parent.mkdir(parents=True)
    data = report.report(ROOT, copied)
    report.write(data | {"provenance": {"commit": "0123456", "date": "2026-01-02"}}, tmp_path / PARITY)

    parity, problems = read_parity(tmp_path)

    assert problems == []
    assert set(parity.networks["linfusion"].cases) == {"linfusion_gla_c32_n48"}
    assert parity.networks["linfusion"].cases["linfusion_gla_c32_n48"].repository == "Huage001/LinFusion"
    assert parity.networks["stable_diffusion"].lists["sd15-unet-diffusers"].names == 686
