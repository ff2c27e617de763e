"""What a network makes on its way lies where its input lies, so that it runs on a GPU as it is.

The device `meta` stands for any that is not the CPU: it has no numbers, and refuses to be mixed with others.
"""

import pytest

pytestmark = pytest.mark.torch

NETWORKS = {  # module and class, its arguments, and the shapes of what it is called with
    "edsr": ("edsr", "EDSR", (), [(1, 3, 8, 8)]),
    "mssnet": ("mssnet", "MSSNet", (), [(1, 3, 32, 32)]),
    "linear attention": ("linfusion", "GeneralizedLinearAttention", (32, 4), [(2, 48, 32)]),
    "upscaler": ("small_upscaler", "SmallUpscaler", (), [(1, 3, 8, 8)]),
    "denoiser": ("small_denoiser", "SmallDenoiser", (), [(1, 3, 16, 16), (1,)]),
    "residual diffusion": ("residual_diffusion", "ResidualDiffusion", (), [(1, 3, 32, 32), (1, 3, 32, 32), (1,)]),
    "classifier": ("small_classifier", "SmallClassifier", (), [(4, 1, 8, 8)]),
    "joint bilateral upsampling": ("joint_bilateral", "JBUStack", (8,), [(1, 8, 4, 4), (1, 3, 64, 64)]),
    "P2PNet": ("grad_pu", "P2PNet", (), [(1, 3, 64), (1, 3, 20)]),
    "MBPU": ("mbpu", "MBPU", (), [(2, 64, 3), (2, 20, 3)]),
    "Mamba": ("mamba", "Mamba", (16,), [(2, 24, 16)]),
}


@pytest.mark.parametrize("name", NETWORKS)
def test_a_network_stays_on_the_device_of_its_input(name):
    import importlib

    import torch

    module, kind, arguments, shapes = NETWORKS[name]
    network = getattr(importlib.import_module(f"models.{module}"), kind)(*arguments).eval().to("meta")

    found = network(*(torch.empty(shape, device="meta") for shape in shapes))

    assert devices(found) == {"meta"}


@pytest.mark.parametrize(("module", "kind"), [("liif", "LIIF"), ("liif_bands", "LIIFInBands")])
def test_liif_makes_nothing_on_a_device_that_it_does_not_name(module, kind):
    """It reads its own sizes, so it has to have numbers: its input lies on the CPU, what nobody places on `meta`."""
    import importlib

    import torch

    network = getattr(importlib.import_module(f"models.{module}"), kind)().eval()
    picture = torch.rand(1, 3, 8, 8)

    with torch.no_grad(), torch.device("meta"):
        assert devices(network(picture, 16, 16)) == {"cpu"}


def test_stable_diffusion_stays_on_the_device_of_its_input():
    import torch
    from models.stable_diffusion import assembled, letters_tokenizer, networks_of

    from tests.notebooks.test_stable_diffusion import narrow_config

    network = assembled(networks_of(narrow_config()), letters_tokenizer()).to("meta")
    latent, tokens = torch.empty(1, 4, 4, 4, device="meta"), torch.empty(1, 77, dtype=torch.long, device="meta")
    words = network.text_encoder(tokens).last_hidden_state

    assert devices(network.unet(latent, torch.empty(1, device="meta"), words).sample) == {"meta"}
    assert devices(network.through_autoencoder(torch.empty(1, 3, 32, 32, device="meta"))) == {"meta"}


def devices(found):
    """Return the kinds of device on which the tensors of an output lie; an output without tensors has none."""
    import torch

    parts = found if isinstance(found, (tuple, list)) else (found,)
    return {part.device.type for part in parts if isinstance(part, torch.Tensor)}
