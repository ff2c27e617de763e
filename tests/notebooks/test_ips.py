"""Iterative patch selection: what is kept, in how little memory, and what is learned from it."""

import pytest

pytestmark = pytest.mark.torch
ONE = (("what", "softmax"),)


@pytest.fixture(autouse=True)
def one_thread():
    """Threads that wait for each other are slower than one, for networks as small as these."""
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def tiny(seed=0, **changes):
    """A tiny network that is sure of its taste: its queries are long, so that scores differ."""
    import torch
    from models.ips import IPS, IPSConfig

    torch.manual_seed(seed)
    sizes = {"classes": 3, "widths": (4, 8), "heads": 2, "head_width": 4, "inner": 16, "keep": 4, "at_once": 3}
    network = IPS(IPSConfig(**sizes | changes)).eval()
    with torch.no_grad():
        network.transf.crs_attn.q.mul_(20)
    return network


def pictures(count=2, patches=13, seed=0):
    import torch

    return torch.rand(count, patches, 1, 8, 8, generator=torch.Generator().manual_seed(seed))


# --- what is kept ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("at_once", [1, 3, 9, 50])
@pytest.mark.parametrize("positions", [True, False])
def test_where_scores_do_not_depend_on_the_others_the_best_of_all_patches_are_kept(at_once, positions):
    """With one head and one token the order of the scores is that of the products, whoever else is there."""
    import torch
    from models.ips import Patches

    network = tiny(tasks=ONE, heads=1, at_once=at_once, positions=positions)
    patches = Patches.of(pictures())
    with torch.no_grad():
        everything = network.read(patches, network.order(patches))
        best = network.transf.crs_attn.scores(everything).topk(4).indices
    assert torch.equal(network.select(patches), best)


def test_then_shuffling_changes_nothing_that_is_kept():
    import torch
    from models.ips import Patches

    patches = Patches.of(pictures())
    plain = tiny(tasks=ONE, heads=1).select(patches)
    for way in ("batch", "image"):
        assert torch.equal(tiny(tasks=ONE, heads=1, shuffle=way).select(patches), plain)


def test_a_shuffled_batch_has_one_order_and_shuffled_pictures_have_their_own():
    from models.ips import Patches

    patches = Patches.of(pictures(patches=40))
    together, apart = (tiny(shuffle=way).order(patches) for way in ("batch", "image"))
    assert together[0].tolist() == together[1].tolist() != list(range(40))
    assert apart[0].tolist() != apart[1].tolist()
    for order in (*together, *apart):
        assert sorted(order.tolist()) == list(range(40))


def test_each_step_keeps_the_best_of_the_memory_and_of_the_next_patches():
    import torch
    from models.ips import Patches

    network, patches = tiny(), Patches.of(pictures())
    memory = [list(range(4)), list(range(4))]
    steps = list(network.steps(patches, network.order(patches)))
    assert [kept.scores.shape[1] for kept in steps] == [7, 7, 7], "13 patches: 4 at first, then 3 at a time"
    for start, kept in zip((4, 7, 10), steps, strict=True):
        for b in range(2):
            candidates = memory[b] + list(range(start, start + 3))
            best = kept.scores[b].topk(4).indices.tolist()
            assert kept.places[b].tolist() == [candidates[i] for i in best]
            memory[b] = kept.places[b].tolist()
        assert torch.allclose(kept.scores.sum(-1), torch.ones(2), atol=1e-6)


def test_the_last_step_takes_what_is_left():
    from models.ips import Patches

    network, patches = tiny(), Patches.of(pictures(patches=12))
    assert [kept.scores.shape[1] for kept in network.steps(patches, network.order(patches))] == [7, 7, 6]


@pytest.mark.parametrize("count", [1, 4])
def test_a_picture_with_no_more_patches_than_are_kept_is_read_whole(count):
    from models.ips import Patches

    network, given = tiny(), pictures(patches=count)
    assert network.select(Patches.of(given)).tolist() == [list(range(count))] * 2
    assert {task: tuple(found.shape) for task, found in network(given).items()} == dict.fromkeys(
        ("majority", "max", "top", "multi"), (2, 3)
    )


def test_patches_are_cut_row_by_row():
    import torch
    from models.ips import cut

    picture = torch.arange(7 * 6.0).reshape(1, 1, 7, 6)
    patches = cut(picture, 3)
    assert patches.shape == (1, 4, 1, 3, 3), "the last row fills no patch"
    assert patches[0, :, 0, 0, 0].tolist() == [0, 3, 18, 21]
    assert torch.equal(patches[0, 1, 0], picture[0, 0, :3, 3:])


def test_the_code_of_a_place_is_of_sines_and_cosines_in_turn():
    import math

    import torch
    from models.ips import positions

    code = positions(torch.tensor([[0, 5]]), 4)[0]
    assert code[0].tolist() == [0, 1, 0, 1]
    assert code[1].tolist() == pytest.approx([math.sin(5), math.cos(5), math.sin(0.05), math.cos(0.05)])


def test_masking_with_certainty_drops_the_highest_and_without_chance_none():
    import torch

    scores = torch.tensor([[0.1, 0.4, 0.2, 0.3]])
    assert torch.equal(tiny(mask_highest=2, mask_probability=1.0).masked(scores), torch.tensor([[0.1, 0, 0.2, 0]]))
    assert torch.equal(tiny(mask_highest=2, mask_probability=0.0).masked(scores), scores)
    assert torch.equal(tiny().masked(scores), scores)


# --- in how little memory --------------------------------------------------------------------------------------------


