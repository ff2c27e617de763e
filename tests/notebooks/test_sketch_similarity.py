"""Laws of matching drawings to views, for any encoder and any weights."""

import copy

import pytest

pytestmark = pytest.mark.torch


@pytest.fixture(scope="module")
def encoder():
    import torch
    from models.sketch_similarity import EncoderConfig, Encoders

    torch.set_num_threads(1)
    torch.manual_seed(0)
    return Encoders(EncoderConfig(1)).each[0].eval().requires_grad_(False)


def pictures(n=6, seed=1):
    import torch

    return torch.rand(n, 3, 48, 48, generator=torch.Generator().manual_seed(seed))


# --- features --------------------------------------------------------------------------------------------------------


def test_each_layer_has_a_map(encoder):
    maps = encoder.maps(pictures())

    assert len(maps) == len(encoder.layers) == 4
    assert all(each.ndim == 4 and len(each) == 6 for each in maps)


def test_a_picture_is_described_alike_whatever_stands_beside_it(encoder):
    import torch

    together = encoder.maps(pictures())
    for layer, each in enumerate(together):
        mixed = encoder.maps(pictures()[[3, 0, 5, 1, 4, 2]])[layer]
        torch.testing.assert_close(mixed, each[[3, 0, 5, 1, 4, 2]], atol=1e-5, rtol=0)
        torch.testing.assert_close(encoder.maps(pictures()[2:3])[layer], each[2:3], atol=1e-5, rtol=0)


def test_pictures_of_other_sizes_have_maps_too(encoder):
    import torch

    larger = torch.rand(1, 3, 96, 96)
    for small, large in zip(encoder.maps(pictures(1)), encoder.maps(larger), strict=True):
        assert large.shape[-1] == 2 * small.shape[-1]


def test_every_weight_learns_from_the_contrast(encoder):
    from models.sketch_similarity import contrast, described

    network = copy.deepcopy(encoder).train().requires_grad_(True)
    contrast(*described(network.maps(pictures(8))[-1]).chunk(2)).backward()

    silent = {name for name, value in network.named_parameters() if value.grad is None or not value.grad.any()}
    assert silent == set()


# --- likeness --------------------------------------------------------------------------------------------------------


