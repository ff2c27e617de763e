"""Little-Big: who answers at which threshold, what that costs, and how the threshold is chosen."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

pytestmark = pytest.mark.torch
COUNTS = settings(deadline=None, max_examples=25)


@st.composite
def trials(draw):
    """Answers of two classifiers to a few pictures; equal confidences are likely."""
    import torch
    from models.little_big import Trial

    count = draw(st.integers(5, 40))
    sure = draw(st.lists(st.sampled_from([0.1, 0.25, 0.5, 0.7, 0.9, 1.0]), min_size=count, max_size=count))
    little, big = (draw(st.lists(st.booleans(), min_size=count, max_size=count)) for _ in range(2))
    return Trial(torch.tensor(sure), torch.tensor(little), torch.tensor(big))


def pair(threshold, seed=0):
    """Two classifiers of different kinds, and pictures of 8 x 8 pixels for both."""
    import torch
    from models.little_big import LittleBig
    from models.small_classifier import SmallClassifier, SmallClassifierConfig
    from torch import nn

    torch.manual_seed(seed)
    little = nn.Sequential(nn.Flatten(), nn.Linear(64, 10))
    big = SmallClassifier(SmallClassifierConfig(channels=4))
    return LittleBig(little, big, threshold), torch.rand(50, 1, 8, 8)


def test_with_a_threshold_of_0_the_little_classifier_answers_alone():
    both, pictures = pair(0.0)
    answers = both(pictures)
    assert not answers.passed_on.any()
    assert (answers.classes == both.little(pictures).argmax(-1)).all()


def test_with_a_threshold_of_1_the_big_classifier_answers_all_even_where_the_little_one_is_certain():
    both, pictures = pair(1.0)
    both.little[1].weight.data *= 1e4
    answers = both(pictures)
    assert (answers.confidence == 1).any()
    assert answers.passed_on.all()
    assert (answers.classes == both.big(pictures).argmax(-1)).all()


def test_between_them_the_unsure_ones_go_on_and_no_other():
    both, pictures = pair(0.2)
    answers = both(pictures)
    hard = answers.confidence < 0.2
    assert 0 < hard.sum() < len(hard)
    assert (answers.passed_on == hard).all()
    assert (answers.classes[hard] == both.big(pictures)[hard].argmax(-1)).all()
    assert (answers.classes[~hard] == both.little(pictures)[~hard].argmax(-1)).all()


def test_what_a_picture_is_answered_does_not_depend_on_the_others():
    both, pictures = pair(0.2)
    together, alone = both(pictures), [both(one[None]) for one in pictures]
    assert together.classes.tolist() == [answers.classes.item() for answers in alone]


def test_the_classifiers_stay_as_they_are():
    both, pictures = pair(0.2)
    before = {name: value.clone() for name, value in both.state_dict().items()}
    assert not both(pictures).confidence.requires_grad
    assert all(bool((value == before[name]).all()) for name, value in both.state_dict().items())


@pytest.mark.parametrize("threshold", [-0.1, 1.1, float("nan")])
def test_a_threshold_that_is_no_confidence_is_refused(threshold):
    with pytest.raises(ValueError, match="between 0 and 1"):
        pair(threshold)


@pytest.mark.parametrize("threshold", [0.0, 0.2, 1.0])
def test_the_expected_cost_is_what_is_counted(threshold):
    """MACs(L) + f MACs(B), to the last multiplication; it lies between the little one and both."""
    from lab.cost import counted
    from models.little_big import expected_macs, saved

    both, pictures = pair(threshold)
    little, big = (counted(lambda net=net: net(pictures[:1])) for net in (both.little, both.big))
    passed = both(pictures).passed_on.double().mean().item()
    found = counted(lambda: both(pictures)) / len(pictures)
    assert found == pytest.approx(expected_macs(little, big, passed), rel=1e-12)
    assert little <= found <= little + big
    assert saved(little, big, passed) == pytest.approx(1 - found / big)


# --- the curve -------------------------------------------------------------------------------------------------------


@COUNTS
@given(trials())
def test_each_point_of_the_curve_is_what_its_threshold_gives(trial):
    curve = trial.curve()
    for threshold, passed, accuracy in zip(*(vars(curve)[name].tolist() for name in vars(curve)), strict=True):
        assert trial.passed(threshold) == pytest.approx(passed)
        assert trial.accuracy(threshold) == pytest.approx(accuracy)


@COUNTS
@given(trials(), st.floats(0, 1))
def test_no_threshold_gives_anything_that_is_not_on_the_curve(trial, threshold):
    found = trial.passed(threshold), trial.accuracy(threshold)
    curve = trial.curve()
    points = zip(curve.passed.tolist(), curve.accuracy.tolist(), strict=True)
    assert any(found == pytest.approx(point) for point in points)


@COUNTS
@given(trials())
def test_the_curve_goes_from_the_little_classifier_to_the_big_one_and_never_back(trial):
    curve = trial.curve()
    assert (curve.passed[0], curve.passed[-1]) == (0, 1)
    assert curve.accuracy[0] == pytest.approx(trial.little.double().mean().item())
    assert curve.accuracy[-1] == pytest.approx(trial.big.double().mean().item())
    assert bool((curve.passed.diff() >= 0).all())
    assert bool((curve.thresholds.diff() >= 0).all())


# --- the threshold ---------------------------------------------------------------------------------------------------


@COUNTS
@given(trials(), st.sampled_from([0.0, 0.05, 0.3]))
def test_the_rule_takes_the_cheapest_threshold_that_loses_no_more_than_it_may(trial, may_lose):
    from models.little_big import threshold_by_rule

    chosen, curve = threshold_by_rule(trial, may_lose), trial.curve()
    enough = trial.accuracy(1.0) - may_lose
    assert trial.accuracy(chosen) >= enough - 1e-6
    cheaper = curve.accuracy[curve.passed < trial.passed(chosen) - 1e-9]
    assert bool((cheaper < enough + 1e-6).all()) or chosen == 0


@COUNTS
@given(trials(), st.integers(2, 5))
def test_the_threshold_by_folds_still_loses_nothing_without_any_one_fold(trial, folds):
    from models.little_big import cross_validation, threshold_by_folds, threshold_by_rule

    chosen = threshold_by_folds(trial, folds)
    each = [threshold_by_rule(rest) for rest, _ in cross_validation(trial, folds)]
    assert chosen in each
    assert all(chosen >= one for one in each)


@COUNTS
@given(trials(), st.integers(2, 5))
def test_every_picture_is_left_out_once(trial, folds):
    from models.little_big import cross_validation

    parts = cross_validation(trial, folds)
    assert len(parts) == folds
    assert sum(len(unseen) for _, unseen in parts) == len(trial)
    for rest, unseen in parts:
        assert len(rest) + len(unseen) == len(trial)
        assert sorted(rest.sure.tolist() + unseen.sure.tolist()) == sorted(trial.sure.tolist())


def of(sure, little, big):
    import torch
    from models.little_big import Trial

    return Trial(torch.tensor(sure), torch.tensor(little).bool(), torch.tensor(big).bool())


def test_what_folds_lose_is_what_the_rule_loses_where_it_did_not_look():
    """Two folds, even and odd pictures: each has a mistake of the little classifier, at another confidence."""
    from models.little_big import loss_of_folds, threshold_by_rule

    trial = of([0.5, 0.9, 0.6, 0.95], [0, 0, 1, 1], [1, 1, 1, 1])
    assert threshold_by_rule(trial.part(slice(0, None, 2))) == pytest.approx(0.6)
    assert threshold_by_rule(trial.part(slice(1, None, 2))) == pytest.approx(0.95)
    assert loss_of_folds(trial, 2) == pytest.approx((0.5 + 0) / 2), "0.6 misses the mistake at 0.9; 0.95 misses none"


def test_a_little_classifier_that_is_as_good_is_never_passed_over():
    from models.little_big import threshold_by_rule

    assert threshold_by_rule(of([0.3, 0.6, 0.9], [1, 1, 0], [1, 1, 0])) == 0


@pytest.mark.parametrize("folds", [1, 4])
def test_as_many_folds_as_pictures_at_most_and_two_at_least(folds):
    from models.little_big import cross_validation

    with pytest.raises(ValueError, match="3 pictures cannot be split"):
        cross_validation(of([0.3, 0.6, 0.9], [1, 1, 0], [1, 1, 0]), folds)
