"""Laws of our reconstruction of MBPU that hold for any weights, and of its renderer."""

import json
import re

import pytest

from catalog.load import ROOT

pytestmark = pytest.mark.torch
MIXERS = pytest.mark.parametrize("mixer", ["mamba", "mlp"])


def built(mixer="mamba", seed=0):
    import torch
    from models.mbpu import MBPU, MBPUConfig

    torch.set_num_threads(1)
    torch.manual_seed(seed)
    return MBPU(MBPUConfig(width=16, blocks=2, state=4, neighbours=8, mixer=mixer)).double().requires_grad_(False)


def cloud(n, batch=1, seed=0):
    import torch

    points = torch.randn(batch, n, 3, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)
    return 0.9 * points / points.norm(dim=-1, keepdim=True)


def turns(count=2):
    import torch

    drawn = torch.randn(count, 3, 3, generator=torch.Generator().manual_seed(5), dtype=torch.float64)
    return torch.linalg.qr(drawn).Q


# --- the network -----------------------------------------------------------------------------------------------------


@MIXERS
def test_points_in_another_order_give_the_same_answers(mixer):
    """Mamba reads in a row; that the row is made by the curve makes it indifferent to how the cloud was listed."""
    import torch

    network, points, queries, order = built(mixer), cloud(60), cloud(20, seed=1), torch.randperm(60)

    found = network(points[:, order], queries)

    torch.testing.assert_close(found, network(points, queries), atol=1e-12, rtol=0)


@MIXERS
def test_distances_are_never_negative_and_shapes_follow_the_queries(mixer):
    distance, shift = built(mixer)(cloud(60, 2), 3 * cloud(25, 2, seed=1))

    assert distance.shape == (2, 25)
    assert shift.shape == (2, 25, 3)
    assert bool((distance >= 0).all())


def test_the_order_of_points_is_an_order_and_near_points_follow_each_other():
    from models.mbpu import along_a_curve
    from models.point_clouds import taken

    points = cloud(500, 2)
    order = along_a_curve(points)
    hops = taken(points, order).diff(dim=1).norm(dim=-1).mean()

    assert all(sorted(row.tolist()) == list(range(500)) for row in order)
    assert float(hops) < 0.3 * float(points.diff(dim=1).norm(dim=-1).mean())


def test_a_mamba_mixer_reads_in_its_direction_and_a_plain_one_each_point_alone():
    import torch
    from models.mbpu import MBPUConfig, Mixer

    features = torch.randn(1, 30, 16)
    changed = features.clone()
    changed[0, 10] += torch.randn(16)  # not the same for all: the norm would not see that
    heard = {}
    for mixer, backwards in (("mamba", False), ("mamba", True), ("mlp", False), ("mlp", True)):
        layer = Mixer(MBPUConfig(width=16, mixer=mixer), backwards)
        apart = (layer(changed) - layer(features)).detach()[0].abs().amax(-1)
        heard[mixer, backwards] = set(torch.nonzero(apart)[:, 0].tolist())

    assert heard["mamba", False] == set(range(10, 30))
    assert heard["mamba", True] == set(range(11))
    assert heard["mlp", False] == heard["mlp", True] == {10}


def test_both_mixers_have_about_as_many_parameters():
    from models.mbpu import MBPU, MBPUConfig

    counts = [sum(p.numel() for p in MBPU(MBPUConfig(mixer=mixer)).parameters()) for mixer in ("mamba", "mlp")]

    assert counts[0] == pytest.approx(counts[1], rel=0.05)


@MIXERS
def test_every_parameter_learns_from_distance_shift_and_rendering(mixer):
    from models.mbpu import rendering_loss

    network, points, queries = built(mixer).requires_grad_(), cloud(40, 2), cloud(20, 2, seed=1)
    distance, shift = network(points, queries)
    seen = rendering_loss(queries + 0.1 * shift, points[:, :20], turns())
    (distance.sum() + shift.square().sum() + seen).backward()

    idle = [name for name, p in network.named_parameters() if p.grad is None or not p.grad.any()]
    assert idle == []


