"""Neighbours of points: three ways to find them agree or are told apart, and what shares a patch is counted."""

import numpy as np
import pytest

pytestmark = pytest.mark.torch


@pytest.fixture(scope="module")
def cells():
    from lab.neighbour_search import torus

    return torus(1500, np.random.default_rng(0), side=128)


def test_a_torus_has_as_many_different_cells_as_asked_for_near_its_surface(cells):
    assert len(cells.unique(dim=0)) == len(cells) == 1500
    assert int(cells.min()) >= 0
    assert int(cells.max()) < 128
    apart = (cells.double() + 0.5 - 64).norm(dim=1) / 64
    assert 0.35 < apart.min() < apart.max() < 1.01


def test_a_torus_with_too_few_cells_is_refused():
    from lab.neighbour_search import torus

    with pytest.raises(ValueError, match="has no 90000 cells; take a larger cube"):
        torus(90_000, np.random.default_rng(0), side=64)


def test_the_tree_and_all_distances_find_neighbours_equally_near(cells):
    import torch
    from lab.neighbour_search import NEAREST, by_distances, by_tree

    def apart(near):
        return (cells[near] - cells[:, None]).square().sum(-1).sort(1).values

    tree, pairs = by_tree(cells), by_distances(cells)

    assert tree.shape == (1500, NEAREST)
    assert torch.equal(apart(pairs)[:, 0], torch.zeros(1500, dtype=torch.int64))  # itself
    assert torch.equal(apart(pairs)[:, 1:], apart(tree))
    assert torch.equal(by_tree(cells, torch.tensor([3, 7])), tree[[3, 7]])


def test_distances_found_in_parts_are_the_same(cells, monkeypatch):
    import torch
    from lab import neighbour_search

    whole = neighbour_search.by_distances(cells)
    monkeypatch.setattr(neighbour_search, "AT_ONCE", 9000)

    apart = [(cells[near] - cells[:, None]).square().sum(-1) for near in (neighbour_search.by_distances(cells), whole)]
    assert torch.equal(*apart)


def test_each_way_is_measured_for_as_many_points_as_asked():
    from lab.neighbour_search import WAYS, drawn, measured

    growths = measured(dict.fromkeys(WAYS, (200, 400)), seed=1, times=1)

    assert [growth.form for growth in growths] == list(WAYS)
    for growth in growths:
        assert growth.counts == (200, 400)
        assert growth.values("gigabytes")[1] > growth.values("gigabytes")[0] > 0
        assert min(growth.values("seconds")) > 0
    assert len(drawn(growths).axes) == 2


def test_a_larger_cloud_follows_from_the_largest_that_was_tried_by_a_power():
    from lab.cost import Cost
    from lab.growth import Growth
    from lab.neighbour_search import PAIRS, at

    growth = Growth(PAIRS, (10, 100, 1000), tuple(Cost(3 * n**1.5, n) for n in (10, 100, 1000)))

    assert growth.power("seconds") == pytest.approx(1.5)
    assert at(growth, 100, power=2) == pytest.approx(3000)
    assert at(growth, 4000, power=2) == pytest.approx(16 * 3 * 1000**1.5)


# --- which neighbours share a patch ----------------------------------------------------------------------------------


def test_neighbours_in_the_same_patch_are_counted_on_each_row_and_on_any():
    import torch
    from lab.neighbour_recall import UNION, shared
    from lab.neighbour_search import ORDERS

    near, queries = torch.tensor([[1, 2], [0, 3]]), torch.tensor([0, 1])
    places = dict.fromkeys(ORDERS, torch.tensor([0, 2, 1, 3])) | {"z": torch.tensor([0, 1, 2, 3])}

    found = shared(places, near, queries, size=2)

    assert found["z"] == 50  # 0 and 1, both ways
    assert found["hilbert"] == 50  # 0 with 2, 1 with 3
    assert found[UNION] == 100


def test_one_patch_holds_everything_and_larger_patches_hold_no_less(cells):
    from lab.neighbour_recall import ANYWHERE, UNION, recalls
    from lab.neighbour_search import ORDERS

    found = recalls(cells, (16, 64, 256, 2048), 300, seed=2)

    assert set(found[2048].values()) == {100}
    for name in found[16]:
        assert found[16][name] <= found[64][name] <= found[256][name]
    for size in (16, 64, 256):
        assert all(found[size][ANYWHERE] < found[size][order] <= found[size][UNION] for order in ORDERS)


def test_random_rows_share_as_many_as_chance_has_it(cells):
    from lab.neighbour_recall import ANYWHERE, recalls

    assert recalls(cells, (300,), 1500, seed=3)[300][ANYWHERE] == pytest.approx(100 * 299 / 1499, abs=1.5)


# --- pictures --------------------------------------------------------------------------------------------------------


def test_near_points_cover_far_ones_and_what_is_above_lies_higher():
    from lab.cloud_picture import NEAR, UP, colours, seen

    first, second = colours(np.array([0, 1]))
    hidden = seen(np.stack([-NEAR, NEAR]), np.stack([second, first]), side=40)
    above = seen(np.stack([UP, -UP]), np.stack([first, second]), side=40)

    assert {tuple(pixel) for pixel in hidden.reshape(-1, 3)} == {tuple(first), (255, 255, 255)}
    assert (above[:12] != 255).any()
    assert (above[12:28] == 255).all()
    blue, orange = (above[half].reshape(-1, 3).min(0) for half in (slice(0, 12), slice(28, 40)))
    assert blue.argmax() == 2
    assert orange.argmax() == 0


def test_what_is_far_is_paler():
    from lab.cloud_picture import NEAR, UP, colours, seen

    picture = seen(np.stack([UP + NEAR, -UP - NEAR]), colours(np.array([0, 0])), side=40)

    assert picture[:20].mean() < picture[20:].mean()
