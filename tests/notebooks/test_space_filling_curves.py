"""Laws of the curves that put the cells of a cube in a row."""

import pytest

pytestmark = pytest.mark.torch

ORDERS = ("z", "z-trans", "hilbert", "hilbert-trans")


def cube(depth):
    """All cells of a cube, (8^depth, 3)."""
    import torch

    side = torch.arange(2**depth)
    return torch.cartesian_prod(side, side, side)


def along(order, depth):
    """The cells of a cube as a curve visits them."""
    import torch
    from models.space_filling_curves import codes

    cells = cube(depth)
    place = codes(cells, torch.zeros(len(cells), dtype=torch.int64), depth, order)
    return cells[place.argsort()], place


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("depth", [0, 1, 2, 4])
def test_each_cell_has_a_place_of_its_own_and_none_is_left_out(order, depth):
    import torch

    _, place = along(order, depth)

    assert torch.equal(place.sort().values, torch.arange(8**depth))


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("bits", [1, 2, 3])
def test_a_code_without_its_last_bits_is_that_of_the_block_around_the_cell(order, bits):
    import torch
    from models.space_filling_curves import codes

    cells, batch = torch.randint(2**16, (500, 3)), torch.randint(5, (500,))

    block = codes(cells >> bits, batch, 16 - bits, order)

    assert torch.equal(codes(cells, batch, 16, order) >> 3 * bits, block)


def test_the_z_order_never_falls_where_no_coordinate_does():
    import torch
    from models.space_filling_curves import codes

    lower, one = torch.randint(2**15, (2000, 3)), torch.zeros(2000, dtype=torch.int64)
    higher = lower + torch.randint(2**15, (2000, 3)) * torch.randint(2, (2000, 3))

    assert bool((codes(higher, one, 16, "z") >= codes(lower, one, 16, "z")).all())


@pytest.mark.parametrize("order", ["hilbert", "hilbert-trans"])
def test_the_next_cell_on_hilberts_curve_shares_a_side(order):
    cells, _ = along(order, 4)

    assert set(cells.diff(dim=0).abs().sum(-1).tolist()) == {1}


def test_the_next_cell_in_z_order_may_be_far_away():
    """What Hilbert's turns are for: every other step leaves the neighbourhood."""
    steps = along("z", 4)[0].diff(dim=0).abs().sum(-1)

    assert (steps == 1).sum() == 2048  # of 4095
    assert steps.max() == 15 + 15 + 1


def test_the_first_bits_of_z_order_by_hand():
    cells, _ = along("z", 1)

    assert cells.tolist() == [[x, y, z] for x in (0, 1) for y in (0, 1) for z in (0, 1)]


@pytest.mark.parametrize("order", ["z", "hilbert"])
def test_the_second_curve_of_a_kind_is_the_first_with_x_and_y_exchanged(order):
    import torch
    from models.space_filling_curves import codes

    cells, one = torch.randint(64, (300, 3)), torch.zeros(300, dtype=torch.int64)

    assert torch.equal(codes(cells, one, 6, f"{order}-trans"), codes(cells[:, [1, 0, 2]], one, 6, order))


def test_clouds_lie_one_after_another_on_every_curve():
    import torch
    from models.space_filling_curves import codes

    cells, batch = torch.randint(2**16, (900, 3)), torch.randint(3, (900,))

    for order in ORDERS:
        assert bool((batch[codes(cells, batch, 16, order).argsort()].diff() >= 0).all())


@pytest.mark.parametrize(("clouds", "depth"), [(1, 17), (2**16, 16)])
def test_what_does_not_fit_into_a_code_is_refused(clouds, depth):
    import torch
    from models.space_filling_curves import codes

    with pytest.raises(ValueError, match="do not fit into a code of 63 bits"):
        codes(torch.zeros(1, 3, dtype=torch.int64), torch.tensor([clouds - 1]), depth, "z")


def test_an_unknown_curve_is_refused_and_the_known_ones_named():
    import torch
    from models.space_filling_curves import codes

    with pytest.raises(ValueError, match="no curve is called 'peano'; there are z, z-trans, hilbert, hilbert-trans"):
        codes(torch.zeros(1, 3, dtype=torch.int64), torch.tensor([0]), 3, "peano")
