"""Laws of Mamba's layer and its scan that hold for any weights."""

import pytest

pytestmark = pytest.mark.torch


@pytest.fixture(scope="module")
def layer():
    import torch
    from models.mamba import Mamba

    torch.set_num_threads(1)
    torch.manual_seed(0)
    return Mamba(16, d_state=4).double().requires_grad_(False)


def given(length, groups=0):
    """Return all inputs of a scan: 2 clouds, 6 channels, 3 numbers of state."""
    import torch

    rng = torch.Generator().manual_seed(length)

    def drawn(*shape):
        return torch.randn(*shape, generator=rng, dtype=torch.float64)

    shared = (2, groups, 3, length) if groups else (2, 3, length)
    parts = {name: drawn(2, 6, length) for name in ("u", "delta", "z")}
    return parts | {"A": -drawn(6, 3).exp(), "B": drawn(*shared), "C": drawn(*shared), "D": drawn(6)}


def step_by_step(inputs):
    """Return what a scan should, by the plain recurrence."""
    import torch
    import torch.nn.functional as F  # noqa: N812

    u, steps = inputs["u"], F.softplus(inputs["delta"])
    taken_in, given_out = (by_channel(inputs[name]) for name in "BC")  # (2, 6, 3, L) each
    hidden, answers = torch.zeros(2, 6, 3, dtype=u.dtype), []
    for t in range(u.shape[-1]):
        kept = torch.exp(steps[..., t, None] * inputs["A"])
        hidden = kept * hidden + (steps * u)[..., t, None] * taken_in[..., t]
        answers.append((hidden * given_out[..., t]).sum(-1))
    return (torch.stack(answers, dim=-1) + inputs["D"][:, None] * u) * F.silu(inputs["z"]), hidden


