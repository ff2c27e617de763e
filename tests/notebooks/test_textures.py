"""What the measures of texture do to pictures whose answer is known, and what the stand-ins keep."""

import numpy as np
import pytest

pytestmark = pytest.mark.torch


@pytest.fixture
def gravel():
    """A quarter of scikit-image's gravel."""
    from lab.data import photograph

    return photograph("gravel")[:128, :128]


def waves(length, side=64, strength=40):
    """Upright waves of so many pixels, around grey 120."""
    from lab.textures import as_picture

    return as_picture(120 + strength * np.sin(2 * np.pi * np.arange(side) / length) * np.ones((side, 1)))


def test_a_texture_is_like_itself(gravel):
    from lab import textures

    assert textures.spectrum_distance(gravel, gravel) == 0
    assert textures.pattern_distance(gravel, gravel) == 0
    assert textures.contrast_ratio(gravel, gravel) == 1


@pytest.mark.parametrize("measure", ["spectrum_distance", "pattern_distance"])
def test_a_distance_is_the_same_both_ways_and_less_to_the_same_texture_than_to_another(measure, gravel):
    from lab import textures
    from lab.data import photograph

    distance = getattr(textures, measure)
    elsewhere, brick = photograph("gravel")[256:384, 256:384], photograph("brick")[:128, :128]
    assert distance(gravel, brick) == distance(brick, gravel)
    assert distance(elsewhere, gravel) < distance(brick, gravel) / 2


@pytest.mark.parametrize("length", [4, 8, 16])
def test_waves_stand_in_the_band_of_their_length(length):
    from lab.textures import RINGS, spectrum

    assert int(np.argmax(spectrum(waves(length)))) == 2 * RINGS // length


def test_waves_of_half_the_strength_are_six_decibels_weaker():
    """A texture without empty bands, halved: every band loses the same."""
    from lab.textures import as_picture, spectrum_distance

    noise = np.random.default_rng(0).integers(-50, 51, (64, 64))
    loud, quiet = as_picture(120 + 2 * noise), as_picture(120 + noise)
    assert spectrum_distance(quiet, loud) == pytest.approx(20 * np.log10(2), abs=0.05)


def test_what_a_spectrum_lacks_counts_no_further_down_than_rounding_goes():
    """Or a band that one picture lacks altogether would outweigh all others."""
    from lab.textures import as_picture, spectrum_distance

    flat = as_picture(np.full((64, 64), 120.0))
    noise = as_picture(120 + np.random.default_rng(0).uniform(-0.5, 0.5, (64, 64)))
    assert spectrum_distance(flat, noise) < 1
    assert np.isfinite(spectrum_distance(flat, waves(4)))


def test_patterns_see_which_neighbours_are_brighter_and_not_by_how_much(gravel):
    from lab.textures import pattern_distance, patterns

    darker = (gravel // 2).astype(np.uint8)
    assert patterns(gravel).sum() == pytest.approx(1)
    assert pattern_distance(2 * darker + 1, darker) == 0


def test_patterns_without_one_kind_in_common_are_one_apart(monkeypatch):
    from lab import textures

    monkeypatch.setattr(textures, "patterns", lambda picture: np.eye(10)[int(picture[0, 0, 0])])
    one, two = np.zeros((1, 1, 3)), np.ones((1, 1, 3))
    assert textures.pattern_distance(one, two) == 1


def test_contrast_is_the_mean_squared_difference_of_neighbours_four_ways():
    from lab.textures import as_picture, contrast

    values = np.random.default_rng(0).integers(0, 256, (9, 7)).astype(float)
    ways = [
        values[:, 1:] - values[:, :-1],
        values[1:] - values[:-1],
        values[1:, 1:] - values[:-1, :-1],
        values[1:, :-1] - values[:-1, 1:],
    ]
    assert contrast(as_picture(values)) == pytest.approx(np.mean([np.mean(way**2) for way in ways]))


def test_doubled_differences_are_four_times_the_contrast():
    from lab.textures import contrast_ratio

    assert contrast_ratio(waves(8, strength=80), waves(8, strength=40)) == pytest.approx(4, rel=0.02)


def test_noise_keeps_each_wave_of_a_texture_and_none_of_its_places(gravel):
    from lab.textures import as_picture, contrast_ratio, grey, same_waves, spectrum_distance

    pale = as_picture(128 + (grey(gravel).astype(float) - 128) / 4)  # so that nothing is cut off
    noise = same_waves(pale, np.random.default_rng(0))
    then, now = (np.abs(np.fft.fft2(grey(picture).astype(float))) for picture in (pale, noise))
    strong = then > 40 * np.sqrt(then.size)  # well above rounding
    assert np.abs(now / then - 1)[strong].max() < 0.1
    assert spectrum_distance(noise, pale) < 1.5
    assert contrast_ratio(noise, pale) == pytest.approx(1, abs=0.1)
    assert abs(np.corrcoef(grey(noise).ravel(), grey(pale).ravel())[0, 1]) < 0.2


def test_sharpening_reaches_the_contrast_of_the_truth_and_leaves_what_has_it(gravel):
    from lab.resize import resize
    from lab.textures import contrast_ratio, sharpened

    soft = resize(resize(gravel, 32, 32), 128, 128)
    assert contrast_ratio(soft, gravel) < 0.5
    assert contrast_ratio(sharpened(soft, gravel), gravel) == pytest.approx(1, abs=0.01)
    assert np.array_equal(sharpened(gravel, gravel), gravel)


def test_what_cannot_be_compared_is_refused(gravel):
    from lab.textures import contrast_ratio, spectrum_distance

    with pytest.raises(ValueError, match="square pictures of one shape"):
        spectrum_distance(gravel[:100], gravel)
    with pytest.raises(ValueError, match="all one grey"):
        contrast_ratio(gravel, np.full_like(gravel, 9))


def test_scores_stand_below_a_crop_and_the_best_on_a_dark_ground():
    from lab.cards import LINE, MARGIN, carded

    crop = np.full((50, 120, 3), 200, np.uint8)
    scores = {"PSNR": "20 dB", "SSIM": "0.50"}
    plain, marked = carded(crop, scores), carded(crop, scores, best=["SSIM"])
    assert plain.shape == (50 + 2 * LINE + 2 * MARGIN, 120, 3)
    assert np.array_equal(plain[:50], crop)
    changed = np.flatnonzero((plain != marked).any(axis=(1, 2)))
    assert changed.min() >= 50 + MARGIN + LINE
    assert marked[changed].mean() < 100 < plain[changed].mean()
    with pytest.raises(ValueError, match="'PSNR' is too long for 60 pixels"):
        carded(crop[:, :60], {"PSNR": "a long value"})
