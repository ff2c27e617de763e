"""The power with which a cost grows is fitted to the counts that are told, each measure to its own."""

import pytest

pytestmark = pytest.mark.torch

COUNTS = (1, 10, 100, 1000, 10_000)


def growth(**fitted_from):
    """Return the growth of a cost of 40 and 1 for each: a fixed part, which few hide in, bends the line."""
    from lab.cost import Cost
    from lab.growth import Growth

    return Growth("made up", COUNTS, tuple(Cost(n + 40, 1_000_000 * (n + 40)) for n in COUNTS), fitted_from)


def test_without_a_word_all_counts_decide_the_power():
    assert growth().fitted("seconds") == COUNTS
    assert growth().power("seconds") < 0.7
    assert growth().power("seconds") == pytest.approx(growth().power("megabytes"))


def test_each_measure_is_fitted_from_its_own_count():
    late = growth(seconds=1, gigabytes=-3)
    fitted = [late.fitted(what) for what in ("seconds", "gigabytes", "megabytes")]
    assert fitted == [COUNTS[1:], COUNTS[2:], COUNTS]
    assert late.power("gigabytes") == pytest.approx(0.93, abs=0.02)
    assert growth().power("seconds") < late.power("seconds") < late.power("gigabytes")


def test_gigabytes_are_a_thousand_megabytes():
    assert growth().values("seconds")[0] == 41
    assert growth().values("megabytes")[0] == pytest.approx(41)
    assert growth().values("gigabytes")[0] == pytest.approx(0.041)
