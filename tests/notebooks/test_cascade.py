"""Digits and noisy icons, the small classifiers that name them, and how a threshold meets other pictures."""

import numpy as np
import pytest

pytestmark = pytest.mark.torch


def of(sure, little, big):
    import torch
    from models.little_big import Trial

    return Trial(torch.tensor(sure), torch.tensor(little).bool(), torch.tensor(big).bool())


# --- pictures --------------------------------------------------------------------------------------------------------


def test_each_seed_deals_every_digit_into_one_of_three_parts():
    from lab import digits

    parts, others = digits.split(0), digits.split(1)
    assert {name: len(part) for name, part in parts.items()} == {"taught": 809, "calibration": 359, "tested": 629}
    dealt = np.concatenate([part.pictures for part in parts.values()])
    assert np.array_equal(np.sort(dealt, axis=0), np.sort(digits.everything().pictures, axis=0))
    assert not np.array_equal(parts["tested"].classes, others["tested"].classes)
    assert np.array_equal(parts["tested"].pictures, digits.split(0)["tested"].pictures)


def test_digits_are_whole_pictures_from_0_to_1():
    from lab import digits

    whole = digits.everything()
    assert whole.pictures.shape == (1797, 1, 8, 8)
    assert whole.pictures.dtype == np.float32
    assert (whole.pictures.min(), whole.pictures.max()) == (0, 1)
    assert set(whole.classes) == set(range(len(digits.CLASSES)))


def test_icons_are_the_same_for_the_same_seed_and_each_kind_occurs():
    from lab import noisy_icons

    (one, noise), (again, _), (other, _) = (noisy_icons.noisy_icons(200, seed) for seed in (1, 1, 2))
    assert one.pictures.shape == (200, 1, 16, 16)
    assert 0 <= one.pictures.min() < one.pictures.max() <= 1
    assert np.array_equal(one.pictures, again.pictures)
    assert not np.array_equal(one.pictures, other.pictures)
    assert set(one.classes) == set(range(len(noisy_icons.CLASSES)))
    assert 0 <= noise.min() < noise.max() <= noisy_icons.NOISE


def test_more_noise_is_further_from_smooth():
    from lab import noisy_icons

    icons, noise = noisy_icons.noisy_icons(400, 3)
    rough = np.abs(np.diff(icons.pictures, axis=-1)).mean((1, 2, 3))
    assert np.corrcoef(rough, noise)[0, 1] > 0.5


# --- classifiers -----------------------------------------------------------------------------------------------------


def test_siblings_learn_apart():
    """A picture of one changes no other's answer, and no other's gradient."""
    import torch
    from models.small_classifier import Siblings, SmallClassifierConfig

    torch.manual_seed(0)
    network, pictures = Siblings(SmallClassifierConfig(4, 7, siblings=3)), torch.rand(3, 2, 1, 16, 16)
    logits = network(pictures)
    assert logits.shape == (3, 2, 7)
    assert torch.allclose(logits[1], network.each[1](pictures[1]))
    logits[1].sum().backward()
    felt = [sum(value.grad.abs().sum() for value in each.parameters()) for each in network.each]
    assert felt[1] > 0 == felt[0] == felt[2]


def test_four_times_the_work_for_twice_the_channels_about():
    from lab.designs.classifier import macs
    from models.small_classifier import SmallClassifier, SmallClassifierConfig

    for side in (8, 16):
        little, big = (macs(SmallClassifier(SmallClassifierConfig(c)), side) for c in (16, 32))
        assert 3 < big / little < 4
        assert macs(SmallClassifier(SmallClassifierConfig(16, siblings=5)), side) == little


def test_a_batch_has_for_each_sibling_pictures_from_its_own_part():
    from lab.lessons import classifier

    pictures, classes = classifier.batches(classifier.digits_of)(1)(np.random.default_rng(0))
    assert pictures.shape == (classifier.SIBLINGS, classifier.BATCH, 1, 8, 8)
    assert classes.shape == (classifier.SIBLINGS, classifier.BATCH)
    own = {one.tobytes() for one in classifier.digits_of(4).pictures}
    assert all(one.tobytes() in own for one in pictures[4].numpy())


def test_the_loss_is_the_sum_of_the_siblings_cross_entropies():
    import torch
    from lab.lessons.classifier import cross_entropies
    from models.small_classifier import Siblings, SmallClassifierConfig
    from torch.nn.functional import cross_entropy

    network = Siblings(SmallClassifierConfig(4, 10, siblings=2))
    pictures, classes = torch.rand(2, 6, 1, 8, 8), torch.randint(10, (2, 6))
    each = [cross_entropy(network.each[i](pictures[i]), classes[i]) for i in range(2)]
    assert torch.allclose(cross_entropies(network, pictures, classes), sum(each))


# --- what is compared ------------------------------------------------------------------------------------------------


