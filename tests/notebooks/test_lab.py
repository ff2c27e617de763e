"""The lab: pictures, resizing, metrics, drawing."""

import math
import re

import numpy as np
import pytest

pytestmark = pytest.mark.torch


@pytest.fixture
def pair():
    rng = np.random.default_rng(0)
    truth = rng.integers(0, 256, (20, 30, 3), dtype=np.uint8)
    noise = rng.integers(-9, 10, truth.shape)
    return np.clip(truth + noise, 0, 255).astype(np.uint8), truth


def test_psnr_is_that_of_scikit_image(pair):
    from lab.metrics import psnr
    from skimage.metrics import peak_signal_noise_ratio

    estimate, truth = pair
    assert psnr(estimate, truth) == pytest.approx(peak_signal_noise_ratio(truth, estimate, data_range=255))
    inner = peak_signal_noise_ratio(truth[4:-4, 4:-4], estimate[4:-4, 4:-4], data_range=255)
    assert psnr(estimate, truth, 4) == pytest.approx(inner)


def test_ssim_is_that_of_scikit_image(pair):
    from lab.data import photograph
    from lab.metrics import ssim
    from lab.resize import resize
    from skimage.metrics import structural_similarity

    photo = photograph("gravel")[:48, :60]
    blurred = resize(resize(photo, 24, 30), 48, 60)
    for estimate, truth in (pair, (blurred, photo), (255 - photo, photo), (np.zeros_like(photo), photo)):
        theirs = structural_similarity(truth, estimate, channel_axis=-1, data_range=255)
        assert ssim(estimate, truth) == pytest.approx(theirs, abs=1e-9)
        inner = structural_similarity(truth[4:-4, 4:-4], estimate[4:-4, 4:-4], channel_axis=-1, data_range=255)
        assert ssim(estimate, truth, 4) == pytest.approx(inner, abs=1e-9)


def test_ssim_needs_one_whole_window(pair):
    from lab.metrics import ssim

    assert ssim(pair[0][:7, :7], pair[0][:7, :7]) == pytest.approx(1)
    with pytest.raises(ValueError, match="windows of 7 x 7 pixels do not fit into 6 x 16"):
        ssim(*pair, 7)


def test_equal_pictures_have_no_error(pair):
    from lab.metrics import contrast_kept, gradient_energy, psnr, ssim

    assert psnr(pair[1], pair[1]) == math.inf
    assert ssim(pair[1], pair[1]) == pytest.approx(1)
    assert gradient_energy(pair[1], pair[1]) == 1
    assert contrast_kept(pair[1], pair[1]) == pytest.approx(1)


def test_gradient_energy_counts_squared_steps():
    """One edge of height 10 against one of height 20, over two rows: a quarter."""
    from lab.metrics import energy, gradient_energy

    low = np.zeros((2, 4, 3), np.uint8)
    low[:, 2:] = 10
    assert energy(low.astype(float)) == 2 * 3 * 10**2
    assert gradient_energy(low, low * 2) == pytest.approx(0.25)


def test_gradient_energy_rises_and_falls_with_that_of_scikit_image():
    from lab.data import pictures
    from lab.metrics import energy
    from lab.resize import resize
    from skimage.filters import sobel

    truth = pictures("text", 1, 3, size=96)[0]
    blurred = [resize(resize(truth, n, n), 96, 96) for n in (96, 60, 40, 24)]
    ours = [energy(picture.astype(float)) for picture in blurred]
    theirs = [float((sobel(picture.mean(-1)) ** 2).sum()) for picture in blurred]
    assert ours == sorted(ours, reverse=True)
    assert theirs == sorted(theirs, reverse=True)