# --- the refinement --------------------------------------------------------------------------------------------------


class Sphere:
    """A network that knows the distance and the way to the unit sphere, and adds a mistake to the way."""

    def __init__(self, mistake=0.0):
        self.mistake = mistake

    def features(self, points):
        return points

    def query(self, _, __, queries):
        radius = queries.norm(dim=-1)
        shift = (1 - radius)[..., None] * queries / radius[..., None]
        return (radius - 1).abs(), shift + self.mistake


@pytest.mark.parametrize("trust", [0, 0.5, 1])
def test_whoever_knows_the_distance_takes_all_points_to_the_surface(trust):
    from models.mbpu import refined

    queries = 1.3 * cloud(50)

    for times in (1, 3, 6):
        found = refined(Sphere(), queries, queries, times, share=0.5, trust=trust)
        left = (found.norm(dim=-1) - 1).abs() / (queries.norm(dim=-1) - 1).abs()
        assert float(left.max()) == pytest.approx(0.5**times)
        assert float(left.min()) == pytest.approx(0.5**times)


def test_trust_weighs_the_shift_against_the_slope_of_the_distance():
    """A shift that is off by a little to one side takes a point there as far as it is trusted, and no farther."""
    import torch
    from models.mbpu import way

    queries, aside = 1.3 * cloud(50), torch.tensor([0.0, 0.0, 0.01], dtype=torch.float64)
    straight = way(Sphere(), queries, queries, queries, 0.0)
    inwards = [way(Sphere(mistake=aside), queries, queries, queries, trust) for trust in (0.0, 0.5, 1.0)]
    held = [(found - straight).norm(dim=-1).mean() for found in inwards]

    assert float(held[0]) == 0
    assert 0 < float(held[1]) < float(held[2]) <= 0.011
    assert float(held[1]) == pytest.approx(float(held[2]) / 2, rel=0.05)


@MIXERS
def test_a_denser_or_smaller_cloud_is_no_other_task(mixer):
    """Where a query lies among its neighbours is told in spacings of the cloud, and so is what it learns."""
    import torch

    network, points = built(mixer), cloud(40)
    features = network.features(points)
    queries = 1.1 * points[:, :10]
    for to in (network.to_distance, network.to_shift):
        to[0].weight[:, :3] = 0  # it enters by its own place, too, which is told in no spacings
    distance, shift = network.query(points, features, queries)
    small, way = network.query(points / 10, features, queries / 10)

    torch.testing.assert_close(10 * small, distance)
    torch.testing.assert_close(10 * way, shift)


def test_the_lesson_lowers_the_error_of_the_distance_of_the_shift_and_of_the_look():
    from lab.lessons.mbpu import three_errors

    points, sides = cloud(30, batch=2), turns(2)
    queries = 1.2 * cloud(30, batch=2, seed=3)
    shift = queries / queries.norm(dim=-1, keepdim=True) * 0.9 - queries
    distance = shift.norm(dim=-1)

    def loss(far=0.0, aside=0.0, seen=1.0):
        return float(
            three_errors(seen, lambda *_: (distance + far, shift + aside), points, queries, distance, shift, sides)
        )

    assert loss() == pytest.approx(0, abs=1e-12)
    assert loss(far=0.1) == pytest.approx(0.1)
    assert loss(aside=0.1, seen=0) == pytest.approx(0.1 * 3**0.5)
    assert loss(aside=0.1) > loss(aside=0.1, seen=0) + 1e-3
    looks = [loss(aside=each, seen=1) - loss(aside=each, seen=0) for each in (0.01, 0.1)]
    assert 0 < looks[0] < looks[1], "the farther from where they should be, the less they look like it"


def test_no_point_goes_further_than_the_distance_that_is_seen():
    from models.mbpu import refined

    queries = 1.1 * cloud(50)
    found = refined(Sphere(mistake=10.0), queries, queries, times=1, share=1, trust=1)

    seen = (queries.norm(dim=-1) - 1).abs()
    assert bool(((found - queries).norm(dim=-1) <= seen + 1e-12).all())


