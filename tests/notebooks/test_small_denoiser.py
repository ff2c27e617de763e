"""A small UNet with one self-attention: the noise and the brushwork it sees, and its two lessons."""

import numpy as np
import pytest

pytestmark = pytest.mark.torch


def tiny(linear=False, seed=0):
    import torch
    from models.small_denoiser import SmallDenoiser, SmallDenoiserConfig

    torch.manual_seed(seed)
    return SmallDenoiser(SmallDenoiserConfig((8, 8, 16), 4, linear)).eval()


@pytest.mark.parametrize("linear", [False, True])
def test_it_has_one_self_attention_and_answers_at_any_size(linear):
    import torch
    from models.linfusion import GeneralizedLinearAttention, self_attentions

    network = tiny(linear)
    (attention,) = self_attentions(network).values()
    assert isinstance(attention, GeneralizedLinearAttention) == linear
    assert attention.heads == 4
    for height, width in ((16, 16), (32, 24)):
        noisy = torch.randn(2, 3, height, width)
        assert network(noisy, torch.tensor([3, 900])).shape == noisy.shape


def test_noise_and_picture_share_the_variance_until_little_of_the_picture_is_left():
    import torch
    from models.small_denoiser import STEPS, noised, picture_left

    time = torch.arange(STEPS)
    left = picture_left(time)
    assert left[0] > 0.99
    assert left[-1] < 0.01
    assert bool((left.diff() < 0).all())
    picture, noise = torch.ones(1, 3, 4, 4), torch.zeros(1, 3, 4, 4)
    assert torch.allclose(noised(picture, noise, time[500:501]) ** 2, left[500])
    assert torch.allclose(noised(noise, picture, time[500:501]) ** 2, 1 - left[500])


def test_the_schedule_is_that_of_the_library():
    import torch
    from diffusers import DDIMScheduler
    from models.small_denoiser import STEPS, picture_left
    from models.stable_diffusion import SCHEDULE

    theirs = DDIMScheduler(**SCHEDULE).alphas_cumprod
    assert torch.allclose(picture_left(torch.arange(STEPS)), theirs, atol=1e-6)


def test_brushwork_is_the_same_for_the_same_seed_and_runs_mostly_one_way():
    from lab import brush

    one, again, other = (brush.brushwork(np.random.default_rng(seed), 96) for seed in (1, 1, 2))
    assert one.shape == (96, 96, 3)
    assert one.dtype == np.uint8
    assert np.array_equal(one, again)
    assert not np.array_equal(one, other)


@pytest.fixture
def lessons(monkeypatch):
    """The lessons on a tiny network that is the first of both."""
    from lab.lessons import linfusion

    first = tiny().requires_grad_(False)
    monkeypatch.setattr(linfusion, "first", lambda: first)
    return linfusion


def test_the_second_lesson_teaches_the_attention_alone(lessons):
    from lab.designs.linfusion import with_attentions
    from models.linfusion import self_attentions
    from models.small_denoiser import SmallDenoiserConfig

    attentions = lessons.linear_attentions(SmallDenoiserConfig((8, 8, 16), 4, linear=True))
    ((name, replaced),) = self_attentions(lessons.first()).items()
    assert all(value.requires_grad for value in attentions.parameters())
    assert all(bool((value == attentions[0].state_dict()[key]).all()) for key, value in replaced.state_dict().items())

    network = with_attentions(lessons.first(), attentions)
    assert network.get_submodule(name) is attentions[0]
    learning = {name for name, value in network.named_parameters() if value.requires_grad}
    assert learning == {f"{name}.{key}" for key, _ in attentions[0].named_parameters()}
    assert self_attentions(lessons.first())[name] is replaced


def test_its_loss_is_nothing_but_the_error_of_the_noise_where_both_networks_agree(lessons):
    import torch
    from lab.designs.linfusion import attentions_of, with_attentions

    noisy, time, noise = torch.randn(2, 3, 16, 16), torch.tensor([10, 500]), torch.randn(2, 3, 16, 16)
    own, others = attentions_of(lessons.first()), attentions_of(tiny(seed=5))
    assert torch.equal(
        lessons.three_errors(own, noisy, time, noise),
        lessons.error_of_noise(lessons.first(), noisy, time, noise),
    )
    alone = lessons.error_of_noise(with_attentions(lessons.first(), others), noisy, time, noise)
    assert lessons.three_errors(others, noisy, time, noise) > alone
    assert not any(module._forward_hooks for module in others.modules()), "it leaves nothing behind"


