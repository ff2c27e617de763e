"""Laws of Point Transformer V3 that hold for any weights."""

from dataclasses import replace

import pytest

pytestmark = pytest.mark.torch


def config(**changed):
    from models.point_transformer_v3 import PTv3Config

    small = PTv3Config(
        in_channels=4,
        stride=(2, 2),
        enc_depths=(2, 3, 1),
        enc_channels=(8, 12, 16),
        enc_num_head=(2, 3, 4),
        enc_patch_size=(16, 16, 16),
        dec_depths=(2, 1),
        dec_channels=(8, 12),
        dec_num_head=(2, 3),
    )
    return replace(small, **changed)


def network(**changed):
    import torch
    from models.point_transformer_v3 import PointTransformerV3

    torch.set_num_threads(1)
    torch.manual_seed(0)
    return PointTransformerV3(config(**changed)).double().eval().requires_grad_(False)


def points(*counts, extent=8):
    """Random features, cells and clouds, the cells of each cloud filling the same box."""
    import torch

    torch.manual_seed(sum(counts))
    cells = torch.cartesian_prod(*[torch.arange(extent)] * 3)
    grid = torch.cat([cells[torch.randperm(len(cells))[:count]] for count in counts])
    batch = torch.arange(len(counts)).repeat_interleave(torch.tensor(counts))
    return torch.randn(len(grid), 4, dtype=torch.float64), grid, batch


def close(one, other):
    import torch

    torch.testing.assert_close(one, other, atol=1e-10, rtol=0)


# --- the whole network -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("stale", [False, True])
def test_points_in_another_order_get_the_same_answers_in_that_order(stale):
    import torch

    built, (feat, grid, batch) = network(stale_sparse_feat=stale), points(150, 60)
    mixed = torch.randperm(210)

    close(built(feat[mixed], grid[mixed], batch[mixed]), built(feat, grid, batch)[mixed])


def test_clouds_do_not_hear_each_other():
    import torch

    built, (feat, grid, batch) = network(enable_flash=True), points(150, 60)
    together = built(feat, grid, batch)

    for cloud in (0, 1):
        own = batch == cloud
        close(built(feat[own], grid[own], torch.zeros_like(batch[own])), together[own])


def test_a_small_cloud_shortens_the_patches_of_all_without_flash_and_only_its_own_with():
    feat, grid, batch = points(150, 9)
    large = batch == 0
    for flash in (True, False):
        built = network(enable_flash=flash)
        alone = built(feat[large], grid[large], batch[large])
        apart = (built(feat, grid, batch)[large] - alone).abs().max()
        assert apart < 1e-10 if flash else apart > 1e-3


def test_pooling_leaves_the_points_of_the_blocks_and_unpooling_all_of_them():
    built, (feat, grid, batch) = network(), points(150, 60)

    rows = {name: len(x) for name, x in built.outputs(feat, grid, batch).items()}

    blocks = [len({(int(b), *(g >> bits).tolist()) for b, g in zip(batch, grid, strict=True)}) for bits in (0, 1, 2)]
    assert rows == {"embedding": 210, "enc0": 210, "enc1": blocks[1], "enc2": blocks[2], "dec1": blocks[1], "dec0": 210}


def test_without_a_decoder_it_answers_for_the_coarsest_points():
    feat, grid, batch = points(150, 60)
    whole, half = network(), network(cls_mode=True)
    half.load_state_dict({name: value for name, value in whole.state_dict().items() if not name.startswith("dec.")})

    close(half(feat, grid, batch), whole.outputs(feat, grid, batch)["enc2"])


def test_clouds_too_small_to_be_joined_are_answered_for_too():
    built = network()
    for extent, count in ((1, 1), (2, 5)):
        feat, grid, batch = points(count, extent=extent)
        assert built(feat, grid, batch).isfinite().all()


@pytest.mark.parametrize("shuffle", [True, False])
def test_curves_are_shuffled_while_learning_alone(shuffle):
    """Without DropPath nothing else is random then."""
    import torch

    built, given = network(shuffle_orders=shuffle, drop_path=0.0), points(150, 60)
    learning = [built.train()(*given) for _ in range(6)]
    answers = [built.eval()(*given) for _ in range(2)]

    assert torch.equal(*answers)
    assert all(torch.equal(learning[0], other) for other in learning) is not shuffle


def test_every_parameter_learns():
    import torch

    built, given = network(stale_sparse_feat=True).requires_grad_().train(), points(150, 60)
    torch.manual_seed(1)
    built(*given).mul(torch.randn(210, 8)).sum().backward()

    assert [name for name, p in built.named_parameters() if p.grad is None or not p.grad.any()] == []


