"""Laws of rows of points, of the patches that they are cut into, and of joining points."""

import pytest

pytestmark = pytest.mark.torch

ORDERS = ("z", "z-trans", "hilbert", "hilbert-trans")


def clouds(*counts, extent=12):
    """Random points of some clouds, one in a cell, in no order."""
    import torch
    from models.point_transformer_v3 import serialized

    cells = torch.cartesian_prod(*[torch.arange(extent)] * 3)
    grid = torch.cat([cells[torch.randperm(len(cells))[:count]] for count in counts])
    batch = torch.arange(len(counts)).repeat_interleave(torch.tensor(counts))
    mixed = torch.randperm(len(grid))
    return serialized(grid[mixed], batch[mixed], ORDERS)


def test_each_row_holds_every_point_once_and_leads_back():
    import torch

    found, every = clouds(70, 30, 5), torch.arange(105)

    for order, inverse, code in zip(found.order, found.inverse, found.code, strict=True):
        assert torch.equal(order[inverse], every)
        assert torch.equal(inverse[order], every)
        assert bool((code[order].diff() > 0).all())


@pytest.mark.parametrize("size", [1, 7, 16, 64, 100])
def test_every_point_is_in_one_patch_of_its_own_cloud_and_copies_fill_the_last(size):
    import torch

    found = clouds(70, 64, 5)
    cut = found.patches(size, shared=False)

    assert torch.equal(cut.pad[cut.unpad], torch.arange(139))
    assert sum(cut.lengths) == len(cut.pad)
    assert set(cut.lengths) <= {size, *(n for n in found.counts if n <= size)}
    for patch in cut.pad.split(cut.lengths):
        assert len(set(found.batch[found.order[2][patch]].tolist())) == 1
        assert len(set(patch.tolist())) == len(patch)  # a copy is never beside its original
    assert sum(cut.lengths) < 139 + 3 * size


def test_the_places_that_are_missing_take_the_points_of_the_patch_before():
    from models.point_transformer_v3 import patches

    cut = patches([7, 2], 3)

    assert cut.pad.tolist() == [0, 1, 2, 3, 4, 5, 6, 4, 5, 7, 8]
    assert cut.unpad.tolist() == [0, 1, 2, 3, 4, 5, 6, 9, 10]
    assert cut.lengths == (3, 3, 3, 2)


def test_shared_patches_are_no_longer_than_the_smallest_cloud():
    found = clouds(70, 64, 5)

    assert set(found.patches(16, shared=True).lengths) == {5}
    assert set(found.patches(4, shared=True).lengths) == {4}


def test_pairs_inside_patches_grow_with_the_points_and_not_with_their_square():
    """The law of its cost, by counting: at most K pairs for each point of a cloud, and those of its last patch."""
    from models.point_transformer_v3 import patches

    pairs = [sum(length**2 for length in patches([n], 64).lengths) for n in (1000, 2000, 4000, 8000)]

    assert all(n * 64 <= found < (n + 64) * 64 for n, found in zip((1000, 2000, 4000, 8000), pairs, strict=True))


@pytest.mark.parametrize("bits", [1, 2])
def test_joining_leaves_one_point_for_each_block_with_a_point_and_the_codes_of_the_blocks(bits):
    import torch
    from models.space_filling_curves import codes

    found = clouds(150, 40)
    fewer, block = found.joined(bits)

    blocks = torch.cat([found.batch[:, None], found.grid >> bits], dim=1)
    assert len(fewer.grid) == len(blocks.unique(dim=0))
    assert torch.equal(torch.cat([fewer.batch[:, None], fewer.grid], dim=1)[block], blocks)
    assert int(block.bincount().sum()) == 190
    assert int(block.bincount().min()) >= 1
    assert fewer.depth == found.depth - bits
    for code, order in zip(fewer.code, ORDERS, strict=True):
        assert torch.equal(code, codes(fewer.grid, fewer.batch, fewer.depth, order))
    assert bool((fewer.code[0].diff() > 0).all())


def test_joining_twice_is_joining_by_twice_the_bits():
    import torch

    found = clouds(150, 40)
    once, block = found.joined(1)
    twice, above = once.joined(1)
    at_once, whole = found.joined(2)

    assert torch.equal(twice.grid, at_once.grid)
    assert torch.equal(above[block], whole)


def test_where_no_bits_are_left_points_are_sorted_and_none_joined():
    found = clouds(20, extent=3)  # two bits

    fewer, block = found.joined(3)

    assert fewer.depth == 2
    assert sorted(block.tolist()) == list(range(20))
    assert bool((fewer.code[0].diff() > 0).all())


def test_neighbours_are_looked_up_once_for_each_side():
    found = clouds(20)

    assert found.neighbours(3) is found.neighbours(3)
    assert found.with_orders([3, 2, 1, 0]).neighbours(3) is found.neighbours(3)
    assert found.neighbours(5).shape == (20, 125)


@pytest.mark.parametrize(
    ("cells", "says"),
    [
        ([[1, 2, 3], [0, 0, 0], [1, 2, 3]], "two points lie in one cell"),
        ([[1, 2, 3], [0, -1, 0]], "coordinates are 0 or more"),
        ([], "coordinates are 0 or more"),
    ],
)
def test_points_that_have_no_place_of_their_own_are_refused(cells, says):
    import torch
    from models.point_transformer_v3 import serialized

    grid = torch.tensor(cells, dtype=torch.int64).view(-1, 3)
    with pytest.raises(ValueError, match=says):
        serialized(grid, torch.zeros(len(grid), dtype=torch.int64), ORDERS)


def test_the_same_cell_in_two_clouds_is_two_cells():
    import torch
    from models.point_transformer_v3 import serialized

    assert serialized(torch.ones(2, 3, dtype=torch.int64), torch.tensor([0, 1]), ORDERS).counts == [1, 1]
