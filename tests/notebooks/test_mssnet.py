"""Laws of MSSNet that hold for any weights."""

import pytest

pytestmark = pytest.mark.torch


@pytest.fixture(scope="module")
def small():
    import torch
    from models.mssnet import MSSNet, MSSNetConfig

    torch.set_num_threads(1)
    torch.manual_seed(0)
    return MSSNet(MSSNetConfig(4, 2, 2)).eval().requires_grad_(False)


@pytest.mark.parametrize(
    ("name", "count"), [("mssnet", 15_614_497), ("mssnet-small", 6_756_161), ("mssnet-large", 28_182_041)]
)
def test_each_size_has_the_names_and_the_parameters_of_its_checkpoint(name, count):
    import torch
    from models import mssnet
    from parity.vectors import listed

    sizes = {"mssnet": mssnet.MSSNetConfig(), "mssnet-small": mssnet.SMALL, "mssnet-large": mssnet.LARGE}
    with torch.device("meta"):
        network = mssnet.MSSNet(sizes[name])
    held = {key: tuple(value.shape) for key, value in network.state_dict().items()}

    assert list(held.items()) == list(listed(name).items())  # the order too: optimisers number parameters by it
    assert len(held) == 328
    assert sum(value.numel() for value in network.parameters()) == count


def test_one_slope_serves_all_blocks(small):
    import copy

    import torch

    network = copy.deepcopy(small)
    slopes = [key for key, value in network.state_dict().items() if value.shape == (1,)]
    state = network.state_dict()
    state[slopes[40]].fill_(0.125)

    assert len(slopes) == 87
    assert all(torch.equal(network.state_dict()[key], torch.tensor([0.125])) for key in slopes)


def test_six_pictures_come_out_the_first_at_half_the_size(small):
    import torch

    sizes = [tuple(x.shape) for x in small.outputs(torch.rand(2, 3, 32, 48))]

    assert sizes == [(2, 3, 16, 24)] + [(2, 3, 32, 48)] * 5


def test_a_network_with_nothing_to_say_returns_its_picture(small):
    """Each output is a correction added to the picture: with silent tails it is the picture."""
    import copy

    import torch
    from models.mssnet import half_by_corners

    network = copy.deepcopy(small)
    for name, value in network.named_parameters():
        if name.startswith("tail"):
            value.zero_()
    picture = torch.rand(1, 3, 32, 48)
    first, *others = network.outputs(picture)

    assert torch.equal(first, half_by_corners(picture))
    assert all(torch.equal(other, picture) for other in (*others, network(picture)))


def test_the_evaluation_output_is_the_last_of_the_training_outputs(small):
    import torch

    picture = torch.rand(1, 3, 32, 32)

    assert torch.equal(small(picture), small.outputs(picture)[-1])


def test_who_stops_early_gets_the_same_pictures_and_computes_no_more(small):
    import torch

    picture = torch.rand(1, 3, 32, 32)
    asked = []
    watch = [
        block.register_forward_hook(lambda *_, name=name: asked.append(name))
        for name, block in small.named_children()
        if name.startswith("D")
    ]
    early = small.outputs(picture, upto=3)
    for hook in watch:
        hook.remove()

    assert asked == ["D1_1", "D2_1", "D2_2"]
    assert all(torch.equal(a, b) for a, b in zip(early, small.outputs(picture), strict=False))


def test_the_coarsest_scale_keeps_the_corners_where_they_are():
    import torch
    from models.mssnet import half_by_corners

    row = torch.arange(6.0).expand(1, 1, 4, 6)

    assert half_by_corners(row)[0, 0, 0].tolist() == [0.0, 2.5, 5.0]


def test_plain_and_fast_compute_the_same(small):
    import torch
    from models.mssnet import MSSNet, MSSNetConfig

    plain = MSSNet(MSSNetConfig(4, 2, 2, plain=True)).eval()
    plain.load_state_dict(small.state_dict())
    picture = torch.rand(2, 3, 48, 32)

    with torch.no_grad():
        for ours, theirs in zip(small.outputs(picture), plain.outputs(picture), strict=True):
            torch.testing.assert_close(ours, theirs, atol=2e-6, rtol=0)


def test_moving_what_a_u_net_sees_four_pixels_moves_what_it_finds(small):
    """Halved twice, a U-Net knows places up to four pixels; the border reaches 52 pixels far.

    The whole network has no such law: its coarsest scale aligns corners, so a pixel's neighbours depend on its place.
    """
    import torch

    features = torch.rand(1, 4, 128, 128)
    here = small.D1_1(small.E1_1(features))[0]
    there = small.D1_1(small.E1_1(torch.roll(features, 4, dims=-1)))[0]

    torch.testing.assert_close(there[..., 56:72, 60:76], here[..., 56:72, 56:72], atol=1e-6, rtol=0)