def test_a_trial_is_what_both_classifiers_answer():
    import torch
    from lab import cascade, digits
    from models.small_classifier import SmallClassifier, SmallClassifierConfig

    torch.manual_seed(1)
    little, big = (SmallClassifier(SmallClassifierConfig(c)) for c in (2, 4))
    given = digits.split(0)["tested"].part(slice(600))
    found = cascade.trial(little, big, given, torch.device("cpu"))
    pictures, classes = torch.from_numpy(given.pictures), torch.from_numpy(given.classes)
    assert torch.allclose(found.sure, little(pictures).softmax(-1).amax(-1))
    assert torch.equal(found.little, little(pictures).argmax(-1) == classes)
    assert torch.equal(found.big, big(pictures).argmax(-1) == classes)


def test_what_the_big_classifier_gains_is_what_it_corrects_less_what_it_spoils():
    from lab.cascade import gain

    assert gain(of([0.2, 0.4, 0.6, 0.8], [0, 0, 1, 1], [1, 1, 0, 1])) == 0.25
    assert gain(of([0.5, 0.5], [1, 1], [0, 1])) == -0.5


def test_blind_choice_lies_on_the_straight_line_and_no_order_beats_the_truth():
    import torch
    from lab import cascade

    trial = of([0.2, 0.4, 0.6, 0.8], [0, 1, 0, 1], [1, 0, 0, 1])
    shares = torch.linspace(0, 1, 5)
    assert cascade.at_random(trial, shares).tolist() == pytest.approx([0.5] * 5)
    best = cascade.accuracies_at(cascade.truth_known(trial), shares)
    assert best.tolist() == pytest.approx([0.5, 0.75, 0.75, 0.75, 0.5])
    assert bool((best >= cascade.accuracies_at(trial.curve(), shares)).all())


def test_what_is_corrected_among_the_least_sure_is_counted():
    from lab.cascade import corrected_among_least_sure

    trial = of([0.2, 0.4, 0.6, 0.8], [0, 0, 0, 1], [1, 0, 1, 1])
    assert corrected_among_least_sure(trial, 0.25) == 0.5
    assert corrected_among_least_sure(trial, 0.75) == 1
    assert corrected_among_least_sure(of([0.5], [1], [1]), 1) == 0, "nothing was to be corrected"


def test_doubt_parts_what_is_corrected_from_the_rest_wholly_or_no_better_than_blind():
    """However many are corrected, which a share among the least sure would depend on."""
    from lab.cascade import chance_of_order

    assert chance_of_order(of([0.1, 0.2, 0.6, 0.8], [0, 0, 1, 0], [1, 1, 1, 0])) == 1
    assert chance_of_order(of([0.6, 0.8, 0.1, 0.2], [0, 0, 1, 0], [1, 1, 1, 0])) == 0
    assert chance_of_order(of([0.5, 0.5, 0.5], [0, 1, 1], [1, 1, 0])) == 0.5, "equal sureness counts half"
    assert chance_of_order(of([0.1, 0.4, 0.3, 0.6], [0, 0, 1, 1], [1, 1, 1, 1])) == 0.75
    for corrected in (0, 1):
        with pytest.raises(ValueError, match="some must be, and some not"):
            chance_of_order(of([0.5, 0.6], [0, 0], [corrected] * 2))


def test_guidance_is_one_where_doubt_is_the_truth_and_nothing_where_it_is_blind():
    from lab.cascade import guidance

    assert guidance(of([0.1, 0.2, 0.6, 0.8], [0, 1, 1, 1], [1, 1, 1, 1]), 0.25) == pytest.approx(1)
    assert guidance(of([0.6, 0.1, 0.2, 0.8], [0, 1, 1, 0], [1, 1, 1, 1]), 0.5) == pytest.approx(-1)
    assert guidance(of([0.1, 0.2, 0.6, 0.8], [0, 1, 1, 0], [1, 1, 1, 1]), 0.5) == pytest.approx(0)


def test_a_threshold_is_judged_on_pictures_that_it_was_not_chosen_from():
    from lab.cascade import met, redrawn
    from models.little_big import threshold_by_rule

    tested = of([0.3, 0.5, 0.7, 0.9], [0, 0, 1, 1], [1, 1, 1, 1])
    found = met(tested, 0.5)
    assert (found.passed, found.lost) == (0.25, 0.25)
    pool = of([0.1, 0.2, 0.6, 0.95], [0, 0, 0, 1], [1, 1, 1, 1])
    each = list(redrawn(pool, tested, 4, 3, threshold_by_rule, seed=1))
    assert [one.threshold for one in each] == pytest.approx([0.95] * 3), "all of the pool, whatever the order"
    with pytest.raises(ValueError, match="5 pictures cannot be drawn from 4"):
        next(redrawn(pool, tested, 5, 1, threshold_by_rule, seed=1))


def test_latency_is_that_of_one_call():
    import torch
    from lab.latency import latency

    calls = []
    seconds = latency(lambda: calls.append(sum(range(1000))), torch.device("cpu"), calls=5, times=3)
    assert len(calls) == 15
    assert 0 < seconds < 1
