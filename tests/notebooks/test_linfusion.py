"""Laws of the linear attention that hold for any weights, and how it is put into a UNet."""

import json

import pytest
from parity.vectors import FOLDER, listed

pytestmark = pytest.mark.torch


@pytest.fixture(scope="module")
def attention():
    import torch
    from models.linfusion import GeneralizedLinearAttention

    torch.set_num_threads(1)
    torch.manual_seed(0)
    return GeneralizedLinearAttention(32, 4).double().eval().requires_grad_(False)


def tiny_unet():
    import torch
    from diffusers import UNet2DConditionModel

    torch.manual_seed(0)
    config = json.loads((FOLDER / "linfusion_tiny-unet_16x16.json").read_text())["config"]
    return UNet2DConditionModel(**config).eval().requires_grad_(False)


def unet_of_sd():
    import torch
    from diffusers import UNet2DConditionModel

    with torch.device("meta"):
        return UNet2DConditionModel(cross_attention_dim=768)


def shapes(network):
    return {key: tuple(value.shape) for key, value in network.state_dict().items()}


# --- the attention ---------------------------------------------------------------------------------------------------


def test_tokens_in_another_order_learn_the_same_in_that_order(attention):
    import torch

    tokens, order = torch.randn(2, 20, 32, dtype=torch.float64), torch.randperm(20)

    torch.testing.assert_close(attention(tokens[:, order]), attention(tokens)[:, order], atol=1e-14, rtol=0)


@pytest.mark.parametrize("times", [2, 5])
def test_each_token_twice_teaches_nothing_new(attention, times):
    """The mean over the keys makes it so: a plain linear attention would double its answer."""
    import torch

    tokens = torch.randn(2, 20, 32, dtype=torch.float64)

    more = attention(tokens.repeat(1, times, 1))

    torch.testing.assert_close(more, attention(tokens).repeat(1, times, 1), atol=1e-14, rtol=0)


def test_every_token_hears_every_other(attention):
    import torch

    tokens = torch.randn(1, 6, 32, dtype=torch.float64)
    answer = attention(tokens)
    for i in range(6):
        changed = tokens.clone()
        changed[0, i] += 1
        assert bool(((attention(changed) - answer).abs().amax(-1) > 1e-9).all())


def test_the_answer_is_an_average_of_the_values():
    """With all values alike the answer is that value, but for the floor under the normaliser."""
    import torch
    from models.linfusion import FLOOR, attend

    q, k = torch.rand(2, 3, 7, 4, dtype=torch.float64) + 0.1, torch.rand(2, 3, 9, 4, dtype=torch.float64) + 0.1
    v = torch.ones(2, 3, 9, 4, dtype=torch.float64)
    mean = (q @ k.mean(-2, keepdim=True).mT).expand(2, 3, 7, 4)

    torch.testing.assert_close(attend(q, k, v), mean / (mean + FLOOR), atol=1e-14, rtol=0)


def test_a_hand_computed_answer():
    """Keys 2 and 6 have the mean 4; with values 10 and 20 the state is (2 x 10 + 6 x 20) / 2 = 70."""
    import torch
    from models.linfusion import attend

    q, k, v = (torch.tensor(x, dtype=torch.float64).view(1, 1, 2, 1) for x in ([1, 3], [2, 6], [10, 20]))

    assert attend(q, k, v).flatten().tolist() == pytest.approx([70 / 4.0001, 210 / 12.0001], rel=1e-12)


def test_it_equals_the_same_weights_written_out_for_each_pair():
    import torch
    from models.linfusion import FLOOR, attend

    q, k, v = (torch.rand(1, 2, 11, 4, dtype=torch.float64) for _ in range(3))
    pairs = q @ k.mT
    written_out = pairs @ v / (pairs.sum(-1, keepdim=True) + 11 * FLOOR)

    torch.testing.assert_close(attend(q, k, v), written_out, atol=1e-14, rtol=0)


def test_its_weights_have_no_more_than_d_independent_rows():
    """What it cannot do: many sharp matches at once, one per token."""
    import torch
    from models.linfusion import attend

    q, k = torch.rand(1, 1, 30, 5, dtype=torch.float64), torch.rand(1, 1, 30, 5, dtype=torch.float64)

    assert torch.linalg.matrix_rank(attend(q, k, torch.eye(30, dtype=torch.float64)[None, None])).item() == 5


def test_it_can_hear_other_tokens(attention):
    import torch

    tokens, others = torch.randn(1, 6, 32, dtype=torch.float64), torch.randn(1, 9, 32, dtype=torch.float64)

    assert attention(tokens, others).shape == (1, 6, 32)
    assert torch.equal(attention(tokens, tokens), attention(tokens))


def test_a_mask_is_refused(attention):
    import torch

    with pytest.raises(ValueError, match="takes no mask"):
        attention(torch.zeros(1, 4, 32).double(), attention_mask=torch.ones(1, 4))


def test_channels_that_cannot_be_shared_are_refused():
    from models.linfusion import GeneralizedLinearAttention

    with pytest.raises(ValueError, match="32 channels cannot be shared among 5 heads"):
        GeneralizedLinearAttention(32, 5)