def by_channel(shared):
    """Return B or C for each of the six channels; channels of a group stand side by side."""
    grouped = shared if shared.ndim == 4 else shared[:, None]
    return grouped.repeat_interleave(6 // grouped.shape[1], dim=1)


def work(call):
    """Return how many numbers a call computes, whatever the operation, and the largest single outcome."""
    from torch.utils._python_dispatch import TorchDispatchMode
    from torch.utils._pytree import tree_leaves

    class Counter(TorchDispatchMode):
        numbers = largest = 0

        def __torch_dispatch__(self, func, types, args=(), kwargs=None):
            out = func(*args, **(kwargs or {}))
            sizes = [each.numel() for each in tree_leaves(out) if hasattr(each, "numel")]
            self.numbers += sum(sizes)
            self.largest = max(self.largest, *sizes, 0)
            return out

    with Counter() as counter:
        call()
    return counter.numbers, counter.largest


# --- the recurrence --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("length", [1, 2, 3, 7, 8, 33, 100])
def test_all_steps_at_once_are_the_plain_recurrence(length):
    import torch
    from models.mamba import recurrence

    decay, drive = torch.rand(length, 5, dtype=torch.float64), torch.randn(length, 5, dtype=torch.float64)
    plain, state = [], torch.zeros(5, dtype=torch.float64)
    for kept, added in zip(decay, drive, strict=True):
        state = kept * state + added
        plain.append(state)

    torch.testing.assert_close(recurrence(decay, drive), torch.stack(plain), atol=1e-13, rtol=0)


@pytest.mark.parametrize("length", [1, 2, 5, 8])
def test_its_own_backward_pass_has_the_gradients_of_finite_differences_twice(length):
    import torch
    from models.mamba import recurrence

    torch.manual_seed(length)
    inputs = [torch.rand(length, 2, dtype=torch.float64, requires_grad=True) for _ in range(2)]

    assert torch.autograd.gradcheck(recurrence, inputs)
    assert torch.autograd.gradgradcheck(recurrence, inputs)


def test_a_decay_of_zero_forgets_and_a_decay_of_one_adds_up():
    import torch
    from models.mamba import recurrence

    drive = torch.randn(20, 3, dtype=torch.float64)

    assert torch.equal(recurrence(torch.zeros_like(drive), drive), drive)
    torch.testing.assert_close(recurrence(torch.ones_like(drive), drive), drive.cumsum(0), atol=1e-13, rtol=0)


# --- the scan --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("groups", [0, 1, 2, 3])
@pytest.mark.parametrize("chunk", [1, 4, 17, 256])
def test_the_parallel_scan_is_the_plain_recurrence_however_it_is_cut(groups, chunk):
    import torch
    from models.mamba import selective_scan

    inputs = given(37, groups)

    found = selective_scan(**inputs, delta_softplus=True, chunk=chunk)

    torch.testing.assert_close(found, step_by_step(inputs), atol=1e-13, rtol=1e-12)


def test_its_gradients_are_those_of_the_plain_recurrence():
    import torch
    from models.mamba import selective_scan

    inputs = {name: value.requires_grad_() for name, value in given(23, groups=2).items()}
    ours, plain = selective_scan(**inputs, delta_softplus=True, chunk=5), step_by_step(inputs)

    gradients = [torch.autograd.grad(y.square().sum() + h.sum(), list(inputs.values())) for y, h in (ours, plain)]

    torch.testing.assert_close(*gradients, atol=1e-11, rtol=1e-10)


def test_its_work_grows_with_the_tokens_and_what_it_holds_at_once_does_not():
    """Counted: twice the tokens compute twice the numbers. No intermediate is larger than a chunk's states."""
    import torch
    from models.mamba import selective_scan

    found = {}
    for length in (1024, 2048, 4096):
        inputs = {name: value.float() for name, value in given(length).items()}
        with torch.no_grad():
            found[length] = work(lambda inputs=inputs: selective_scan(**inputs, chunk=256))

    assert found[2048][0] == pytest.approx(2 * found[1024][0], rel=0.01)
    assert found[4096][0] == pytest.approx(4 * found[1024][0], rel=0.01)
    assert found[1024][1] == 2 * 6 * 1024  # the answers themselves; states of a chunk are 2 x 6 x 3 x 256
    assert found[4096][1] == 2 * 6 * 4096


def test_it_makes_no_step_in_python_for_each_token():
    """Counted: a chunk of 256 tokens takes a few operations for each halving, not some for each token."""
    import torch
    from models.mamba import recurrence
    from torch.profiler import profile

    def operations(length):
        decay, drive = torch.rand(length, 2), torch.rand(length, 2)
        with profile() as watched:
            recurrence(decay, drive)
        return sum(event.count for event in watched.key_averages() if event.key in ("aten::mul", "aten::addcmul"))

    assert operations(512) - operations(256) == operations(256) - operations(128) <= 3


def test_the_scan_takes_many_tokens_in_each_step_of_python():
    import torch
    from models import mamba

    taken = []
    recurrence = mamba.recurrence
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(mamba, "recurrence", lambda decay, drive: taken.append(len(decay)) or recurrence(decay, drive))
        u, delta = torch.rand(2, 1, 3, 2048)
        mamba.selective_scan(u, delta, -torch.rand(3, 2), *torch.rand(2, 1, 2, 2048))
    assert sum(taken) == 2048
    assert len(taken) <= 2048 / 128


def test_half_precision_comes_back_as_half_precision_and_stays_near(layer):
    import copy

    import torch

    tokens = torch.randn(1, 300, 16)
    rough = copy.deepcopy(layer).bfloat16()(tokens.bfloat16())

    assert rough.dtype == torch.bfloat16
    torch.testing.assert_close(rough.float(), copy.deepcopy(layer).float()(tokens), atol=0.05, rtol=0)


# --- the layer -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("place", [0, 1, 10, 29])
def test_no_token_hears_a_later_one_and_each_hears_all_before_it(layer, place):
    import torch

    tokens = torch.randn(1, 30, 16, dtype=torch.float64)
    changed = tokens.clone()
    changed[0, place] += 1
    apart = (layer(changed) - layer(tokens))[0].abs().amax(-1)

    assert bool((apart[:place] == 0).all())
    assert bool((apart[place:] > 1e-12).all())


def test_one_token_after_the_other_is_all_at_once(layer):
    import torch

    tokens, state, answers = torch.randn(2, 40, 16, dtype=torch.float64), layer.at_rest(2), []
    for token in tokens.unbind(1):
        answer, state = layer.step(token, state)
        answers.append(answer)

    torch.testing.assert_close(torch.stack(answers, 1), layer(tokens), atol=1e-12, rtol=0)
    assert [tuple(part.shape) for part in state] == [(2, 32, 4), (2, 32, 4)]


def test_time_steps_begin_between_the_fastest_and_the_slowest():
    import torch.nn.functional as F  # noqa: N812
    from models.mamba import FASTEST, SLOWEST, Mamba

    steps = F.softplus(Mamba(64).dt_proj.bias.detach())

    assert float(steps.min()) > 0.99 * FASTEST
    assert float(steps.max()) < 1.01 * SLOWEST


def test_every_parameter_learns():
    import torch
    from models.mamba import Mamba

    network = Mamba(16)
    network(torch.randn(1, 9, 16)).square().sum().backward()

    assert all(p.grad is not None and p.grad.any() for p in network.parameters())