def test_refinement_moves_nothing_in_no_steps_and_keeps_no_gradients():
    import torch
    from models.mbpu import refined

    network, points = built().requires_grad_(), cloud(40)

    assert torch.equal(refined(network, points, points, times=0), points)
    found = refined(network, points, points, times=2)
    assert bool(found.isfinite().all())
    assert not found.requires_grad
    assert all(p.grad is None for p in network.parameters())


# --- the renderer ----------------------------------------------------------------------------------------------------


def test_a_picture_is_between_empty_and_full_and_knows_no_order():
    import torch
    from models.mbpu import rendered

    points = cloud(300, 2)
    seen = rendered(points, turns(3), side=24)

    assert seen.shape == (2, 3, 2, 24, 24)
    assert bool(((seen >= 0) & (seen <= 1)).all())
    torch.testing.assert_close(rendered(points.flip(1), turns(3), side=24), seen, atol=1e-12, rtol=0)


def test_no_point_is_an_empty_picture_and_one_outside_is_left_out():
    import torch
    from models.mbpu import rendered

    nothing, outside = torch.zeros(1, 0, 3), torch.full((1, 1, 3), 5.0)

    assert not rendered(nothing, torch.eye(3)[None]).any()
    assert not rendered(outside, torch.eye(3)[None]).any()


def test_the_near_point_hides_most_of_the_far_one():
    import torch
    from models.mbpu import rendered

    def depth(*heights):
        seen = rendered(torch.tensor([[[0, 0, height] for height in heights]]), torch.eye(3)[None], side=17)
        return float(seen[0, 0, 1, 8, 8] / seen[0, 0, 0, 8, 8])

    assert [depth(0.8), depth(-0.8), depth(0.8, -0.8)] == pytest.approx([0.1, 0.9, 0.9], abs=0.01)


def test_its_gradients_are_those_of_finite_differences():
    import torch
    from models.mbpu import rendering_loss

    points, wanted = (0.7 * cloud(5)).requires_grad_(), 0.7 * cloud(5, seed=1)

    assert torch.autograd.gradcheck(lambda p: rendering_loss(p, wanted, turns(), side=12), points)


def test_a_cloud_looks_like_itself_and_moving_down_the_loss_makes_it_more_like_another():
    import torch
    from models.mbpu import rendering_loss

    points, wanted = 0.8 * cloud(200), cloud(200, seed=1)
    points.requires_grad_()
    loss = rendering_loss(points, wanted, turns(3))
    (slope,) = torch.autograd.grad(loss, points)

    assert float(rendering_loss(wanted, wanted, turns(3))) == 0
    moved = points.detach() - 0.01 * slope / slope.norm()
    assert float(rendering_loss(moved, wanted, turns(3))) < loss.item()


def test_its_work_grows_with_the_points_and_not_with_points_times_pixels():
    """Counted: the largest thing it holds has a number for each pixel within reach of a point."""
    import torch
    from models.mbpu import rendered
    from torch.utils._python_dispatch import TorchDispatchMode

    class Largest(TorchDispatchMode):
        numbers = 0

        def __torch_dispatch__(self, func, types, args=(), kwargs=None):
            out = func(*args, **(kwargs or {}))
            self.numbers = max(self.numbers, out.numel() if isinstance(out, torch.Tensor) else 0)
            return out

    for side in (32, 64):
        with Largest() as largest:
            rendered(cloud(500), turns(1), side=side)
        assert largest.numbers == max(500 * 25 * 2, side * side * 2)


def test_each_change_of_p2f_has_its_standard_error_among_the_results():
    results = json.loads((ROOT / "notebooks/outputs/mbpu/run.json").read_text())["results"]
    relative = [name for name, result in results.items() if result["metric"] == "relative"]
    changes = [name for name in relative if re.match(r"(p2f_change|mixer_p2f|rendering_p2f)_", name)]
    assert len(changes) == 18
    assert all(results[f"error_{name}"]["value"] > 0 for name in changes)
