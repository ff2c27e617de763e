"""Plain sharpening makes edges steeper, and leaves what has none."""

import numpy as np
import pytest

pytestmark = pytest.mark.torch


def test_an_even_picture_stays_as_it_is_and_a_ramp_gets_steeper():
    from lab.unsharp import sharpened

    even = np.full((16, 16, 3), 90, np.uint8)
    assert (sharpened(even, 2) == even).all()
    ramp = np.repeat(np.interp(np.arange(32), (12, 20), (60, 190)).astype(np.uint8)[None, :, None], 32, 0).repeat(3, 2)
    steeper = sharpened(ramp, 2)
    assert steeper.shape == ramp.shape
    assert np.diff(steeper[16, :, 0].astype(int)).max() > np.diff(ramp[16, :, 0].astype(int)).max()
