"""What attention costs is measured by tokens, and a larger job follows from the power of its growth."""

import pytest

pytestmark = pytest.mark.torch


def made_up(form, power):
    """A form whose seconds and gigabytes grow with a power of the tokens, 1 second and 1 GB at 1000."""
    from lab.cost import Cost
    from lab.growth import Growth

    counts = (250, 500, 1000)
    return Growth(form, counts, tuple(Cost((n / 1000) ** power, round(1e9 * (n / 1000) ** power)) for n in counts))


LAWS = [("softmax, weights written down", 2, 2), ("softmax, fused", 2, 1), ("linear, as in LinFusion", 1, 1)]


@pytest.mark.parametrize(("form", "of_seconds", "of_gigabytes"), LAWS)
def test_what_many_tokens_cost_and_how_many_a_limit_allows_follow_from_the_form(form, of_seconds, of_gigabytes):
    """Whatever was fitted: three noisy times must not decide what a hundred times as many tokens cost."""
    from lab.attention_cost import at, reaches

    growth = made_up(form, 1.3)
    for what, power in (("seconds", of_seconds), ("gigabytes", of_gigabytes)):
        assert growth.power(what) == pytest.approx(1.3)
        assert at(growth, what, 3000) == pytest.approx(3**power)
        assert reaches(growth, what, at(growth, what, 3000)) == pytest.approx(3000)


def test_each_form_is_computed_over_as_many_tokens_as_asked():
    import torch
    from lab.attention import FORMS
    from lab.attention_cost import measured

    found = measured(dict.fromkeys(FORMS, (16, 32)), torch.device("cpu"))
    assert [growth.form for growth in found] == list(FORMS)
    for growth in found:
        assert growth.counts == growth.fitted("gigabytes") == (16, 32)
        assert growth.fitted("seconds") == growth.counts[1 if growth is found[0] else 0 :], "short times vary"
        assert growth.values("gigabytes")[1] > growth.values("gigabytes")[0] > 0


def test_powers_and_the_scaled_job_are_recorded_as_measured(monkeypatch):
    from lab import attention_cost
    from lab.attention import FORMS

    said = {}
    monkeypatch.setattr(attention_cost, "result", lambda name, value, *_, kind: said.update({name: (value, kind)}))

    growths = [made_up(form, power) for form, power in zip(FORMS, (2, 2, 1), strict=True)]
    table = attention_cost.record_growth(growths, "poster", 4000)

    assert said["exponent_seconds_softmax"] == (pytest.approx(2), "measured")
    assert said["attention_gigabytes_poster_fused"] == (pytest.approx(4), "measured")
    assert said["attention_seconds_poster_linear"] == (pytest.approx(4), "measured")
    assert len(said) == 2 * len(table.rows) == 12
    assert len(attention_cost.drawn(growths).axes) == 2


def test_the_form_that_grows_least_is_tried_with_most_tokens():
    from lab import attention
    from lab.attention_cost import tried

    full, quick = tried(True), tried(False)

    assert all(counts == sorted(counts) and len(counts) >= 5 for counts in full.values()), "one is left out"
    most = [full[form][-1] for form in attention.FORMS]
    assert most == sorted(most)
    assert most[-1] == 2**16, "the linear one"
    assert {tuple(counts) for counts in quick.values()} == {(256, 512, 1024)}
