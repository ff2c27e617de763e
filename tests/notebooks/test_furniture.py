"""Procedural furniture: what a scanner sees of it, and the small networks that tell its parts apart."""

import numpy as np
import pytest

pytestmark = pytest.mark.torch


@pytest.fixture(scope="module")
def pieces():
    from lab.furniture import piece

    rng = np.random.default_rng(3)
    return [piece(rng) for _ in range(30)]


def test_each_cell_has_one_point_with_a_normal_and_a_part(pieces):
    from lab.furniture import PARTS

    for each in pieces:
        assert len(np.unique(each.grid, axis=0)) == len(each.grid) == len(each.normals) == len(each.parts)
        assert each.grid.min(axis=0).tolist() == [0, 0, 0]
        assert np.linalg.norm(each.normals, axis=1).mean() == pytest.approx(1, abs=0.05)
    assert set(np.concatenate([each.parts for each in pieces])) == set(range(len(PARTS)))


def test_points_lie_on_their_box_and_look_outwards():
    from lab.furniture import Box, surface

    box = Box((1, 2, 3), (0.5, 0.3, 0.1), 4)
    points, normals, parts = surface(box, np.random.default_rng(0))

    out = (points - box.centre) / box.half
    assert np.abs(out).max(axis=1) == pytest.approx(1)
    assert (out * normals).sum(axis=1) == pytest.approx(1)
    assert set(parts) == {4}


def test_a_seat_and_a_table_top_are_plates_alike_and_what_stands_around_them_tells_them_apart():
    from lab.furniture import PARTS, chair, stool, table

    rng = np.random.default_rng(0)
    made = {make: [{PARTS[box.part] for box in make(rng)} for _ in range(20)] for make in (chair, stool, table)}

    assert all({"seat", "back", "leg"} <= parts for parts in made[chair])
    assert {"arm" in parts for parts in made[chair]} == {True, False}
    assert all(parts == {"seat", "leg"} for parts in made[stool])
    assert all(parts == {"table top", "leg"} for parts in made[table])


def test_a_lesson_repeats_itself():
    from lab.furniture import piece

    first, second = (piece(np.random.default_rng(5)) for _ in range(2))

    assert np.array_equal(first.grid, second.grid)
    assert np.array_equal(first.normals, second.normals)


# --- the networks ----------------------------------------------------------------------------------------------------


def batch(pieces):
    from lab.lessons.ptv3 import joined

    return joined(pieces[:2])


@pytest.mark.parametrize("neighbours", ["curves", "nearest64", "nearest16", "anywhere", "none"])
def test_all_kinds_have_the_same_weights_and_answer_for_each_point(pieces, neighbours):
    import torch
    from lab.designs.ptv3 import SmallConfig, built

    network = built(SmallConfig(neighbours)).eval().requires_grad_(False)
    normals, grid, which, parts = batch(pieces)

    assert network.state_dict().keys() == built(SmallConfig()).state_dict().keys()
    assert network(normals, grid, which).shape == (len(parts), 5)
    mixed = torch.randperm(len(parts))
    if neighbours != "anywhere":
        answers = network(normals, grid, which)[mixed]
        torch.testing.assert_close(network(normals[mixed], grid[mixed], which[mixed]), answers, atol=1e-4, rtol=0)


def test_the_nearest_points_are_those_of_a_search_by_hand(pieces):
    import torch
    from lab.designs.ptv3 import nearest
    from models.point_transformer_v3 import serialized

    _, grid, which, _ = batch(pieces)
    found = nearest(serialized(grid, which, ("z",)), 16)

    assert found.shape == (len(grid), 16)
    assert torch.equal(which[found], which[:, None].expand(-1, 16))
    apart = (grid[:, None] - grid[None]).square().sum(-1).double().masked_fill(which[:, None] != which, float("inf"))
    theirs = apart.topk(16, largest=False).values
    assert torch.equal(apart.gather(1, found).sort(1).values, theirs)


