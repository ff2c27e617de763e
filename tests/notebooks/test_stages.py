"""Stopping MSSNet early gives the picture of that stage, and costs what was computed by then."""

import numpy as np
import pytest
import torch

pytestmark = pytest.mark.torch


@pytest.fixture
def loaded():
    from lab.weights import Loaded
    from models.mssnet import MSSNet, MSSNetConfig

    torch.manual_seed(3)
    network = MSSNet(MSSNetConfig(4, 2, 2)).eval()
    return Loaded(network, "untrained", smaller=True, file=None)


def picture(height, width):
    return np.random.default_rng(5).integers(0, 256, (height, width, 3), dtype=np.uint8)


def test_the_last_of_the_six_pictures_is_that_of_the_whole_network(loaded):
    from lab.designs.mssnet import deblur
    from lab.stages import after_each

    given = picture(21, 35)
    made = after_each(loaded, given)
    assert [each.shape for each in made] == [(21, 35, 3)] * 6
    assert (made[-1] == deblur(loaded, given)).all()


def test_the_first_picture_is_half_as_large_and_enlarged():
    """A network that corrects nothing hands the picture on; only the first stage makes it coarser."""
    from lab.stages import after_each
    from lab.weights import Loaded
    from models.mssnet import MSSNet, MSSNetConfig

    network = MSSNet(MSSNetConfig(4, 2, 2)).eval()
    for parameter in network.parameters():
        parameter.data.zero_()
    given = picture(32, 32)
    first, *others = after_each(Loaded(network, "untrained", smaller=True, file=None), given)
    assert all((each == given).all() for each in others)
    assert first.astype(float).std() < 0.8 * given.astype(float).std()


def test_the_work_grows_with_each_stage_to_that_of_the_whole_network():
    from lab.cost import gmacs
    from lab.stages import gmacs_of_each
    from models.mssnet import SMALL, MSSNet

    def build():
        return MSSNet(SMALL)

    found = gmacs_of_each(build, 50, 64)
    assert found == sorted(found)
    assert found[-1] == pytest.approx(gmacs(build, 1, 3, 64, 64)), "50 rows are padded to 64"
    assert found[0] < 0.03 * found[-1], "the first stage works on a sixteenth of the places"
