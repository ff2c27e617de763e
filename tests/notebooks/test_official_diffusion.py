"""Official weights of Stable Diffusion reach an essay from one file or a folder, and LinFusion's go into a copy."""

import json
import shutil

import pytest

pytestmark = pytest.mark.torch
PARTS = ("unet", "vae", "text_encoder", "tokenizer", "scheduler")


@pytest.fixture(scope="module")
def narrow():
    """A pipeline of the same parts, with few channels and weights at random."""
    import torch
    from models.stable_diffusion import assembled, letters_tokenizer, networks_of

    from tests.notebooks.test_stable_diffusion import narrow_config

    torch.manual_seed(0)
    return assembled(networks_of(narrow_config()), letters_tokenizer()).requires_grad_(False)


@pytest.fixture
def named(narrow, tmp_path, monkeypatch):
    """The folder that the environment names, with the pipeline as diffusers writes it, below its usual name."""
    from lab import record

    folder = tmp_path / "weights"
    for name in PARTS:
        getattr(narrow, name).save_pretrained(folder / "stable-diffusion-v1-5" / name)
    monkeypatch.setenv("MODEL_ANSWERS_WEIGHTS", str(folder))
    monkeypatch.setattr(record, "RECORD", record.Record())
    return folder


@pytest.fixture
def linfusion(named, narrow):
    """The same with LinFusion's files, weights at random."""
    import copy

    import torch
    from models.linfusion import modules_list, mount
    from safetensors.torch import save_file

    unet = copy.deepcopy(narrow.unet)
    listed = modules_list(unet)
    torch.manual_seed(1)
    folder = named / "LinFusion-1-5"
    folder.mkdir()
    save_file(mount(unet).state_dict(), folder / "diffusion_pytorch_model.safetensors")
    (folder / "config.json").write_text(json.dumps({"modules_list": listed}))
    return unet


def loaded():
    import torch
    from lab.designs import stable_diffusion

    return stable_diffusion.load(torch.device("cpu"))


def same(one, other):
    import torch

    held = other.state_dict()
    return all(torch.equal(value, held[key]) for key, value in one.state_dict().items())


@pytest.mark.parametrize("is_one", [False, True])
def test_a_folder_goes_before_the_small_pipeline_and_is_written_down(named, narrow, is_one, monkeypatch):
    """It is the folder that was named, or lies in it. No record gives the digests of its files, which is told."""
    from lab import record

    inside = "" if is_one else "stable-diffusion-v1-5/"
    if is_one:
        monkeypatch.setenv("MODEL_ANSWERS_WEIGHTS", str(named / "stable-diffusion-v1-5"))

    found = loaded()

    unet = f"{inside}unet/diffusion_pytorch_model.safetensors"
    assert same(narrow, found.network)
    assert (found.origin, found.smaller, found.known) == ("official", False, False)
    assert found.stamp == f"Weights from {unet}, whose SHA-256 no record gives"
    names = (f"{inside}{name}" for name in ("vae/diffusion_pytorch_model", "text_encoder/model"))
    assert set(record.RECORD.weights) == {f"official:{unet}", *(f"official:{name}.safetensors" for name in names)}


def test_of_two_kinds_of_numbers_the_file_that_was_read_is_named(named, narrow):
    from safetensors.torch import save_file

    folder = named / "stable-diffusion-v1-5/unet"
    halves = {key: value.half() for key, value in narrow.unet.state_dict().items()}
    save_file(halves, folder / "diffusion_pytorch_model.fp16.safetensors")

    found = loaded()

    assert same(narrow, found.network), "the file of single precision was read"
    assert found.file == "stable-diffusion-v1-5/unet/diffusion_pytorch_model.safetensors"


def test_the_one_file_goes_before_the_folder(named, narrow, monkeypatch):
    from lab.designs import official_diffusion

    (named / "v1-5-pruned-emaonly.safetensors").touch()
    monkeypatch.setattr(official_diffusion, "load_file", lambda *_, **__: narrow)

    assert loaded().file == "v1-5-pruned-emaonly.safetensors"


def test_a_folder_that_lacks_a_part_is_refused_and_nothing_stands_in(named):
    shutil.rmtree(named / "stable-diffusion-v1-5" / "vae")
    with pytest.raises(ValueError, match="has no vae"):
        loaded()


def test_linfusions_file_goes_into_a_copy(linfusion, narrow):
    import torch
    from lab import record
    from lab.designs import official_linfusion

    pair = official_linfusion.with_and_without(torch.device("cpu"))

    assert same(narrow, pair["softmax"].network)
    assert same(linfusion, pair["linear"].network.unet)
    assert same(narrow.vae, pair["linear"].network.vae)
    assert "official:LinFusion-1-5/diffusion_pytorch_model.safetensors" in record.RECORD.weights
    assert pair["linear"].stamp.endswith(
        "and LinFusion-1-5/diffusion_pytorch_model.safetensors, whose SHA-256 no record gives"
    )


@pytest.mark.usefixtures("linfusion")
@pytest.mark.parametrize("gone", ["LinFusion-1-5", "stable-diffusion-v1-5"])
def test_without_the_files_of_both_there_is_no_pair(named, gone):
    import torch
    from lab.designs import official_linfusion

    shutil.rmtree(named / gone)
    assert official_linfusion.with_and_without(torch.device("cpu")) == {}


@pytest.mark.usefixtures("linfusion")
def test_a_file_of_linfusion_without_its_list_or_for_another_network_is_refused(named):
    import torch
    from lab.checkpoints import WeightsError
    from lab.designs import official_linfusion

    config = named / "LinFusion-1-5/config.json"
    listed = json.loads(config.read_text())
    config.unlink()
    with pytest.raises(WeightsError, match=r"config\.json is missing beside LinFusion-1-5/diffusion_pytorch_model"):
        official_linfusion.with_and_without(torch.device("cpu"))
    config.write_text(json.dumps({"modules_list": listed["modules_list"][1:]}))
    with pytest.raises(ValueError, match="15 modules, not 16"):
        official_linfusion.with_and_without(torch.device("cpu"))
    for broken, told in (
        ("{", "is no JSON"),
        ("[]", "has no modules_list"),
        ('{"modules": []}', "has no modules_list"),
    ):
        config.write_text(broken)
        with pytest.raises(WeightsError, match=f"config.json beside LinFusion-1-5/diffusion_pytorch_model.*{told}"):
            official_linfusion.with_and_without(torch.device("cpu"))


@pytest.mark.usefixtures("linfusion")
def test_the_error_of_the_noise_is_that_of_the_noise_that_was_added():
    """A UNet that sees nothing errs by the noise's own square, which is 1 in the mean; it hears no words."""
    import torch
    from lab.designs import official_diffusion, official_linfusion

    pair = official_linfusion.with_and_without(torch.device("cpu"))
    picture = torch.rand(3, 256, 256)
    seen = {name: official_diffusion.error_of_noise(one, picture, 300, seed=1) for name, one in pair.items()}
    assert seen["softmax"] != seen["linear"]
    for value in pair["softmax"].network.unet.conv_out.parameters():
        value.data.zero_()
    assert official_diffusion.error_of_noise(pair["softmax"], picture, 300, seed=1) == pytest.approx(1, abs=0.1)
