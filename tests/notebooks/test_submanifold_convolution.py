"""The convolution over occupied cells is the dense one, where anything is."""

import pytest

pytestmark = pytest.mark.torch

SIZE = 9


def occupied(share, clouds=2, channels=3):
    """Random cells of some clouds, (N, 3), their clouds, and what stands in them, (N, C)."""
    import torch

    full = (torch.rand(clouds, SIZE, SIZE, SIZE) < share).nonzero()
    full = full[torch.randperm(len(full))]
    return full[:, 1:], full[:, 0], torch.randn(len(full), channels, dtype=torch.float64)


def built(side, inputs=3, outputs=4, bias=True):
    import torch
    from models.point_transformer_v3 import SubmanifoldConvolution

    torch.manual_seed(side)
    network = SubmanifoldConvolution(inputs, outputs, side, bias).double()
    if bias:
        torch.nn.init.normal_(network.bias)
    return network.requires_grad_(False)


def dense(network, grid, batch, x):
    """The same by a convolution of the whole box, empty cells being zero."""
    import torch

    box = x.new_zeros(int(batch.max()) + 1, x.shape[1], SIZE, SIZE, SIZE)
    box[batch, :, grid[:, 0], grid[:, 1], grid[:, 2]] = x
    kernel = network.weight.permute(0, 4, 1, 2, 3)  # (out, in, kx, ky, kz)
    answer = torch.nn.functional.conv3d(box, kernel, network.bias, padding=network.side // 2)
    return answer[batch, :, grid[:, 0], grid[:, 1], grid[:, 2]]


@pytest.mark.parametrize("share", [0.02, 0.4, 1])
@pytest.mark.parametrize("side", [1, 3, 5])
def test_it_equals_the_dense_convolution_at_occupied_cells(side, share):
    import torch
    from models.point_transformer_v3 import neighbours

    grid, batch, x = occupied(share)
    network = built(side, bias=side == 3)

    answer = network(x, neighbours(grid, batch, side))

    torch.testing.assert_close(answer, dense(network, grid, batch, x), atol=1e-12, rtol=0)


def test_a_cell_alone_hears_itself_alone():
    import torch
    from models.point_transformer_v3 import neighbours

    network, x = built(3), torch.randn(1, 3, dtype=torch.float64)
    answer = network(x, neighbours(torch.tensor([[4, 0, 7]]), torch.tensor([0]), 3))

    torch.testing.assert_close(answer, x @ network.weight[:, 1, 1, 1].T + network.bias)


def test_cells_of_other_clouds_and_at_the_other_end_of_a_row_are_no_neighbours():
    """Keys run on from row to row and from cloud to cloud; a margin keeps them apart."""
    import torch
    from models.point_transformer_v3 import neighbours

    last, first = [7, 7, 7], [0, 0, 0]
    grid = torch.tensor([first, last, [0, 7, 7], [0, 6, 0], first, last])

    found = neighbours(grid, torch.tensor([0, 0, 0, 0, 1, 1]), 5)

    assert int((found < len(grid)).sum()) == len(grid)


@pytest.mark.parametrize("side", [3, 5])
def test_every_place_of_the_kernel_finds_the_cell_that_far_away(side):
    from itertools import product

    import torch
    from models.point_transformer_v3 import neighbours

    grid, batch, _ = occupied(0.3)
    reach, many = side // 2, len(grid)

    found = neighbours(grid, batch, side)

    for heard, offset in zip(found.T, product(range(-reach, reach + 1), repeat=3), strict=True):
        hears = (heard < many).nonzero().flatten()
        assert torch.equal(grid[heard[hears]] - grid[hears], torch.tensor(offset).expand(len(hears), 3))
        assert torch.equal(batch[heard[hears]], batch[hears])
    assert torch.equal(found[:, side**3 // 2], torch.arange(many))


def test_what_it_holds_grows_with_the_occupied_cells_and_not_with_the_box():
    import torch
    from models.point_transformer_v3 import neighbours

    line = torch.stack([torch.arange(0, 60_000, 20)] * 3, dim=1)  # a diagonal through 2 x 10^14 cells

    found = neighbours(line, torch.zeros(len(line), dtype=torch.int64), 3)

    assert found.shape == (len(line), 27)
    assert int((found < len(line)).sum()) == len(line)


def test_cells_gathered_in_parts_give_the_same_answer(monkeypatch):
    import torch
    from models import point_transformer_v3
    from models.point_transformer_v3 import neighbours

    grid, batch, x = occupied(0.3)
    network, near = built(3), neighbours(grid, batch, 3)
    whole = network(x, near)
    monkeypatch.setattr(point_transformer_v3, "ROWS", 50)

    torch.testing.assert_close(network(x, near), whole, atol=1e-12, rtol=0)


def test_gradients_are_those_of_finite_differences():
    import torch
    from models.point_transformer_v3 import neighbours

    grid, batch, x = occupied(0.02, channels=2)
    network, near = built(3, 2, 2).requires_grad_(), neighbours(grid, batch, 3)
    x, rest = x.requires_grad_(), (network.weight, network.bias)

    assert torch.autograd.gradcheck(lambda x, *_: network(x, near), (x, *rest))
