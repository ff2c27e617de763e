"""A picture drawn in bands of rows is the picture drawn at once."""

import pytest

pytestmark = pytest.mark.torch
SMALL = {"n_resblocks": 2, "n_feats": 8, "hidden": (16, 16)}


def pair(**switches):
    """The same network twice: drawing at once, and in bands."""
    import torch
    from models.liif import LIIF, LIIFConfig
    from models.liif_bands import LIIFInBands

    torch.set_num_threads(1)
    torch.manual_seed(0)
    config = LIIFConfig(**SMALL | switches)
    whole, banded = LIIF(config).eval().requires_grad_(False), LIIFInBands(config).eval().requires_grad_(False)
    banded.load_state_dict(whole.state_dict(), strict=True)
    return whole, banded


@pytest.fixture
def narrow_bands(monkeypatch):
    """Bands of four small rows, so that small pictures have several."""
    monkeypatch.setattr("models.liif_bands.PIXELS", 1)
    monkeypatch.setattr("models.liif_bands.ROWS", 4)


@pytest.mark.usefixtures("narrow_bands")
@pytest.mark.parametrize(
    ("size", "chunk"),
    [((60, 27), 100), ((33, 9), 7), ((61, 100), 1024), ((7, 5), 4), ((20, 9), 1024), ((240, 3), 64)],
)
def test_bands_and_blocks_change_no_colour(size, chunk):
    import torch

    whole, banded = pair()
    picture = torch.rand(2, 3, 20, 9)

    torch.testing.assert_close(banded(picture, *size, chunk=chunk), whole(picture, *size), atol=2e-6, rtol=0)


@pytest.mark.usefixtures("narrow_bands")
@pytest.mark.parametrize("switch", ["feat_unfold", "cell_decode", "local_ensemble"])
def test_each_switch_draws_the_same_in_bands(switch):
    import torch

    whole, banded = pair(**{switch: False})
    picture = torch.rand(1, 3, 15, 6)

    torch.testing.assert_close(banded(picture, 45, 13), whole(picture, 45, 13), atol=2e-6, rtol=0)


@pytest.mark.parametrize("most", [3, 4, 9, 1000])
@pytest.mark.parametrize(("small", "large"), [(20, 60), (20, 61), (50, 7), (1, 9), (9, 300)])
def test_bands_cover_each_row_once_and_read_no_more_rows_than_they_may(most, small, large, monkeypatch):
    from models.liif_bands import bands, neighbours

    monkeypatch.setattr("models.liif_bands.PIXELS", 10 * most + 9)
    monkeypatch.setattr("models.liif_bands.ROWS", 3)
    rows = [neighbours(small, large, side, "cpu") for side in (-1, 1)]
    cut = list(bands(rows, width=10))

    assert [row for band in cut for row in range(band.start, band.stop)] == list(range(large))
    for band in cut:
        read = [side.place[band.start : band.stop] for side in rows]
        assert (band.first, band.last) == (int(min(read[0])), int(max(read[1])) + 1)
        assert band.last - band.first <= most


def test_neighbours_along_a_side_are_those_of_the_grid_to_the_last_bit():
    import torch
    from models.liif import CORNERS, grid_queries, nearest
    from models.liif_bands import neighbours

    coord, _ = grid_queries(51, 69)
    for down, right in CORNERS:
        index, offset = nearest(coord, torch.tensor([17.0, 23.0]), (down, right))
        row, column = neighbours(17, 51, down, "cpu"), neighbours(23, 69, right, "cpu")
        assert torch.equal(index.view(51, 69), row.place[:, None] * 23 + column.place)
        assert torch.equal(offset[0, :, 0].view(51, 69), row.offset[:, None].expand(51, 69))
        assert torch.equal(offset[0, :, 1].view(51, 69), column.offset.expand(51, 69))


def test_a_band_is_encoded_as_the_whole_picture_is():
    import torch
    from models.liif_bands import Band

    whole, banded = pair()
    picture = torch.rand(1, 3, 30, 8)

    band = banded.encode_band(picture, Band(0, 1, 11, 17)).view(6, 8, -1)

    torch.testing.assert_close(band, whole.encode(picture)[0, :, 11:17].permute(1, 2, 0), atol=2e-6, rtol=0)


@pytest.mark.usefixtures("narrow_bands")
def test_half_precision_stays_near():
    import torch

    whole, banded = pair()
    picture = torch.rand(1, 3, 15, 6)
    rough = banded.bfloat16()(picture.bfloat16(), 45, 13)

    assert rough.dtype == torch.bfloat16
    torch.testing.assert_close(rough.float(), whole(picture, 45, 13), atol=0.03, rtol=0)
