"""A moving camera smears light along its path, and loses none of it."""

import numpy as np
import pytest


@pytest.mark.parametrize("length", [0, 1, 2.5, 3, 9])
@pytest.mark.parametrize("angle", [0, 30, 45, 90, 137.5])
def test_a_path_keeps_all_light_and_its_middle(length, angle):
    from lab.blur import path_kernel

    kernel = path_kernel(length, angle)
    rows, columns = np.indices(kernel.shape)
    middle = (len(kernel) - 1) / 2

    assert kernel.shape[0] == kernel.shape[1]
    assert len(kernel) % 2 == 1
    assert kernel.sum() == pytest.approx(1)
    assert (kernel >= 0).all()
    assert (kernel * rows).sum() == pytest.approx(middle)
    assert (kernel * columns).sum() == pytest.approx(middle)


def test_a_path_across_smears_a_row_and_nothing_else():
    from lab.blur import path_kernel

    kernel = path_kernel(5, 0)
    assert kernel[2].sum() == pytest.approx(1)
    assert (kernel[2] > 0.05).all()


def test_no_movement_leaves_the_picture_as_it_is():
    from lab.blur import moved

    picture = np.random.default_rng(0).integers(0, 256, (9, 11, 3), dtype=np.uint8)
    np.testing.assert_allclose(moved(picture, 1, 33) * 255, picture, atol=1e-9)


def test_light_adds_up_before_the_eye_s_curve():
    """Half black and half white light is a grey of more than half the pixel value."""
    from lab.blur import moved

    picture = np.zeros((8, 32, 3), np.uint8)
    picture[:, ::2] = 255
    middle = moved(picture, 9, 0)[4, 16, 0]
    assert 0.68 < middle < 0.78


def test_an_even_picture_stays_even_but_for_noise():
    from lab.blur import shaken

    picture = np.full((32, 32, 3), 128, np.uint8)
    noisy = shaken(picture, 7, 20, np.random.default_rng(0)).astype(float)
    assert abs(noisy.mean() - 128) < 0.3
    assert 1.5 < noisy.std() < 2.5
