"""What a step of teaching holds, from selected patches and from all; what a walk keeps; what the paper's logs say."""

import pytest

pytestmark = pytest.mark.torch


@pytest.fixture
def network():
    import torch
    from models.ips import IPS, IPSConfig

    torch.manual_seed(0)
    return IPS(IPSConfig(widths=(4, 8), heads=2, head_width=4, inner=16, keep=4, at_once=4))


def test_memory_stays_with_selected_patches_and_grows_with_all_of_them(network):
    from lab.patch_memory import measured

    selected, everything = (measured(network, way, (16, 144)) for way in ("selected", "all"))
    assert selected.values("megabytes")[1] < 1.05 * selected.values("megabytes")[0]
    assert everything.values("megabytes")[1] > 7 * everything.values("megabytes")[0]
    assert everything.power("megabytes") > 0.85
    assert all(value.grad is None for value in network.parameters()), "nothing is left behind"


def test_all_is_in_common_with_one_head_and_one_query():
    import torch
    from lab.patch_memory import SIDE, in_common
    from models.ips import IPS, IPSConfig, Patches

    torch.manual_seed(0)
    plain = IPS(IPSConfig((("what", "softmax"),), widths=(4, 8), heads=1, head_width=4, inner=16, keep=4, at_once=4))
    patches = Patches.of(torch.rand(2, 20, 1, SIDE, SIDE))
    assert in_common(plain.eval(), patches) == 1


def walked(network, picture):
    """Return the places of the patches of a picture (1, N, 1, p, p) that a walk keeps, the slow way: none is kept."""
    import torch

    keep, kept = network.config.keep, [*range(network.config.keep)]
    for start in range(keep, picture.shape[1], network.config.at_once):
        kept += range(start, min(picture.shape[1], start + network.config.at_once))
        seen = network.placed(network.embed(picture[:, kept]), torch.tensor([kept]))
        scores = network.transf.crs_attn.attention(seen)[0].flatten(0, -2).mean(0).tolist()
        kept = [place for _, place in sorted(zip(scores, kept, strict=True), reverse=True)[:keep]]
    return set(kept)


def test_what_is_in_common_with_several_heads_is_what_a_slow_walk_shares_with_one_look(network):
    """Long queries point so sharply that the walk loses some that one look at all would keep."""
    import torch
    from lab.patch_memory import SIDE, in_common
    from models.ips import Patches

    pictures = torch.rand(6, 20, 1, SIDE, SIDE, generator=torch.Generator().manual_seed(1))
    network.eval().transf.crs_attn.q.data.mul_(200)
    everything = network.read(Patches.of(pictures), torch.arange(20).expand(6, -1))
    best = network.transf.crs_attn.attention(everything).flatten(1, -2).mean(1).topk(4).indices.tolist()
    slow = [len(walked(network, pictures[i : i + 1]) & set(best[i])) / 4 for i in range(6)]
    assert in_common(network, Patches.of(pictures)) == pytest.approx(sum(slow) / 6)
    assert 0 < sum(slow) < 6, "some are lost, and not all"


def test_a_walk_that_keeps_others_has_less_in_common(network, monkeypatch):
    import torch
    from lab.patch_memory import SIDE, in_common
    from models.ips import Patches

    patches = Patches.of(torch.rand(1, 12, 1, SIDE, SIDE))
    network.eval()
    best = network.transf.crs_attn.scores(network.read(patches, network.order(patches))).topk(4).indices[0].tolist()
    other = next(place for place in range(12) if place not in best)
    monkeypatch.setattr(network, "select", lambda _: torch.tensor([[*best[:3], other]]))
    assert in_common(network, patches) == 0.75


def test_longer_queries_point_more_sharply_and_never_at_more_than_all(network):
    import copy

    import torch
    from lab.patch_memory import SIDE, sharpness
    from models.ips import Patches

    patches = Patches.of(torch.rand(2, 20, 1, SIDE, SIDE))
    found = []
    for factor in (0, 1, 10, 1000):
        again = copy.deepcopy(network.eval())
        again.transf.crs_attn.q.data.mul_(factor)
        found.append(sharpness(again, patches))

    assert found[0] == pytest.approx(1 / 20)
    assert found == sorted(found)
    assert 4 * found[0] < found[-1] <= 1


def test_the_logs_hold_every_task_for_every_number_of_training_pictures():
    from lab import ips_logs

    for count in ips_logs.TAUGHT:
        for task in ips_logs.TASKS:
            values = ips_logs.logged(count, task)
            assert len(values) == len(ips_logs.DIGITS)
            assert all(0 < value < 100 for value in values)
    assert len(ips_logs.ACCURACIES) == len(ips_logs.TAUGHT) * len(ips_logs.TASKS)


def test_a_digit_of_28_pixels_takes_less_than_a_ten_thousandth_of_the_canvas():
    from lab import ips_logs

    assert [round(ratio, 4) for ratio in ips_logs.ratios()] == [0.0087, 0.0348, 0.0784, 0.1394]


def test_the_logs_of_patches_and_noise_hold_percentages():
    from lab import ips_logs

    assert all(len(training) == len(ips_logs.PATCHES) for training in ips_logs.BY_PATCH)
    assert all(value is None or 0 < value < 100 for training in ips_logs.BY_PATCH for value in training)
    assert all(0 < low <= high < 100 for _, low, high in ips_logs.NOISE)