def test_contrast_kept_is_the_share_of_the_pattern_that_is_left():
    from lab.metrics import contrast_kept
    from lab.specimens import strokes

    truth = strokes(24, 3, 0, 0)
    half = (truth.astype(int) // 2 + 60).astype(np.uint8)
    assert contrast_kept(half, truth) == pytest.approx(0.5, abs=0.01)
    assert contrast_kept(255 - truth, truth) == pytest.approx(-1)


@pytest.mark.parametrize("score", ["psnr", "ssim", "gradient_energy", "contrast_kept"])
def test_metrics_refuse_what_cannot_be_compared(score, pair):
    from lab import metrics

    with pytest.raises(ValueError, match="one shape"):
        getattr(metrics, score)(pair[0], pair[1][:5])
    with pytest.raises(ValueError, match="leaves nothing"):
        getattr(metrics, score)(*pair, 10)


@pytest.mark.parametrize("kind", ["text", "icons", "lines", "mixed"])
def test_the_same_seed_draws_the_same_pictures_and_another_seed_others(kind):
    from lab.data import pictures

    first, again, other = (pictures(kind, 2, seed, size=48) for seed in (1, 1, 2))
    assert all((a == b).all() for a, b in zip(first, again, strict=True))
    assert (first[0] != other[0]).any()
    assert (first[0] != first[1]).any()
    assert first[0].shape == (48, 48, 3)
    assert first[0].dtype == np.uint8


@pytest.mark.parametrize("kind", ["text", "icons", "lines", "mixed"])
def test_every_picture_has_something_to_see(kind):
    from lab.data import pictures

    assert all(picture.std() > 8 for picture in pictures(kind, 12, 1007, size=72))


def test_photographs_that_are_tested_on_are_not_taught():
    from lab.data import TAUGHT, TESTED, photograph

    assert not set(TAUGHT) & set(TESTED)
    for name in (*TAUGHT, *TESTED):
        picture = photograph(name)
        assert picture.dtype == np.uint8
        assert picture.shape[2] == 3
        assert min(picture.shape[:2]) >= 96, "a crop of the greatest scale must fit"


def test_bicubic_is_that_of_pillow_and_shrinks_before_it_enlarges(pair):
    from lab.resize import resize, shrunk
    from PIL import Image

    theirs = np.asarray(Image.fromarray(pair[1]).resize((15, 10), Image.Resampling.BICUBIC))
    truth, small = shrunk(np.pad(pair[1], ((0, 1), (0, 1), (0, 0))), 2)
    assert truth.shape == (20, 30, 3)
    assert (small == theirs).all()
    with pytest.raises(ValueError, match="nearest, bicubic"):
        resize(pair[1], 4, 4, "lanczos")


def test_strokes_are_as_wide_as_their_gaps():
    from lab.specimens import strokes

    picture = strokes(40, 4, 0, 0)[..., 0]
    assert set(np.unique(picture)) == {30, 245}
    assert (picture == 30).sum() == (picture == 245).sum()
    assert list(picture[0, :9]) == [30, 30, 30, 30, 245, 245, 245, 245, 30]


def test_a_sheet_shows_every_crop_unchanged_under_its_label(pair):
    from lab.drawing import GAP, STRIP, sheet

    wide = pair[0].repeat(4, axis=1)
    whole = sheet([{"first": wide, "second": wide}, {"third": wide}])
    assert whole.shape == (2 * (20 + STRIP) + GAP, 2 * 120 + GAP, 4)
    assert (whole[STRIP : STRIP + 20, :120, :3] == wide).all()
    assert (whole[STRIP + 20 : STRIP + 20 + GAP, :, 3] == 0).all()


def test_a_label_that_does_not_fit_is_refused(pair):
    from lab.drawing import sheet

    with pytest.raises(ValueError, match="too long"):
        sheet([{"a label that is much longer than its crop": pair[0]}])


def test_a_plot_is_the_same_bytes_each_time_and_holds_only_what_is_allowed():
    from lab import drawing

    from catalog.pictures import picture_problems

    def made():
        plot, (axes,) = drawing.plot()
        axes.plot([1, 2, 3], [3, 1, 2], label="a curve")
        drawing.shade(axes, 1.5, 2, "shaded")
        axes.legend()
        return drawing.svg(plot, "curve")

    first, size = made()
    assert first == made()[0]
    assert size == (720, 380)
    assert picture_problems("curve.svg", first) == ()
    assert not re.search(rb"\d{4}-\d\d-\d\d", first), "a date would change the bytes from day to day"


def test_a_table_shows_itself_escaped():
    from lab.drawing import Table

    table = Table(["a<b", "c"], [["x", 1.234], ["<script>", 2]])
    assert "<script>" not in table._repr_html_()
    assert "1.23" in repr(table)