class Watched:
    """Patches that are made when they are asked for, and how many are there at once at most."""

    def __init__(self, count, pictures=1):
        from models.ips import Patches

        self.now = self.most = 0
        self.patches = Patches(self.read, pictures, count)

    def read(self, places):
        import weakref

        import torch

        made = torch.rand(*places.shape, 1, 8, 8)
        self.now += places.shape[1]
        self.most = max(self.most, self.now)
        weakref.finalize(made, self.forget, places.shape[1])
        return made

    def forget(self, count):
        self.now -= count


@pytest.mark.parametrize(("keep", "at_once"), [(4, 3), (2, 8)])
def test_no_more_embeddings_than_kept_and_new_ones_are_there_however_large_the_picture(keep, at_once):
    import torch

    for count in (20, 200):
        network, watched, seen = tiny(keep=keep, at_once=at_once), Watched(count), []
        scores = network.transf.crs_attn.scores
        network.transf.crs_attn.scores = lambda x, seen=seen, scores=scores: [seen.append(x.shape[1]), scores(x)][1]
        with torch.no_grad():
            network(watched.patches)
        assert max(seen) == keep + at_once
        assert watched.most == max(keep, at_once)


def test_a_step_of_training_holds_the_same_bytes_however_large_the_picture():
    """But for the places of the patches themselves, 8 bytes each."""
    import torch
    from lab.cost import once

    def step(count):
        network = tiny()
        with torch.enable_grad():
            network(Watched(count).patches)["max"].sum().backward()

    few, many = (once(lambda count=count: step(count), torch.device("cpu")).bytes for count in (50, 500))
    assert abs(many - few) <= 4 * 8 * 450


# --- what is learned -------------------------------------------------------------------------------------------------


def test_selecting_keeps_no_gradients_and_leaves_the_mode_as_it_was():
    from models.ips import Patches

    network = tiny().train()
    before = {name: value.clone() for name, value in network.state_dict().items()}
    kept = list(network.steps(Patches.of(pictures()), network.order(Patches.of(pictures()))))
    assert network.training
    assert all(module.training for module in network.modules())
    assert not kept[-1].embeddings.requires_grad
    assert all(bool((value == before[name]).all()) for name, value in network.state_dict().items())


def test_gradients_reach_every_weight_from_the_patches_that_were_kept_and_from_no_other():
    import torch
    from models.ips import Patches

    network, given = tiny().train(), pictures().requires_grad_(True)
    kept = network.select(Patches.of(given.detach()))
    sum(found.square().sum() for found in network(given).values()).backward()
    assert all(value.grad is not None and bool(value.grad.any()) for value in network.parameters())
    felt = given.grad.flatten(2).abs().sum(-1) > 0
    assert [torch.nonzero(row).flatten().tolist() for row in felt] == [sorted(row) for row in kept.tolist()]


def test_a_task_of_one_class_shares_one_among_its_classes_and_another_does_not():
    import torch

    found = tiny()(pictures())
    for task in ("majority", "max", "top"):
        assert torch.allclose(found[task].sum(-1), torch.ones(2))
    assert not torch.allclose(found["multi"].sum(-1), torch.ones(2))


def test_each_head_alone_answers_each_task():
    from models.ips import Patches

    network = tiny(branches=True)
    patches = Patches.of(pictures())
    found, attended = network.branches(network.read(patches, network.select(patches)))
    assert {task: tuple(value.shape) for task, value in found.items()} == dict.fromkeys(
        ("majority", "max", "top", "multi"), (2, 2, 3)
    )
    assert attended.shape == (2, 2, 4, 4)


def test_in_half_precision_it_selects_and_answers():
    import torch

    found = tiny().bfloat16()(pictures().bfloat16())
    assert all(value.dtype == torch.bfloat16 and value.isfinite().all() for value in found.values())


# --- the losses ------------------------------------------------------------------------------------------------------

TASKS = (("one", "softmax"), ("several", "sigmoid"))


def answers():
    import torch

    found = {"one": torch.tensor([[0.7, 0.3], [0.2, 0.8]]), "several": torch.tensor([[0.9, 0.2], [0.5, 0.5]])}
    truths = {"one": torch.tensor([0, 1]), "several": torch.tensor([[1, 0], [0, 1]])}
    return found, truths


def test_the_loss_is_the_mean_of_the_tasks():
    from math import log

    from models.ips import FLOOR, loss

    one = -(log(0.7 + FLOOR) + log(0.8 + FLOOR)) / 2
    several = -(log(0.9) + log(0.8) + 2 * log(0.5)) / 4
    assert loss(*answers(), TASKS).item() == pytest.approx((one + several) / 2, rel=1e-6)


def test_heads_that_answer_alike_have_the_loss_of_one():
    from models.ips import loss

    found, truths = answers()
    many = {task: value[:, None].expand(-1, 3, -1) for task, value in found.items()}
    assert loss(many, truths, TASKS).item() == pytest.approx(loss(found, truths, TASKS).item())


def test_heads_that_attend_to_the_same_are_not_diverse_and_such_as_share_nothing_are():
    import torch
    from models.ips import diversity_loss

    alike = torch.ones(1, 3, 2, 4) * torch.tensor([1.0, 2.0, 3.0])[:, None, None]
    apart = torch.eye(3)[None, :, None]
    assert diversity_loss(alike).item() == pytest.approx(1)
    assert diversity_loss(apart).item() == pytest.approx(0)
    assert diversity_loss(torch.stack([apart[0], -apart[0].roll(1, 0)])).item() == pytest.approx(0)
