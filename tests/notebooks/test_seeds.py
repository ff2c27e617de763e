"""Laws of the standard error of a mean over seeds."""

import pytest

pytestmark = pytest.mark.torch


def test_the_error_of_a_mean_is_how_far_means_of_as_many_lie_apart():
    import numpy as np
    from lab.seeds import error

    drawn = np.random.default_rng(0).normal(3, 2, (4000, 5))

    assert np.sqrt(np.mean([error(list(each)) ** 2 for each in drawn])) == pytest.approx(drawn.mean(1).std(), rel=0.05)


def test_the_error_grows_with_the_values_and_not_with_their_place():
    from lab.seeds import error

    values = [1.0, 2.0, 4.0, 7.0]

    assert error([5 + 3 * value for value in values]) == pytest.approx(3 * error(values))
    assert error([2.0, 4.0]) == pytest.approx(1)
    assert error([2.0, 2.0, 2.0]) == 0


def test_one_seed_tells_of_no_error():
    from lab.seeds import error

    with pytest.raises(ValueError, match="two seeds or more"):
        error([1.0])
