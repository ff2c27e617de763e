"""What pictures share and where they differ, on pictures whose answer is known."""

import numpy as np
import pytest

pytestmark = pytest.mark.torch


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def picture(values):
    from lab.textures import as_picture

    return as_picture(values)


def noise(rng, strength=30, shape=(96, 72)):
    return 120 + strength * rng.standard_normal(shape)


def broad(shape=(96, 72)):
    """Waves of 24 pixels, down."""
    return 60 * np.sin(2 * np.pi * np.arange(shape[0]) / 24)[:, None] * np.ones(shape)


def test_the_same_picture_twice_shares_all_and_changes_nowhere(rng):
    from lab import agreement

    one = picture(noise(rng))
    assert np.allclose(agreement.shared([one, one]), 1)
    assert agreement.changed([one, one], 96) == pytest.approx(0)
    assert not agreement.spread([one, one]).any()


@pytest.mark.parametrize("count", [2, 5])
def test_noise_shares_nothing_with_other_noise_however_many_there_are(rng, count):
    """A mean of few pictures is not taken for what they share."""
    from lab import agreement

    pictures = [picture(noise(rng, shape=(256, 192))) for _ in range(count)]
    assert agreement.changed(pictures, 256) == pytest.approx(1, abs=0.05)
    assert abs(agreement.shared(pictures)[8:].mean()) < 0.05


def test_what_is_broad_may_stay_while_what_is_fine_changes(rng):
    from lab import agreement

    pictures = [picture(broad() + noise(rng, 10)) for _ in range(4)]
    assert agreement.changed(pictures, 96, 16) < 0.05
    assert agreement.changed(pictures, 8) == pytest.approx(1, abs=0.05)
    where = agreement.shared(pictures)
    assert where[2 * len(where) // 24] > 0.9 > 0.2 > where[20]


def test_half_of_two_equally_strong_parts_is_half_of_the_power(rng):
    from lab import agreement

    same = noise(rng, 20) - 120
    pictures = [picture(same + noise(rng, 20)) for _ in range(6)]
    assert agreement.changed(pictures, 96) == pytest.approx(0.5, abs=0.05)


def test_greys_that_differ_by_ten_spread_by_their_standard_deviation():
    from lab import agreement

    low, high = picture(np.full((4, 6), 100.0)), picture(np.full((4, 6), 110.0))
    assert np.allclose(agreement.spread([low, high]), 10 / np.sqrt(2))


def test_one_picture_alone_and_pictures_of_two_shapes_are_refused(rng):
    from lab import agreement

    one, other = picture(noise(rng)), picture(noise(rng, shape=(8, 8)))
    for wrong in ([one], [one, other]):
        with pytest.raises(ValueError, match="two pictures"):
            agreement.powers(wrong)
    with pytest.raises(ValueError, match="two pictures"):
        agreement.spread([one])