def test_half_precision_stays_near():
    import torch

    built, (feat, grid, batch) = network(), points(150, 60)
    rough = built.bfloat16()(feat.bfloat16(), grid, batch)

    assert rough.dtype == torch.bfloat16
    assert (rough.double() - built.double()(feat, grid, batch)).square().mean().sqrt() < 0.1


# --- the switch for published weights --------------------------------------------------------------------------------


def test_the_switch_changes_what_later_blocks_see_and_nothing_before_them():
    """Both have the same names and weights, so that only the switch tells which one a file was trained for."""
    given = points(150, 60)
    now, then = network(), network(stale_sparse_feat=True)

    found, before = now.outputs(*given), then.outputs(*given)

    assert now.state_dict().keys() == then.state_dict().keys()
    close(found["embedding"], before["embedding"])
    assert (found["enc0"] - before["enc0"]).abs().max() > 1e-3


def test_where_a_stage_has_one_block_the_switch_changes_nothing():
    sizes = {"enc_depths": (1, 1, 1), "dec_depths": (1, 1)}
    given = points(150, 60)

    close(network(**sizes)(*given), network(**sizes, stale_sparse_feat=True)(*given))


# --- its parts -------------------------------------------------------------------------------------------------------


def serialized(*given):
    from models.point_transformer_v3 import serialized

    return serialized(*given, ("z", "hilbert"))


def test_a_point_hears_its_patch_and_nobody_else():
    import torch
    from models.point_transformer_v3 import SerializedAttention

    torch.manual_seed(0)
    attention = SerializedAttention(8, 2, 16, enable_flash=True).double().requires_grad_(False)
    _, grid, batch = points(64)
    clouds, x = serialized(grid, batch), torch.randn(64, 8, dtype=torch.float64)
    before, row = attention(x, clouds, 1), clouds.order[1]
    x[row[20]] += 1

    hears = (attention(x, clouds, 1) - before).abs().amax(1) > 1e-9

    assert set(hears.nonzero().flatten().tolist()) == set(row[16:32].tolist())


def test_attention_in_one_patch_is_attention_over_all():
    import torch
    from models.point_transformer_v3 import SerializedAttention

    torch.manual_seed(0)
    attention = SerializedAttention(8, 2, 64, enable_flash=False).double().requires_grad_(False)
    _, grid, batch = points(50)
    x = torch.randn(50, 8, dtype=torch.float64)
    q, k, v = attention.qkv(x).view(50, 3, 2, 4).permute(1, 2, 0, 3)
    written_out = (q @ k.mT / 2).softmax(-1) @ v  # (h, N, d)

    close(attention(x, serialized(grid, batch), 0), attention.proj(written_out.transpose(0, 1).flatten(1)))


def test_pooling_takes_the_maximum_of_a_block_whatever_the_order_of_its_points():
    import torch
    from models.point_transformer_v3 import SerializedPooling

    pooling = SerializedPooling(3, 3, 2).double().eval().requires_grad_(False)
    pooling.proj.weight.copy_(torch.eye(3))
    pooling.proj.bias.zero_()
    _, grid, batch = points(80)
    x = torch.randn(80, 3, dtype=torch.float64)

    pooled, _, block = pooling(x, serialized(grid, batch))

    highest = torch.stack([x[block == i].amax(0) for i in range(len(pooled))]) / (1 + 1e-3) ** 0.5
    close(pooled, torch.nn.functional.gelu(highest))


def test_a_point_is_left_out_whole_and_the_others_make_up_for_it():
    import torch
    from models.point_transformer_v3 import DropPath

    torch.manual_seed(0)
    left = DropPath(0.25).train()(torch.ones(10_000, 3))

    assert torch.equal(left[:, 0], left[:, 2])
    assert sorted(set(left.flatten().tolist())) == pytest.approx([0, 4 / 3])
    assert left.mean() == pytest.approx(1, abs=0.03)
    assert torch.equal(DropPath(0.25).eval()(left), left)


def test_more_is_left_out_the_deeper_a_block_lies_and_less_towards_the_answer():
    built = network(drop_path=0.5)

    def rates(half):
        return [module.rate for stage in half.values() for module in stage.modules() if hasattr(module, "rate")]

    assert rates(built.enc) == pytest.approx([0, 0.1, 0.2, 0.3, 0.4, 0.5])
    assert rates(built.dec) == pytest.approx([0.5, 0.25, 0])


def test_channels_that_cannot_be_shared_are_refused():
    with pytest.raises(ValueError, match="12 channels cannot be shared among 5 heads"):
        network(enc_num_head=(2, 5, 4))
