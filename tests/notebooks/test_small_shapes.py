"""Scenes of small shapes have the classes that they say, and what is told of them is counted rightly."""

import numpy as np
import pytest

pytestmark = pytest.mark.torch


@pytest.fixture(scope="module")
def scenes():
    from lab import small_shapes

    return small_shapes.scenes(6, 3)


def test_the_same_seed_draws_the_same_scenes_and_another_draws_others(scenes):
    from lab import small_shapes

    again, other = small_shapes.scenes(2, 3), small_shapes.scenes(2, 4)

    for one, two, three in zip(scenes, again, other, strict=False):
        assert np.array_equal(one.picture, two.picture)
        assert np.array_equal(one.classes, two.classes)
        assert not np.array_equal(one.picture, three.picture)


def test_every_shape_is_whole_and_alone_and_says_its_class(scenes):
    from lab import small_shapes

    for scene in scenes:
        masks = np.stack([shape.mask for shape in scene.shapes])
        assert len(masks) == small_shapes.SHAPES
        assert masks.sum(0).max() == 1
        assert np.array_equal(scene.classes > 0, masks.any(0))
        border = np.ones_like(masks[0])
        border[1:-1, 1:-1] = False
        assert not (masks & border).any()
        for shape in scene.shapes:
            assert set(scene.classes[shape.mask]) == {shape.kind}
            assert 0.5 * np.pi * shape.radius**2 < shape.mask.sum() < 1.5 * np.pi * shape.radius**2


def test_a_shape_has_the_colour_of_its_class_and_stands_out_from_what_it_covers():
    from lab import small_shapes

    rng = np.random.default_rng(0)
    for kind, strongest in ((1, 0), (3, 1), (4, 2)):
        for ground in ([0, 0, 0], [128, 128, 128], [255, 0, 90]):
            ink = small_shapes.colour(kind, np.array(ground, float), rng)
            assert np.linalg.norm(ink - ground) >= small_shapes.CONTRAST
            assert ink.argmax() == strongest


def test_shares_of_classes_add_up_to_one_and_keep_their_sum(scenes):
    import torch
    from lab import small_shapes

    classes = small_shapes.classes_of(scenes)
    shares = small_shapes.shares(classes, 8)

    assert shares.shape == (6, 5, 16, 16)
    torch.testing.assert_close(shares.sum(1), torch.ones(6, 16, 16))
    assert shares[:, 3].sum() * 64 == (classes == 3).sum()


def test_who_tells_the_truth_has_everything_and_who_sees_ground_only_finds_nothing(scenes):
    import torch
    from lab import segments, small_shapes

    classes = small_shapes.classes_of(scenes)
    ground = torch.zeros_like(classes)
    truth = segments.mean_iou(classes, classes), segments.recall(classes, scenes, lambda _: True)
    nothing = segments.mean_iou(ground, classes), segments.recall(ground, scenes, lambda _: True)

    assert truth == (100.0, (100.0, 36))
    assert nothing[0] == pytest.approx(100 * float((classes == 0).float().mean()) / 5)
    assert nothing[1] == (0.0, 36)


def test_half_of_a_shape_is_found_and_less_is_not(scenes):
    import torch
    from lab import segments, small_shapes

    shape = scenes[0].shapes[0]
    inside = torch.from_numpy(shape.mask).nonzero()
    for share, found in ((0.6, 100.0), (0.4, 0.0)):
        told = torch.zeros(1, small_shapes.SIDE, small_shapes.SIDE, dtype=torch.long)
        rows, columns = inside[: int(share * len(inside))].T
        told[0, rows, columns] = shape.kind
        assert segments.recall(told, scenes[:1], lambda each: each is shape) == (found, 1)


def test_places_become_squares_of_pixels():
    import torch
    from lab import segments

    told = torch.tensor([[[1, 2], [3, 4]]])

    assert segments.in_pixels(told, 4)[0].tolist() == [[1, 1, 2, 2], [1, 1, 2, 2], [3, 3, 4, 4], [3, 3, 4, 4]]
