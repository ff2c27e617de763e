"""Laws of FeatSharp that hold for any encoder and any weights."""

import copy

import pytest

pytestmark = pytest.mark.torch


@pytest.fixture(scope="module")
def level():
    """One enlargement as it begins, of 8 channels."""
    import torch
    from models.featsharp import FeatSharpConfig, Level

    torch.set_num_threads(1)
    torch.manual_seed(0)
    return Level(FeatSharpConfig(8, 2, 6, 4)).double().eval().requires_grad_(False)


@pytest.fixture
def maps():
    """What an encoder might see: the whole, its tiles, and the picture."""
    import torch

    rng = torch.Generator().manual_seed(1)
    shapes = (2, 8, 6, 6), (2, 8, 12, 12), (2, 3, 48, 48)
    return tuple(torch.randn(shape, generator=rng, dtype=torch.float64) for shape in shapes)


def stirred(module):
    """Return a copy all of whose weights are random, so that no law holds just because of the beginning."""
    import torch

    rng, network = torch.Generator().manual_seed(2), copy.deepcopy(module)
    for value in network.parameters():
        value.data.add_(0.5 * torch.randn(value.shape, generator=rng, dtype=value.dtype))
    return network


# --- the block -------------------------------------------------------------------------------------------------------


def test_as_it_begins_the_block_gives_the_enlarged_whole_back(level, maps):
    """Each branch counts a millionth, and what is cut off are the tiles."""
    import torch

    coarse, _, picture = maps

    torch.testing.assert_close(level(*maps), level.jbu(coarse, picture), atol=2e-5, rtol=0)
    for scale in (level.block.ls1, level.block.ls2):
        assert scale.gamma.tolist() == pytest.approx([1e-6] * len(scale.gamma))
    without = copy.deepcopy(level)
    for scale in (without.block.ls1, without.block.ls2):
        scale.gamma.zero_()
    assert torch.equal(without(*maps), level.jbu(coarse, picture))


def test_local_attention_is_attention_with_a_mask(level):
    """The slow form writes down all weights, with the penalty for distance, and forbids what lies outside."""
    import torch
    import torch.nn.functional as F  # noqa: N812 (its usual name)

    attention, height, width = stirred(level.block.attn), 5, 9
    x = torch.randn(2, height, width, 16, dtype=torch.float64)
    q, k, v = attention.qkv(x).flatten(1, 2).unflatten(-1, (3, 4, 4)).permute(2, 0, 3, 1, 4)  # (B, h, N, d)
    rows, columns = (n.flatten() for n in torch.meshgrid(torch.arange(height), torch.arange(width), indexing="ij"))
    down, across = ((n[:, None] - n).abs() for n in (rows, columns))
    slopes = (2.0**-4, 2.0**-8)
    bias = torch.stack([-slope * away for slope in slopes for away in (down, across)]).double()
    bias = bias.masked_fill((down > 3) | (across > 3), -torch.inf)
    slow = F.scaled_dot_product_attention(q, k, v, attn_mask=bias).transpose(1, 2).reshape(2, height, width, 16)

    torch.testing.assert_close(attention(x), attention.proj(slow), atol=1e-12, rtol=0)


def test_a_place_hears_its_window_and_nothing_else(level):
    import torch

    attention = stirred(level.block.attn)
    x = torch.randn(1, 11, 11, 16, dtype=torch.float64)
    changed = x.clone()
    changed[0, 5, 5] += 1

    heard = ((attention(changed) - attention(x)).abs().amax(-1) > 1e-12)[0]

    assert heard[2:9, 2:9].all()
    assert int(heard.sum()) == 49


