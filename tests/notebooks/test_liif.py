"""Laws of LIIF and its encoder that hold for any weights."""

import pytest

pytestmark = pytest.mark.torch


@pytest.fixture(scope="module")
def small():
    import torch
    from models.liif import LIIF, LIIFConfig

    torch.set_num_threads(1)
    torch.manual_seed(0)
    return LIIF(LIIFConfig(n_resblocks=2, n_feats=8, hidden=(16, 16))).eval().requires_grad_(False)


@pytest.mark.parametrize(("height", "width"), [(14, 18), (21, 27), (5, 40), (7, 9), (84, 108)])
def test_the_shared_first_layer_changes_no_colour(small, height, width):
    import torch
    from bench.plain_liif import PlainLIIF

    plain = PlainLIIF(small.config).eval().requires_grad_(False)
    plain.load_state_dict(small.state_dict())
    pictures = torch.rand(2, 3, 7, 9) * 2 - 1

    theirs = plain.render(pictures, height, width, chunk=50)

    torch.testing.assert_close(small.render(pictures, height, width), theirs, atol=2e-6, rtol=0)


def test_the_size_of_a_chunk_changes_no_colour(small):
    import torch

    picture = torch.rand(2, 3, 5, 6) * 2 - 1
    torch.testing.assert_close(small.render(picture, 11, 13, chunk=7), small.render(picture, 11, 13, chunk=10_000))


@pytest.mark.parametrize(("h", "w", "height", "width"), [(1, 1, 5, 4), (2, 9, 3, 100), (6, 5, 6, 5), (8, 8, 3, 2)])
def test_any_size_comes_out_within_the_range_of_colours(small, h, w, height, width):
    import torch

    drawn = small(torch.rand(1, 3, h, w), height, width)

    assert drawn.shape == (1, 3, height, width)
    assert 0 <= drawn.min() <= drawn.max() <= 1


def test_moving_the_small_picture_one_pixel_moves_the_large_one_s_pixels(small):
    """Convolutions and offsets know no absolute place; only what the border reaches may differ."""
    import torch

    picture, s, border = torch.rand(1, 3, 20, 20), 3, 8
    moved = torch.roll(picture, 1, dims=-1)

    here, there = small(picture, 60, 60), small(moved, 60, 60)

    cut = slice(s * border, 60 - s * border)
    torch.testing.assert_close(
        there[:, :, cut, s * border + s : 60 - s * border + s], here[:, :, cut, cut], atol=1e-4, rtol=0
    )


def test_pictures_of_a_batch_do_not_see_each_other(small):
    import torch

    pictures = torch.rand(3, 3, 6, 7)
    together = small(pictures, 12, 15)
    for i in range(3):
        torch.testing.assert_close(together[i : i + 1], small(pictures[i : i + 1], 12, 15), atol=1e-6, rtol=0)


def test_two_scales_agree_where_they_ask_the_same(small):
    """A place has one colour: 3 times and 9 times share each third centre, if they ask for pixels of one size."""
    import torch
    from models.liif import grid_queries

    encoded = small.encode(torch.rand(1, 3, 6, 6) * 2 - 1)
    coarse, cell = grid_queries(15, 15)
    fine, _ = grid_queries(45, 45)
    same = fine.view(45, 45, 2)[1::3, 1::3].reshape(1, -1, 2)

    torch.testing.assert_close(small.query(encoded, same, cell), small.query(encoded, coarse, cell), atol=1e-4, rtol=0)


@pytest.mark.parametrize("kind", ["whole", "in bands"])
def test_pictures_of_two_scales_share_the_colours_of_shared_centres(kind):
    """Without the size of a pixel a place has one colour: what is drawn at 6 times holds what is drawn at twice."""
    import torch
    from models.liif import LIIF, LIIFConfig
    from models.liif_bands import LIIFInBands

    torch.manual_seed(3)
    build = LIIF if kind == "whole" else LIIFInBands
    network = build(LIIFConfig(n_resblocks=1, n_feats=8, hidden=(16, 16), cell_decode=False)).eval()
    picture = torch.rand(1, 3, 7, 5)
    with torch.no_grad():
        coarse, fine = network(picture, 14, 10), network(picture, 42, 30)

    assert float(coarse.std()) > 0.01
    torch.testing.assert_close(fine[..., 1::3, 1::3], coarse, atol=1e-5, rtol=0)
    assert not torch.allclose(fine[..., ::3, ::3], coarse, atol=1e-3)


def test_the_four_answers_are_weighed_by_the_area_on_the_other_side():
    """With an MLP that answers with its offset, the blend must be zero: weights and offsets balance about the query."""
    import torch
    from models.liif import LIIF, LIIFConfig

    network = LIIF(LIIFConfig(n_resblocks=1, n_feats=4, hidden=())).requires_grad_(False)
    network.imnet.layers[0].weight.zero_()
    network.imnet.layers[0].bias.zero_()
    network.imnet.layers[0].weight[0, 36] = 1  # red: the offset in rows
    network.imnet.layers[0].weight[1, 37] = 1  # green: in columns

    inside = network.render(torch.zeros(1, 3, 6, 6), 30, 30)[:, 5:-5, 5:-5]

    assert inside.abs().max() < 1e-3


@pytest.mark.parametrize(("switch", "columns"), [("feat_unfold", 12), ("cell_decode", 74), ("local_ensemble", 76)])
def test_each_switch_gives_the_width_of_the_paper_and_draws(switch, columns):
    import torch
    from models.liif import LIIF, LIIFConfig

    network = LIIF(LIIFConfig(n_resblocks=1, n_feats=8, hidden=(16,), **{switch: False}))

    assert network.imnet.layers[0].in_features == columns
    assert torch.isfinite(network(torch.rand(1, 3, 5, 5), 9, 8)).all()


def test_pixel_centres_lie_in_the_middle_of_equal_parts():
    import torch
    from models.liif import pixel_centres

    assert pixel_centres(1).tolist() == [0]
    torch.testing.assert_close(pixel_centres(4), torch.tensor([-0.75, -0.25, 0.25, 0.75]))


@pytest.mark.parametrize("scale", [2, 3, 4])
def test_edsr_with_a_tail_enlarges_by_its_scale(scale):
    import torch
    from models.edsr import EDSR, EDSRConfig

    network = EDSR(EDSRConfig(n_resblocks=1, n_feats=4, scale=scale))
    assert network(torch.rand(1, 3, 5, 6)).shape == (1, 3, 5 * scale, 6 * scale)


def test_edsr_refuses_a_scale_that_it_has_no_layers_for():
    from models.edsr import upsampler

    with pytest.raises(ValueError, match="2, 3 or 4"):
        upsampler(5, 8)


def test_the_mean_layers_are_kept_and_not_applied():
    import torch
    from models.edsr import EDSR, EDSRConfig

    network, picture = EDSR(EDSRConfig(n_resblocks=1, n_feats=4)), torch.rand(1, 3, 5, 6)
    before = network(picture)
    network.sub_mean.weight.data.fill_(9)
    network.add_mean.bias.data.fill_(9)
    torch.testing.assert_close(network(picture), before)


def test_half_precision_stays_near(small):
    import copy

    import torch

    picture = torch.rand(1, 3, 9, 7, generator=torch.Generator().manual_seed(1))
    rough = copy.deepcopy(small).bfloat16()(picture.bfloat16(), 20, 15)

    assert rough.dtype == torch.bfloat16
    torch.testing.assert_close(rough.float(), small(picture, 20, 15), atol=0.03, rtol=0)