def test_a_batch_holds_pictures_their_steps_of_noise_and_the_noise(lessons):
    import torch
    from models.small_denoiser import noised, picture_left

    picture = np.full((60, 60, 3), 255, np.uint8)  # white: 1 after scaling
    noisy, time, noise = lessons.noisy([picture], np.random.default_rng(0))
    assert noisy.shape == noise.shape == (3, lessons.PATCH, lessons.PATCH)
    assert torch.allclose(noisy, noised(torch.ones_like(noise)[None], noise[None], time[None])[0])
    assert 0 < picture_left(time) < 1


@pytest.fixture
def loaded():
    """A tiny network with softmax, as weights are loaded."""
    from lab.weights import Loaded

    return Loaded(tiny(), "trained here", smaller=True, file="tiny.safetensors")


def test_the_table_of_weights_gives_what_the_softmax_attention_answers(loaded):
    import torch
    from einops import rearrange
    from lab.designs import linfusion
    from models.linfusion import self_attentions

    (attention,) = self_attentions(loaded.network).values()
    heard = []
    attention.register_forward_pre_hook(lambda _, given: heard.append(given[0]))
    asked = torch.randn(2, 3, 16, 24), torch.tensor([1, 700])
    table, answer = linfusion.weights_of(loaded, *asked), linfusion.answers_of(loaded, *asked)
    assert table.shape == (2, 4, 24, 24)
    assert torch.allclose(table.sum(-1), torch.ones(2, 4, 24), atol=1e-6)
    values = rearrange(attention.to_v(heard[0]), "b n (h d) -> b h n d", h=4)
    ours = attention.to_out[0](rearrange(table @ values, "b h n d -> b n (h d)"))
    assert torch.allclose(ours, answer, atol=1e-5)


def test_linear_attention_that_learned_nothing_has_the_projections_of_the_softmax(loaded):
    from lab.designs import linfusion
    from models.linfusion import GeneralizedLinearAttention, self_attentions

    other = linfusion.untaught(loaded).network
    (attention,) = self_attentions(other).values()
    assert isinstance(attention, GeneralizedLinearAttention)
    now = other.state_dict()
    assert all(bool((value == now[name]).all()) for name, value in loaded.network.state_dict().items())


def test_without_attention_it_answers_nothing(loaded):
    """And the network that was given keeps its own."""
    import torch
    from lab.designs import linfusion

    before = {name: value.clone() for name, value in loaded.network.state_dict().items()}
    silent = linfusion.without_attention(loaded)
    assert not bool(linfusion.answers_of(silent, torch.randn(1, 3, 16, 16), torch.tensor([5])).any())
    assert all(bool((value == before[name]).all()) for name, value in loaded.network.state_dict().items())


def test_the_shipped_linear_attention_stands_in_the_first_network_which_keeps_its_own():
    import torch
    from lab.designs import linfusion
    from lab.weights import SHIPPED
    from models.linfusion import self_attentions
    from safetensors.torch import load_file

    made = linfusion.load(torch.device("cpu"))
    state = {name: loaded.network.state_dict() for name, loaded in made.items()}
    ((place, _),) = self_attentions(made["softmax"].network).items()
    taught = {
        f"{place}.{key.removeprefix('0.')}": value
        for key, value in load_file(SHIPPED / "linfusion-linear.safetensors").items()
    }
    alike = state["softmax"].keys() - taught.keys()
    assert taught.keys() == {name for name in state["linear"] if name.startswith(f"{place}.")}
    assert all(torch.equal(state["linear"][name], value.float()) for name, value in taught.items())
    assert all(torch.equal(state["linear"][name], state["softmax"][name]) for name in alike)
    assert not torch.equal(state["softmax"][f"{place}.to_q.weight"], state["linear"][f"{place}.to_q.weight"])
    assert made["linear"].file == "linfusion-linear.safetensors"