def test_sixteen_heads_lose_interest_as_published():
    """Slopes of 1/2 to 1/256 are shared by pairs of heads, of which the first looks at rows, the other at columns."""
    import torch
    from models.featsharp import LocalAttention

    attention = LocalAttention(32, 16, 7)
    bias = attention.bias(torch.device("cpu"))

    assert attention.slopes(bias.device).tolist() == [2.0**-i for i in range(1, 9)]
    assert bias.shape == (49, 16)
    assert bias[0 * 7 + 3, :2].tolist() == [-1.5, 0.0]  # three rows above
    assert bias[3 * 7 + 5, :2].tolist() == [0.0, -1.0]  # two columns to the right


@pytest.mark.parametrize(("heads", "window"), [(3, 7), (6, 7), (4, 6)])
def test_heads_without_a_partner_and_windows_without_a_middle_are_refused(heads, window):
    from models.featsharp import LocalAttention

    with pytest.raises(ValueError, match=f"{heads} heads, a window of {window}"):
        LocalAttention(16, heads, window)


def test_its_memory_grows_with_the_places_and_not_with_their_square(level):
    """Counted: the largest tensor that attention makes for four times the places is four times as large."""
    import torch
    from torch.overrides import TorchFunctionMode

    class Largest(TorchFunctionMode):
        most = 0

        def __torch_function__(self, function, types, args=(), kwargs=None):
            made = function(*args, **(kwargs or {}))
            if isinstance(made, torch.Tensor):
                self.most = max(self.most, made.numel())
            return made

    def largest(side):
        with Largest() as counted:
            level.block.attn(torch.zeros(1, side, side, 16, dtype=torch.float64))
        return counted.most

    assert largest(32) == 4 * largest(16)


def test_every_weight_of_the_upsampler_learns(maps):
    import torch
    from models.featsharp import FeatSharpConfig, Upsampler

    torch.manual_seed(0)
    network = Upsampler(FeatSharpConfig(8, 2, 6, 4)).double()
    network(*maps).square().sum().backward()

    assert [name for name, p in network.named_parameters() if p.grad is None or not p.grad.any()] == []


@pytest.mark.parametrize(
    ("channels", "factor", "count"), [(1024, 2, 44_783_444), (1024, 4, 44_796_920), (64, 2, 178_644)]
)
def test_it_has_as_many_weights_as_the_published_code(channels, factor, count):
    import torch
    from models.featsharp import FeatSharpConfig, Upsampler

    with torch.device("meta"):
        assert sum(p.numel() for p in Upsampler(FeatSharpConfig(channels, factor)).parameters()) == count


def test_half_precision_stays_near(level, maps):

    fine = stirred(level).float()
    rough = copy.deepcopy(fine).bfloat16()(*(each.bfloat16() for each in maps)).float()
    exact = fine(*(each.float() for each in maps))

    assert rough.isfinite().all()
    assert float((rough - exact).square().mean() / exact.square().mean()) < 0.01


# --- joint bilateral upsampling --------------------------------------------------------------------------------------


def test_joint_bilateral_upsampling_keeps_constants_whatever_the_picture_shows(level, maps):
    import torch

    x = torch.arange(8.0, dtype=torch.float64)[None, :, None, None].expand(2, 8, 6, 6)

    made = stirred(level).jbu(x, maps[2])

    torch.testing.assert_close(made, x[..., :1, :1].expand(2, 8, 12, 12), atol=1e-12, rtol=0)


def test_with_a_constant_picture_it_is_a_plain_blur(level, maps):
    import torch
    import torch.nn.functional as F  # noqa: N812 (its usual name)
    from models.featsharp import nearness

    jbu = level.jbu.ups[0]
    gauss = nearness(jbu.sigma_spatial, 3).view(1, 1, 7, 7)
    enlarged = F.interpolate(maps[0], scale_factor=2, mode="bilinear").flatten(0, 1)[:, None]
    blurred = F.conv2d(F.pad(enlarged, [3] * 4, mode="reflect"), gauss / gauss.sum()).view(2, 8, 12, 12)

    torch.testing.assert_close(jbu(maps[0], torch.full_like(maps[2], 0.4)), blurred, atol=1e-12, rtol=0)


