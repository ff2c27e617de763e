"""Sparse clouds of known solids, what is measured of dense ones, and the sheet that needs no network."""

import numpy as np
import pytest

pytestmark = pytest.mark.torch


@pytest.fixture(scope="module")
def clouds():
    from lab import solids, upsampling

    return upsampling.scanned(solids.solids(solids.TAUGHT, 2, 3), 3, points=60)


def test_scanned_points_lie_on_the_surface_and_not_close_together(clouds):
    import torch
    from lab.upsampling import gaps, off_surface, to_points

    rng = np.random.default_rng(0)
    at_random = to_points([solid.drawn(60, rng) for solid in clouds.solids])

    assert clouds.sparse.shape == (2, 60, 3)
    assert clouds.sparse.dtype == torch.float32
    assert off_surface(clouds.solids, clouds.sparse).max() < 1e-6
    assert float(gaps(clouds.sparse).min()) > 3 * float(gaps(at_random).min())


@pytest.mark.parametrize(("ratio", "count"), [(1.5, 90), (2, 120), (3.7, 222), (16, 960)])
def test_points_between_are_as_many_as_the_ratio_says_and_lie_off_curved_surfaces(clouds, ratio, count):
    from lab.upsampling import off_surface

    between = clouds.between(ratio)

    assert between.shape == (2, count, 3)
    assert off_surface(clouds.solids, between).mean() > 0.001


def test_chamfer_is_lowest_for_even_points_on_the_surface_and_rises_with_every_mistake(clouds):
    from lab.upsampling import chamfer, scanned

    even = scanned(clouds.solids, 9, points=240).sparse
    best = chamfer(clouds.solids, even, seed=1).mean()

    assert best < chamfer(clouds.solids, clouds.between(4), seed=1).mean()
    assert best < chamfer(clouds.solids, 1.05 * even, seed=1).mean()
    assert best < chamfer(clouds.solids, even[:, :60].repeat(1, 4, 1), seed=1).mean()


def test_chamfer_looks_both_ways(clouds):
    """Points that all lie on the surface, but on one side of it, are near it; it is far from them."""
    from lab.upsampling import chamfer, scanned

    even = scanned(clouds.solids, 9, points=240).sparse
    half = even[0][even[0][:, 0] > 0].repeat(2, 1)[None]
    stray = even[:1].clone()
    stray[0, :24] *= 3

    assert chamfer(clouds.solids[:1], half, seed=1) > 1.5 * chamfer(clouds.solids[:1], even[:1], seed=1)
    assert chamfer(clouds.solids[:1], stray, seed=1) > 1.5 * chamfer(clouds.solids[:1], even[:1], seed=1)


def test_the_same_seed_scans_the_same_points():
    import torch
    from lab import solids, upsampling

    known = solids.solids(solids.TAUGHT, 2, 3)

    assert torch.equal(upsampling.scanned(known, 5).sparse, upsampling.scanned(known, 5).sparse)


def test_a_sheet_through_points_of_a_plane_is_that_plane_and_of_a_bowl_that_bowl():
    import torch
    from lab.local_fit import projected

    rng = torch.Generator().manual_seed(0)
    places = torch.rand(1, 80, 2, generator=rng, dtype=torch.float64)
    turn = torch.linalg.qr(torch.randn(3, 3, generator=rng, dtype=torch.float64)).Q
    for height, most in ((lambda x: 0 * x[..., :1], 1e-9), (lambda x: 0.1 * x.square().sum(-1, keepdim=True), 2e-3)):
        sparse = torch.cat((places, height(places)), dim=-1) @ turn
        middle = 0.3 + 0.4 * places[:, :20]
        queries = torch.cat((middle, height(middle) + 0.05), dim=-1) @ turn
        found = projected(sparse, queries) @ turn.T

        assert float((found[..., 2:] - height(found[..., :2])).abs().max()) < most


def test_a_sheet_brings_points_nearer_to_a_round_surface_where_points_are_dense_enough():
    from lab import solids
    from lab.local_fit import projected
    from lab.upsampling import off_surface, scanned

    clouds = scanned(solids.solids(solids.TAUGHT, 2, 3), 3, points=300)
    between = clouds.between(2)
    fitted = projected(clouds.sparse, between)

    assert fitted.shape == between.shape
    assert off_surface(clouds.solids, fitted).mean() < 0.6 * off_surface(clouds.solids, between).mean()


def test_a_lesson_shows_where_the_surface_is():
    from lab.lessons.mbpu import LESSONS

    draw = LESSONS["mbpu-mlp-1"].prepare(1)
    points, queries, distance, shift, sides = draw(np.random.default_rng(0))
    again = draw(np.random.default_rng(0))

    assert [tuple(part.shape) for part in (points, queries, distance, shift, sides)] == [
        (6, 128, 3), (6, 128, 3), (6, 128), (6, 128, 3), (2, 3, 3),
    ]  # fmt: skip
    assert all((ours == same).all() for ours, same in zip((points, queries), again, strict=False))
    assert shift.norm(dim=-1) == pytest.approx(distance, abs=1e-5)
    nearest = (queries + shift)[:, :, None].sub(points[:, None]).norm(dim=-1).amin(-1)
    assert float(nearest.mean()) < 0.1, "the truth lies among the points, turned as they are"


def test_lessons_differ_only_in_what_they_are_named_for():
    from lab.lessons.mbpu import LESSONS

    told = {name: (lesson.config.mixer, lesson.seed, lesson.recipe["rendering"]) for name, lesson in LESSONS.items()}

    starts = (1, 2, 3)
    assert told == {
        **{f"mbpu-mamba-{start}": ("mamba", start, 1.0) for start in starts},
        **{f"mbpu-mlp-{start}": ("mlp", start, 1.0) for start in starts},
        **{f"mbpu-unrendered-{start}": ("mamba", start, 0) for start in starts},
    }
    assert len({lesson.config.width for lesson in LESSONS.values()}) == 1


def test_a_loaded_network_moves_points_and_no_further_than_it_sees():
    import torch
    from lab.designs.mbpu import DESIGN, moved
    from lab.weights import Loaded

    torch.manual_seed(0)
    loaded = Loaded(DESIGN.sized({"width": 16, "blocks": 1}).eval(), "untrained", False, None)
    sparse = torch.randn(1, 30, 3)
    with torch.no_grad():
        distance, _ = loaded.network(sparse, sparse)
    for trust in (0.0, 0.5, 1.0):
        apart = (moved(loaded, sparse, sparse, trust) - sparse).norm(dim=-1)
        assert bool((apart <= distance + 1e-6).all())
    assert moved(loaded, sparse, sparse, times=4).shape == (1, 30, 3)


@pytest.mark.parametrize("times", [1, 2, 4])
def test_steps_together_go_all_the_way_however_many_there_are(times, monkeypatch):
    import torch
    from lab.designs.mbpu import DESIGN, moved
    from lab.weights import Loaded

    loaded = Loaded(DESIGN.sized({"width": 16, "blocks": 1}).eval(), "untrained", False, None)
    sparse, queries, aim = torch.randn(3, 1, 30, 3).unbind()
    monkeypatch.setattr("models.mbpu.way", lambda *given: aim - given[3])  # network, points, features, queries, trust
    torch.testing.assert_close(moved(loaded, sparse, queries, times=times), aim)
