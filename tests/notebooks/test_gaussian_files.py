"""Laws of the files of a scene: what was written comes back to the last bit, and what is broken is refused."""

import json

import pytest
from parity.vectors import FOLDER

pytestmark = pytest.mark.torch


def scene(count=50, degree=3):
    import torch
    from models.splatting import Gaussians

    made, rng = Gaussians(count, degree), torch.Generator().manual_seed(degree)
    with torch.no_grad():
        for value in made.parameters():
            value.copy_(torch.randn(value.shape, generator=rng))
    return made


def small(count=50, codes=5):
    import torch
    from models.gaussian_files import Small

    rng = torch.Generator().manual_seed(count)
    own = torch.rand(count, generator=rng) < 0.4
    parts = [torch.randn(size, generator=rng) for size in ((count, 3), (count, 8), (int(own.sum()), 27), (codes, 27))]
    index = torch.randint(codes, (int((~own).sum()),), generator=rng)
    return Small(parts[0], parts[1].half(), own, parts[2].half(), parts[3].half(), index)


@pytest.mark.parametrize("degree", [0, 1, 2, 3])
@pytest.mark.parametrize("count", [0, 1, 50])
def test_a_ply_comes_back_byte_by_byte(degree, count):
    import torch
    from models.gaussian_files import from_ply, to_ply

    data = to_ply(scene(count, degree))
    again = from_ply(data)

    assert to_ply(again) == data
    for name, value in scene(count, degree).named_parameters():
        assert torch.equal(getattr(again, name), value), name


def test_the_properties_are_those_of_the_published_code():
    from models.gaussian_files import properties

    published = json.loads((FOLDER / "keys" / "lightgaussian-3dgs.json").read_text())["point_cloud_ply"]

    assert properties(3) == published["property_order_sh3"]
    assert (len(properties(3)), len(properties(2))) == (published["count_sh3"], published["count_sh2"])


def test_colours_are_written_channel_after_channel():
    """The first fifteen of f_rest are all red: the coefficients of one channel, not the channels of one coefficient."""
    import torch
    from models.gaussian_files import to_ply
    from models.splatting import Gaussians

    made = Gaussians(1, 3)
    with torch.no_grad():
        made.f_rest[0, :, 0] = torch.arange(1.0, 16)
    row = torch.frombuffer(bytearray(to_ply(made)[-4 * 62 :]), dtype=torch.float32)

    assert row[9:24].tolist() == list(range(1, 16))
    assert not row[24:54].any()


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda data: data[:0], "no binary .ply"),
        (lambda data: data.replace(b"binary_little_endian", b"ascii"), "no binary .ply"),
        (lambda data: data.replace(b"property float nx", b"property int nx"), "no binary .ply"),
        (lambda data: data.replace(b"property float nx\n", b""), "no Gaussians"),
        (lambda data: data[:-1], "bytes"),
        (lambda data: data + b"0", "bytes"),
        (lambda data: data.replace(b"vertex 50", b"vertex 999999999"), "bytes"),
    ],
)
def test_a_broken_ply_is_refused(change, says):
    from models.gaussian_files import from_ply, to_ply

    with pytest.raises(ValueError, match=says):
        from_ply(change(to_ply(scene())))


@pytest.mark.parametrize(("count", "codes"), [(50, 5), (50, 64), (7, 1), (64, 2), (3, 300)])
def test_a_small_file_comes_back_bit_by_bit(count, codes):
    import torch
    from models.gaussian_files import from_small, to_small

    made = small(count, codes)
    again = from_small(to_small(made))

    for name, value in vars(made).items():
        assert torch.equal(getattr(again, name), value), name


def test_an_index_takes_no_more_bits_than_the_codebook_needs():
    """64 codes take 6 bits each: 0.75 bytes, where a float would take 4."""
    from models.gaussian_files import to_small
    from safetensors.torch import load

    made = small(800, 64)
    held = load(to_small(made))

    assert held["index"].numel() == -(-6 * len(made.index) // 8)
    assert held["own"].numel() == 100


def test_a_small_scene_has_own_colours_where_it_says_so_and_codes_elsewhere():
    import torch

    made = small()
    drawn = made.scene()

    features = drawn.features.flatten(1)
    assert drawn.degree == 2
    assert torch.equal(features[made.own], made.colours.float())
    assert torch.equal(features[~made.own], made.codes.float()[made.index])
    assert torch.equal(torch.cat([drawn.opacity, drawn.scaling, drawn.rotation], dim=1), made.shapes.float())


def test_a_small_file_whose_parts_do_not_belong_together_is_refused():
    from dataclasses import replace

    from models.gaussian_files import from_small, to_small

    made = small(50, 5)
    for wrong in (
        replace(made, colours=made.colours[1:]),
        replace(made, index=made.index.clone().fill_(7)),
        replace(made, xyz=made.xyz[:20]),
    ):
        with pytest.raises(ValueError, match=r"colours of this file|bits take"):
            from_small(to_small(wrong))