def test_pictures_of_a_batch_do_not_see_each_other(small):
    import torch

    pictures = torch.rand(3, 3, 32, 16)
    together = small(pictures)
    for i in range(3):
        torch.testing.assert_close(together[i : i + 1], small(pictures[i : i + 1]), atol=5e-6, rtol=0)


@pytest.mark.parametrize(("h", "w"), [(16, 32), (1, 1), (2, 40), (17, 31), (33, 5)])
def test_any_size_comes_back_as_it_was_within_the_range_of_colours(small, h, w):
    import torch

    picture = torch.rand(1, 3, h, w)
    sharp = small.deblur(picture)

    assert sharp.shape == picture.shape
    assert 0 <= sharp.min() <= sharp.max() <= 1


def test_padding_reflects_and_adds_nothing_where_nothing_is_missing(small):
    """What is cut from the padded answer is what a picture that had been that size would have given."""
    import torch
    import torch.nn.functional as F  # noqa: N812
    from models.mssnet import padded

    picture = torch.rand(1, 3, 32, 48)
    short = picture[..., :30, :41]

    assert torch.equal(padded(picture), picture)
    assert torch.equal(padded(short), F.pad(short, (0, 7, 0, 2), mode="reflect"))
    assert torch.equal(small.deblur(short), small.deblur(padded(short))[..., :30, :41])


@pytest.mark.parametrize("size", [(65, 64), (64, 66), (64, 72)])
def test_a_size_that_cannot_be_halved_is_refused_with_its_name(small, size):
    import torch

    with pytest.raises(ValueError, match=rf"multiples of 16 \(got {size[0]} x {size[1]}\)"):
        small(torch.zeros(1, 3, *size))


def test_half_precision_stays_near(small):
    import copy

    import torch

    picture = torch.rand(1, 3, 32, 32, generator=torch.Generator().manual_seed(1))
    rough = copy.deepcopy(small).bfloat16()(picture.bfloat16())

    assert rough.dtype == torch.bfloat16
    torch.testing.assert_close(rough.float(), small(picture), atol=0.05, rtol=0)


def test_every_parameter_learns_but_the_tails_of_outputs_that_are_not_asked_for():
    import torch
    from models.mssnet import MSSNet, MSSNetConfig

    network = MSSNet(MSSNetConfig(4, 2, 2))
    sum(x.square().mean() for x in network.outputs(torch.rand(1, 3, 32, 32))).backward()

    assert all(p.grad is not None and p.grad.any() for p in network.parameters())


# --- checkpoints -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("zipped", [True, False])
def test_the_official_layout_is_read_as_plain_tensors_in_both_formats(small, tmp_path, zipped):
    import torch
    from lab.checkpoints import checkpoint_of, fill
    from models.mssnet import MSSNet

    twin = MSSNet(small.config)
    adam = torch.optim.Adam(twin.parameters(), 2e-4)
    twin.outputs(torch.rand(1, 3, 16, 16))[-1].mean().backward()
    adam.step()
    saved = {
        "model_state_dict": small.state_dict(),
        "optimizer_state_dict": adam.state_dict(),
        "epoch": 3000,
        "all_step": 393_000,
    }
    path = tmp_path / "model_03000E.pt"
    torch.save(saved, path, _use_new_zipfile_serialization=zipped)

    fill(twin, checkpoint_of(path, None), path.name)

    picture = torch.rand(1, 3, 16, 16)
    with torch.no_grad():
        assert torch.equal(twin(picture), small(picture))


def test_weights_with_a_slope_for_each_block_are_refused(small):
    """They would load without complaint: the last slope would win."""
    import torch
    from lab.checkpoints import WeightsError, fill
    from models.mssnet import MSSNet

    before = {key: value.clone() for key, value in small.state_dict().items()}
    state = before | {"E2_1.encoder_level1.0.body.1.weight": torch.tensor([0.1])}
    twin = MSSNet(small.config)
    twin.load_state_dict(before)

    with pytest.raises(WeightsError, match=r"a.pt does not fit the network: an MSSNet has one PReLU slope \(got 2\)"):
        fill(twin, state, "a.pt")
    assert all(torch.equal(value, before[key]) for key, value in twin.state_dict().items())


@pytest.mark.parametrize("found", [{"model": {"sd": {}}}, {"model_state_dict": 3}, {"epoch": 3}])
def test_another_layout_is_refused(found, small, tmp_path):
    import torch
    from lab.checkpoints import WeightsError, checkpoint_of, fill
    from models.mssnet import MSSNet

    path = tmp_path / "model_03000E.pt"
    torch.save(found, path)
    with pytest.raises(WeightsError, match=r"model_state_dict|is missing"):
        fill(MSSNet(small.config), checkpoint_of(path, None), path.name)
