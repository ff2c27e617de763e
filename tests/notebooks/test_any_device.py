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

    parts = found if isinstance(found, (tuple, list)) else (found,)
    assert {part.device.type for part in parts if isinstance(part, torch.Tensor)} <= {"meta"}