def vectors(n, seed=0, size=20):
    import torch

    return torch.randn(n, size, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def test_similarity_is_the_cosine_whatever_the_length():
    import torch
    from models.sketch_similarity import similarity

    a, b = vectors(5), vectors(7, 1)
    slow = torch.tensor([[float(x @ y / x.norm() / y.norm()) for y in b] for x in a], dtype=torch.float64)

    torch.testing.assert_close(similarity(a, b), slow)
    torch.testing.assert_close(similarity(3 * a, 0.1 * b), slow)
    torch.testing.assert_close(similarity(b, a), slow.T)
    assert float(similarity(a, a).diagonal().min()) == pytest.approx(1)


def test_descriptions_have_length_1_and_one_place_is_the_mean():
    import torch
    from models.sketch_similarity import described

    features = torch.rand(3, 8, 12, 12)

    assert described(features).shape == (3, 8 * 36)
    assert described(features).norm(dim=1).tolist() == pytest.approx([1] * 3)
    mean = features.mean((2, 3))
    torch.testing.assert_close(described(features, 1), mean / mean.norm(dim=1, keepdim=True))


def test_the_contrast_of_descriptions_that_are_all_alike_is_the_log_of_their_number():
    import math

    import torch
    from models.sketch_similarity import contrast

    same = torch.ones(9, 4)

    assert float(contrast(same, same)) == pytest.approx(math.log(9))


def test_the_contrast_does_not_ask_which_pair_comes_first_nor_which_side_is_the_drawing():
    import torch
    from models.sketch_similarity import contrast

    a, b, mixed = vectors(9), vectors(9, 1), torch.randperm(9)

    assert float(contrast(a[mixed], b[mixed])) == pytest.approx(float(contrast(a, b)))
    assert float(contrast(b, a)) == pytest.approx(float(contrast(a, b)))


def test_the_contrast_falls_as_pairs_come_together_and_is_least_where_they_meet():
    from models.sketch_similarity import contrast

    a, b = vectors(9), vectors(9, 1)
    losses = [float(contrast(a, (1 - share) * b + share * a)) for share in (0, 0.3, 0.6, 1)]

    assert losses == sorted(losses, reverse=True)


def test_the_gradient_of_the_contrast_is_that_of_finite_differences():
    import torch
    from models.sketch_similarity import contrast

    a, b = (each.requires_grad_(True) for each in (vectors(4, 0, 5), vectors(4, 1, 5)))

    assert torch.autograd.gradcheck(lambda x, y: contrast(x, y, 0.5), (a, b))


# --- acc@1 -----------------------------------------------------------------------------------------------------------


def test_a_perfect_description_finds_every_shape_and_a_blind_one_finds_one():
    import torch
    from lab.matching import shares_found

    shapes = vectors(30, 2).repeat_interleave(3, 0)

    assert shares_found(shapes, shapes) == 100
    assert shares_found(torch.ones(90, 4), torch.ones(90, 4)) == pytest.approx(100 / 30)


def test_a_random_description_finds_one_shape_in_as_many_as_there_are():
    from lab.matching import shares_found

    found = [shares_found(vectors(90, seed), vectors(90, 1000 + seed)) for seed in range(40)]

    assert sum(found) / len(found) == pytest.approx(100 / 30, abs=0.8)


def test_any_view_of_the_right_shape_counts():
    import torch
    from lab.matching import found_first

    likeness = torch.tensor([[0.1, 0.9, 0.2, 0.3], [0.1, 0.9, 0.2, 0.3]])

    assert found_first(likeness, torch.tensor([0, 1]), torch.tensor([0, 0, 1, 1])).tolist() == [True, False]


@pytest.mark.parametrize("name", ["by_pixels", "by_edges"])
def test_what_knows_nothing_finds_a_picture_among_others_if_it_is_the_same(name):
    from lab import matching
    from lab.household import stock

    shown = matching.views(stock("chairs", 6, 5))
    describe = getattr(matching, name)

    assert matching.acc_at_1(describe, shown, shown) == 100
    assert describe(shown).shape[0] == 18


def test_layers_describe_pictures_one_by_one(encoder):
    import torch
    from lab import matching
    from lab.household import stock

    shown = matching.views(stock("lamps", 4, 5))
    layers = matching.by_layers(encoder, shown)

    assert len(layers) == 4
    torch.testing.assert_close(matching.by(encoder, 1)(shown[:4]), layers[1][:4], atol=1e-5, rtol=0)


# --- the lessons -----------------------------------------------------------------------------------------------------


def test_a_lesson_draws_pairs_of_the_same_chairs(monkeypatch):
    import numpy as np
    import torch
    from lab.lessons import matching

    monkeypatch.setattr(matching, "CHAIRS", 6)
    monkeypatch.setattr(matching, "BATCH", 4)
    drawn, shown = matching.pairs(1)(np.random.default_rng(0))

    assert drawn.shape == shown.shape == (matching.SEEDS, matching.BATCH, 1, 48, 48)
    inked = [[each < 0.97 for each in side.flatten(0, 2)] for side in (drawn, shown)]
    overlap = torch.tensor([[(a & b).sum() / (a | b).sum() for b in inked[1]] for a in inked[0]])
    own = overlap.diagonal().mean()
    assert float(own) > 1.2 * float(overlap.mean())
    again = matching.pairs(1)(np.random.default_rng(0))
    assert torch.equal(drawn, again[0])
    assert torch.equal(shown, again[1])


def test_tuning_begins_with_what_was_taught_before():
    import torch
    from lab import weights
    from lab.designs.matching import DESIGN
    from lab.lessons.matching import LESSONS

    for lesson in LESSONS.values():
        first = weights.load(DESIGN, lesson.recipe["first"], torch.device("cpu"), official=False)
        begun = lesson.build(lesson.config)

        assert first.origin == "trained here"
        assert all(torch.equal(value, first.network.state_dict()[name]) for name, value in begun.state_dict().items())
        assert any(value.requires_grad for value in begun.parameters())