def test_an_enlargement_by_six_goes_by_two_and_by_three():
    import torch
    from models.featsharp import JBU, primes

    assert [primes(n) for n in (1, 2, 6, 8, 15)] == [[], [2], [2, 3], [2, 2, 2], [3, 5]]
    with torch.no_grad():
        assert JBU(6, 7)(torch.zeros(1, 4, 3, 5), torch.zeros(1, 3, 40, 40)).shape == (1, 4, 18, 30)


# --- the whole and its tiles -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("factor", [2, 3])
def test_tiles_put_together_are_the_picture(factor):
    import torch
    from models.featsharp import stitched, tiles_of

    picture = torch.rand(2, 3, 4 * factor, 5 * factor)

    assert tiles_of(picture, factor).shape == (2 * factor**2, 3, 4, 5)
    assert torch.equal(stitched(tiles_of(picture, factor), factor), picture)
    assert torch.equal(tiles_of(picture, factor)[1], picture[0, :, :4, 5:10])


def test_tiles_of_an_encoder_that_moves_with_its_picture_agree_with_the_whole_inside():
    """Convolutions are such encoders; only as far from a seam as they reach do tiles differ from the large picture."""
    import torch
    from models.featsharp import looks

    torch.manual_seed(0)
    patches, mixing = torch.nn.Conv2d(3, 6, 4, stride=4), torch.nn.Conv2d(6, 6, 3, padding=1)
    encoder = torch.nn.Sequential(patches, torch.nn.GELU(), mixing).double().requires_grad_(False)
    pictures = torch.rand(2, 3, 64, 64, dtype=torch.float64)

    coarse, tiles = looks(encoder, pictures, 2)
    whole = encoder(pictures)

    assert coarse.shape == (2, 6, 8, 8)
    torch.testing.assert_close(coarse, encoder(torch.nn.functional.avg_pool2d(pictures, 2)), atol=1e-14, rtol=0)
    apart = (tiles - whole).abs().amax((0, 1)) > 1e-12
    seams = torch.zeros(16, 16, dtype=torch.bool)
    seams[7:9], seams[:, 7:9] = True, True
    assert torch.equal(apart, seams)


def test_it_looks_once_at_the_whole_and_once_at_each_tile():
    import torch
    from models.featsharp import looks

    asked = []

    def encoder(pictures):
        asked.append(pictures.shape)
        return pictures[..., ::4, ::4]

    looks(encoder, torch.rand(3, 3, 48, 48), 3)

    assert asked == [(3 * (1 + 9), 3, 16, 16)]


def test_the_position_of_a_tile_is_added_all_over_it(level, maps):
    import torch

    moved = copy.deepcopy(level)
    moved.tile_pos[0, :, 0, 1] = 1
    seen = []
    moved.block.register_forward_pre_hook(lambda _, given: seen.append(given[0]))
    moved(*maps)

    added = seen[0][..., 8:].permute(0, 3, 1, 2) - maps[1]
    wanted = torch.zeros_like(added)
    wanted[..., :6, 6:] = 1
    torch.testing.assert_close(added, wanted, atol=1e-12, rtol=0)


def test_an_encoder_is_never_taught_and_its_bias_is():
    import torch
    from models.featsharp import FeatSharp, FeatSharpConfig, Upsampler

    torch.manual_seed(0)
    config = FeatSharpConfig(8, 2, 4, 4)
    encoder, network = torch.nn.Conv2d(3, 8, 4, stride=4), FeatSharp(Upsampler(config), config)
    coarse, fine = network(encoder, torch.rand(1, 3, 32, 32))
    fine.square().sum().backward()

    assert (coarse.shape, fine.shape) == ((1, 8, 4, 4), (1, 8, 8, 8))
    assert all(p.grad is None for p in encoder.parameters())
    assert network.bias_buffer.buffer.grad.any()
    names = set(network.state_dict())
    assert {"bias_buffer.buffer", "normalizer.rotation", "upsampler.ups.0.tile_pos"} <= names