def test_half_precision_stays_near_and_finite_with_many_tokens(attention):
    import copy

    import torch

    tokens = torch.randn(1, 4096, 32)
    rough = copy.deepcopy(attention).bfloat16()(tokens.bfloat16())
    fine = copy.deepcopy(attention).float()(tokens)

    assert rough.dtype == torch.bfloat16
    torch.testing.assert_close(rough.float(), fine, atol=0.05, rtol=0)


def test_every_parameter_learns():
    import torch
    from models.linfusion import GeneralizedLinearAttention

    network = GeneralizedLinearAttention(16, 2)
    network(torch.randn(1, 5, 16)).square().sum().backward()

    assert all(p.grad is not None and p.grad.any() for p in network.parameters())


# --- in a UNet -------------------------------------------------------------------------------------------------------


def test_stable_diffusion_gets_sixteen_modules_with_the_names_of_the_official_file():
    from models.linfusion import modules_list, mount

    unet = unet_of_sd()
    published = json.loads((FOLDER / "keys" / "linfusion-sd15-modules_list.json").read_text())["modules_list"]
    assert modules_list(unet) == published

    modules = mount(unet)

    assert shapes(modules) == listed("linfusion-sd15")
    assert len(shapes(modules)) == 272
    assert sum(p.numel() for p in modules.parameters()) == 99_235_520
    assert shapes(unet) == listed("sd15-unet-linfusion-mounted")
    assert sum(p.numel() for p in unet.parameters()) == 909_182_404
    assert all(unet.get_submodule(entry["module_name"]) is modules[i] for i, entry in enumerate(published))


@pytest.mark.parametrize(("middle", "keys"), [(None, 17), (-1, 5), (20, 17)])
def test_each_projection_can_be_mounted(middle, keys):
    import torch
    from models.linfusion import mount

    unet = tiny_unet()
    modules = mount(unet, middle)

    assert all(len(module.state_dict()) == keys for module in modules)
    with torch.no_grad():
        noise = unet(torch.randn(1, 4, 16, 16), 10, torch.randn(1, 7, 24)).sample
    assert noise.shape == (1, 4, 16, 16)
    assert bool(noise.isfinite().all())


def test_the_modules_of_the_official_config_are_mounted_and_others_refused():
    from models.linfusion import mount_as_listed

    config = json.loads((FOLDER / "keys" / "linfusion-sd15-modules_list.json").read_text())
    assert len(mount_as_listed(unet_of_sd(), config)) == 16

    config["modules_list"][3]["heads"] = 5
    with pytest.raises(ValueError, match="module 3 has heads 5, not 8"):
        mount_as_listed(unet_of_sd(), config)
    with pytest.raises(ValueError, match="16 modules, not 4"):
        mount_as_listed(tiny_unet(), config)


def test_a_file_fills_all_modules_or_none(tmp_path):
    """The published file is a flat safetensors file of all modules, each behind its number."""
    import torch
    from models.linfusion import mount
    from safetensors.torch import load_file, save_file

    here, there = tiny_unet(), tiny_unet()
    torch.manual_seed(1)
    save_file(mount(here).state_dict(), tmp_path / "diffusion_pytorch_model.safetensors")

    modules = mount(there)
    modules.load_state_dict(load_file(tmp_path / "diffusion_pytorch_model.safetensors"), strict=True)

    given = torch.randn(1, 4, 16, 16), 5, torch.randn(1, 7, 24)
    with torch.no_grad():
        assert torch.equal(here(*given).sample, there(*given).sample)
    with pytest.raises(RuntimeError, match="Missing key"):
        mount(tiny_unet(), -1).load_state_dict({"0.to_q.weight": torch.zeros(32, 32)}, strict=True)


def test_modules_can_start_from_the_projections_that_they_replace():

    import torch
    from models.linfusion import mount, self_attentions

    unet = tiny_unet()
    old = [
        {key: value.clone() for key, value in module.state_dict().items()} for module in self_attentions(unet).values()
    ]

    for was, module in zip(old, mount(unet, keep_projections=True), strict=True):
        held = module.state_dict()
        assert all(torch.equal(held[key], value) for key, value in was.items())


def test_what_was_mounted_keeps_the_kind_of_numbers_and_is_seen_by_the_library():
    import torch
    from models.linfusion import mount

    unet = tiny_unet().bfloat16()
    before = set(unet.attn_processors)
    mount(unet)

    assert {p.dtype for p in unet.parameters()} == {torch.bfloat16}
    assert not unet.training
    assert not any(module.training for module in unet.modules())
    assert {name for name in before if ".attn2." in name} == set(unet.attn_processors)
    unet.set_attn_processor(dict(unet.attn_processors))


def test_nothing_is_mounted_twice_or_on_a_network_without_self_attention():
    import torch
    from models.linfusion import mount

    unet = tiny_unet()
    mount(unet)

    for network in (unet, torch.nn.Linear(2, 2)):
        with pytest.raises(ValueError, match="no softmax self-attention"):
            mount(network)
    with pytest.raises(ValueError, match="3 projections for 4"):
        mount(tiny_unet(), [None, None, None])