def test_a_cloud_of_few_points_has_all_of_them_near_and_others_have_as_many_as_without_it():
    import torch
    from lab.designs.ptv3 import nearest
    from models.point_transformer_v3 import serialized

    many = torch.cartesian_prod(*3 * [torch.arange(4)])  # 64 cells
    grid, which = torch.cat([many, many[:5]]), torch.tensor([0] * 64 + [1] * 5)
    found = nearest(serialized(grid, which, ("z",)), 16)

    assert torch.equal(found[:64], nearest(serialized(many, which[:64], ("z",)), 16))
    assert [sorted(row.tolist()) for row in found[64:]] == [[-1] * 11 + list(range(64, 69))] * 5


@pytest.mark.parametrize("neighbours", ["nearest64", "nearest16"])
def test_what_a_point_learns_from_the_nearest_does_not_depend_on_other_clouds(pieces, neighbours):
    import torch
    from lab.designs.ptv3 import KINDS
    from models.point_transformer_v3 import serialized

    torch.manual_seed(0)
    layer, counts = KINDS[neighbours](8, 2, 64, True).eval(), (9, 40, 100)
    grids = [torch.from_numpy(piece.grid[:n]) for piece, n in zip(pieces, counts, strict=False)]
    learned, which = torch.randn(sum(counts), 8), torch.arange(3).repeat_interleave(torch.tensor(counts))
    alone = [
        layer(x, serialized(grid, torch.zeros(len(grid), dtype=torch.int64), ("z",)), 0)
        for x, grid in zip(learned.split(counts), grids, strict=True)
    ]

    torch.testing.assert_close(layer(learned, serialized(torch.cat(grids), which, ("z",)), 0), torch.cat(alone))


def test_with_as_many_neighbours_as_points_the_nearest_teach_what_a_patch_teaches(pieces):
    """A cloud of at most 64 points is one patch, and all of its points are near."""
    import torch
    from lab.designs.ptv3 import NearestAttention
    from models.point_transformer_v3 import SerializedAttention, serialized

    torch.manual_seed(0)
    by_search, by_curve = (kind(8, 2, 64, True).eval() for kind in (NearestAttention, SerializedAttention))
    by_curve.load_state_dict(by_search.state_dict())
    grid, x = torch.from_numpy(pieces[0].grid[:50]), torch.randn(50, 8)
    clouds = serialized(grid, torch.tensor([0] * 20 + [1] * 30), ("z", "hilbert"))

    torch.testing.assert_close(by_search(x, clouds, 0), by_curve(x, clouds, 1))


def test_a_start_is_the_same_one_for_all_kinds_and_another_one_has_other_weights_and_another_order(monkeypatch):
    import torch
    from lab.lessons import ptv3

    monkeypatch.setattr(ptv3, "MADE", 12)

    def begun(name):
        lesson = ptv3.LESSONS[name]
        torch.manual_seed(lesson.seed)
        rng = np.random.default_rng(lesson.seed)
        return lesson.build(lesson.config).state_dict(), lesson.prepare(lesson.seed)(rng)

    (weights, batch), (same, also), (others, another) = map(
        begun, ("ptv3-curves-1", "ptv3-nearest64-1", "ptv3-curves-2")
    )
    assert all(torch.equal(weights[key], same[key]) for key in weights)
    assert torch.equal(batch[1], also[1])
    assert not torch.equal(weights["seg_head.weight"], others["seg_head.weight"])
    assert batch[1].shape != another[1].shape


def test_points_anywhere_stay_inside_their_cloud_and_are_the_same_ones_each_time(pieces):
    import torch
    from lab.designs.ptv3 import mixed
    from models.point_transformer_v3 import serialized

    _, grid, which, _ = batch(pieces)
    clouds = serialized(grid, which, ("z",))
    order = mixed(clouds).order[0]

    assert torch.equal(order.sort().values, torch.arange(len(grid)))
    assert bool((which[order].diff() >= 0).all())
    assert torch.equal(mixed(clouds).order[0], order)
    steps = (grid[order][1:] - grid[order][:-1]).abs().sum(-1).double()
    assert steps.mean() > 8  # cells: far from one another
