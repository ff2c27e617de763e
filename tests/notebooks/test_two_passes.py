"""Two passes: which tiles go on, what the mixed picture is, and what a tile costs that is computed alone."""

import numpy as np
import pytest

pytestmark = pytest.mark.torch


@pytest.fixture
def passes():
    """Two by two tiles of 4 pixels; the little network is 8 off at the right, 2 off below, the big one 1 everywhere."""
    from lab.two_passes import TwoPasses

    truth = np.full((8, 8, 3), 100, np.uint8)
    little = truth.copy()
    little[:, 4:] += 8
    little[4:] += 2
    soft = little.copy()
    soft[:4, 4:] += 20
    soft[4:, :4] += 5
    soft[4:, 4:] += 10
    return TwoPasses(soft, little, truth + 1, truth, 4)


def test_a_tile_is_hard_where_the_little_network_corrected_much(passes):
    assert passes.hardness().tolist() == [[0, 20], [5, 10]]


def test_the_big_network_helps_where_the_little_one_errs(passes):
    assert passes.gain().tolist() == [[-1, 63], [3, 99]]


def test_chosen_tiles_come_from_the_big_network_and_the_others_from_the_little_one(passes):
    chosen = np.array([[True, False], [False, True]])
    mixed = passes.mixed(chosen)
    assert (mixed[:4, :4] == 101).all()
    assert (mixed[4:, 4:] == 101).all()
    assert (mixed[:4, 4:] == 108).all()
    assert (mixed[4:, :4] == 102).all()


def test_the_curve_goes_from_the_little_network_to_the_big_one(passes):
    from lab.metrics import psnr

    curve = passes.curve(passes.gain())
    assert len(curve) == 5
    assert curve[0] == psnr(passes.little, passes.truth) == pytest.approx(passes.at_random(0))
    assert curve[-1] == psnr(passes.big, passes.truth) == pytest.approx(passes.at_random(1))
    assert max(curve) == curve[3], "the tile that gets worse comes last"


def test_the_threshold_is_the_highest_that_keeps_a_share_of_the_lead(passes):
    assert passes.threshold(0) == float("inf"), "if nothing must be kept, no tile goes on"
    assert passes.threshold(0.5) == 10
    assert passes.threshold(1) == 5, "the tile that nothing was to be done for stays as it is"


def test_with_the_truth_at_hand_fewer_tiles_are_enough(passes):
    assert passes.fewest(passes.hardness(), 1) == 3
    assert passes.fewest(passes.gain(), 0.5) == 2
    assert passes.fewest(-passes.gain(), 0.5) == 4


def test_the_highest_scores_are_chosen_and_of_equal_ones_the_first():
    from lab.two_passes import highest

    scores = np.array([[1.0, 3.0], [3.0, 2.0]])
    assert highest(scores, 1).tolist() == [[False, True], [False, False]]
    assert highest(scores, 3).tolist() == [[False, True], [True, True]]


def test_a_tile_alone_costs_more_than_its_share_and_a_larger_one_less_so():
    from lab.two_passes import overlap
    from models.small_upscaler import SmallUpscaler, SmallUpscalerConfig

    network = SmallUpscaler(SmallUpscalerConfig(channels=4, layers=2))
    first, last = (layer.weight.numel() for layer in network.layers)
    assert overlap(network, 2) == pytest.approx((16 * first + 4 * last) / (4 * (first + last)))
    assert overlap(network, 2) > overlap(network, 8) > 1


def test_what_is_not_chosen_is_pale():
    from lab.two_passes import faded

    black = np.zeros((4, 8, 3), np.uint8)
    shown = faded(black, np.array([[True, False]]), 4)
    assert (shown[:, :4] == 0).all()
    assert (shown[:, 4:] == 178).all()
