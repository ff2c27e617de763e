"""Laws of LightGaussian: what is seen counts, what counts least goes, and a code stands for its nearest colours."""

import math

import pytest

from tests.notebooks.test_splatting import camera, scene

pytestmark = pytest.mark.torch


@pytest.fixture(autouse=True)
def _one_thread():
    import torch

    torch.set_num_threads(1)


# --- significance ----------------------------------------------------------------------------------------------------


def test_sightings_add_up_over_cameras():
    import torch
    from models.lightgaussian import sightings

    splats, cameras = scene(40).splats(), [camera(distance=4), camera(distance=6)]
    both, *each = (sightings(splats, some) for some in (cameras, cameras[:1], cameras[1:]))

    for name, value in vars(both).items():
        torch.testing.assert_close(value, sum(getattr(one, name) for one in each))


def test_sightings_are_those_of_a_plain_loop_over_one_pixel():
    """From the front: the code's transmittance uses what is covered there, the paper's the opacity."""
    import torch
    from models.lightgaussian import sightings
    from models.splatting import Splats

    opacity = torch.tensor([0.5, 0.8, 0.3]).double()
    xyz = torch.tensor([[0, 0, -1.0], [0.3, 0, 0], [0, 0, 1]]).double()
    shape = torch.full((3, 3), 0.3).double(), torch.tensor([[1.0, 0, 0, 0]] * 3).double()
    splats, seeing = Splats(xyz, *shape, opacity, torch.zeros(3, 1, 3).double()), camera(1, 1)

    found = sightings(splats, [seeing])
    alpha = alphas_at_origin(splats, seeing)

    assert found.hits.tolist() == [1, 1, 1]
    wanted = [0.5, 0.8 * (1 - alpha[0]), 0.3 * (1 - alpha[0]) * (1 - alpha[1])]
    assert found.light.tolist() == pytest.approx(wanted)
    assert found.paper_light.tolist() == pytest.approx([0.5, 0.8 * 0.5, 0.3 * 0.5 * 0.2])


def alphas_at_origin(splats, seeing):
    from models.splatting import project

    p = project(splats, seeing)
    return [
        float(o) * math.exp(-(a * x * x + c * y * y) / 2 - b * x * y)
        for o, (x, y), (a, b, c) in zip(splats.opacity, p.means.tolist(), p.conics.tolist(), strict=True)
    ]


def test_what_nobody_sees_has_no_significance():
    import torch
    from models.lightgaussian import paper_significance, sightings, significance

    made = scene(30)
    with torch.no_grad():
        made.xyz[4, 2] = -20
    splats = made.splats()
    seen = sightings(splats, [camera()])

    for score in (significance(seen.light, splats.scaling), paper_significance(seen.paper_light, splats.scaling)):
        assert score[4] == 0
        assert bool((score[seen.hits > 0] > 0).all())


def test_the_paper_sees_less_behind_others_than_the_code():
    """A Gaussian covers at most its opacity, and less off its middle."""
    from models.lightgaussian import sightings

    seen = sightings(scene(60).splats(), [camera()])

    assert bool((seen.paper_light <= seen.light + 1e-9).all())
    assert bool((seen.light <= seen.hits + 1e-9).all())


def test_size_counts_once_at_most_in_the_paper_and_without_end_in_the_code():
    import torch
    from models.lightgaussian import paper_significance, significance

    light, scaling = torch.ones(100).double(), torch.arange(1.0, 101).double()[:, None].expand(-1, 3)
    paper, code = paper_significance(light, scaling), significance(light, scaling)

    assert float(paper.max()) == 1
    assert int((paper == 1).sum()) == 10  # the volume that nine tenths do not reach, and what is larger
    assert float(code.max()) == pytest.approx((100 / 10) ** 0.3)
    assert int((code >= 1).sum()) == 91  # a small volume: nine tenths are larger
    for score in (paper, code):
        assert bool((score.diff() >= 0).all())


# --- pruning ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("share", [0.0, 0.4, 0.66, 0.9])
def test_those_with_the_lowest_score_go_and_no_other(share):
    import torch
    from models.lightgaussian import pruned

    score = torch.rand(101, generator=torch.Generator().manual_seed(0))
    gone = pruned(score, share)

    assert int(gone.sum()) == int(share * 100) + 1
    assert float(score[gone].max()) < float(score[~gone].min())


def test_all_that_nobody_sees_go_at_once():
    import torch
    from models.lightgaussian import pruned

    score = torch.cat([torch.zeros(60), torch.arange(1.0, 41)])

    assert torch.equal(pruned(score, 0.1), score == 0)


def test_dropping_what_no_camera_draws_changes_no_picture():
    import torch
    from models.lightgaussian import sightings
    from models.splatting import render

    made = scene(60, spread=3.0)
    seeing, white = camera(), torch.ones(3).double()
    seen = sightings(made.splats(), [seeing]).hits > 0
    assert 0 < int(seen.sum()) < 60

    images = [render(each.splats(), seeing, white).image for each in (made, made.chosen(seen))]

    torch.testing.assert_close(images[1], images[0], atol=1e-13, rtol=0)


# --- vector quantisation ---------------------------------------------------------------------------------------------


def batch(count=200, size=9, seed=0):
    import torch

    rng = torch.Generator().manual_seed(seed)
    return torch.randn(count, size, generator=rng).double(), torch.rand(count, generator=rng).exp().double()


def test_the_chosen_code_is_nearest():
    import torch
    from models.lightgaussian import nearest

    features, codes = batch()[0], batch(16, seed=1)[0]
    apart = (features[:, None] - codes).square().sum(-1)

    chosen = apart.gather(1, nearest(features, codes)[:, None])[:, 0]

    assert torch.equal(chosen, apart.min(1).values)


def test_the_most_important_keep_their_colours():
    import torch
    from models.lightgaussian import kept

    importance = torch.rand(101, generator=torch.Generator().manual_seed(3))
    own = kept(importance, 0.6)

    assert int(own.sum()) == int(101 * 0.4)
    assert float(importance[own].min()) > float(importance[~own].max())


def test_codes_move_towards_what_they_stand_for():
    """Step after step over the same colours the distance falls, until it hardly does."""
    from models.lightgaussian import Codebook, moved

    features, importance = batch()
    book, distances = Codebook.begun(features[:8].clone()), []
    for _ in range(60):
        book, distance = moved(book, features, importance)
        distances.append(float(distance))

    assert distances[-1] < 0.9 * distances[0]
    assert distances[-1] == pytest.approx(distances[-5], rel=0.02)


def test_codes_end_at_the_weighted_means_of_what_they_stand_for():
    import torch
    from models.lightgaussian import Codebook, moved, nearest

    features, importance = batch()
    book = Codebook.begun(features[:8].clone())
    for _ in range(200):
        book, _ = moved(book, features, importance)
    index = nearest(features, book.codes)
    for code in index.unique().tolist():
        held = index == code
        mean = (importance[held, None] * features[held]).sum(0) / importance[held].sum()
        torch.testing.assert_close(book.codes[code], mean, atol=1e-4, rtol=0)


def test_doubling_every_importance_changes_nothing():
    import torch
    from models.lightgaussian import Codebook, moved

    features, importance = batch()
    once, twice = (moved(Codebook.begun(features[:8].clone()), features, n * importance)[0] for n in (1, 2))

    torch.testing.assert_close(twice.codes, once.codes)
    torch.testing.assert_close(twice.counts, once.counts)


def test_the_least_used_codes_become_the_most_important_colours():
    import torch
    from models.lightgaussian import Codebook, renewed

    features, importance = batch(20)
    counts = torch.tensor([5.0, 1, 4, 0.5, 3]).double()
    before = Codebook(torch.zeros(5, 9).double(), counts)

    after = renewed(before, features, importance, 2)

    first, second = importance.topk(2).indices.tolist()
    assert torch.equal(after.codes[3], features[first])
    assert torch.equal(after.codes[1], features[second])
    assert not after.codes[[0, 2, 4]].any()
    assert not before.codes.any()


# --- shorter colours -------------------------------------------------------------------------------------------------


def test_a_pseudo_view_stands_elsewhere_and_looks_the_same_way():
    import torch
    from lab import traced
    from models.lightgaussian import pseudo_view

    seeing, away = traced.camera(1.0, 0.4, 16), torch.tensor([0.1, -0.2, 0.3])
    there = pseudo_view(seeing, away)

    assert torch.allclose(there.centre, seeing.centre + away, atol=1e-5)
    assert torch.equal(there.view[:3, :3], seeing.view[:3, :3])
    assert not torch.equal(there.view, seeing.view)


def test_distillation_teaches_the_student_and_leaves_the_teacher():
    import torch
    from lab import traced
    from lab.splatted import Beginning, begun
    from models.lightgaussian import distillation_loss

    teacher, student = begun(Beginning(1, 40)), begun(Beginning(2, 40))
    camera, black = traced.camera(0.3, 0.2, 16), torch.zeros(3)
    loss = distillation_loss(student.splats(), teacher.splats(), camera, black)
    loss.backward()

    assert float(loss.detach()) > 0
    assert any(value.grad is not None and bool(value.grad.any()) for value in student.parameters())
    assert all(value.grad is None for value in teacher.parameters())
    assert float(distillation_loss(teacher.splats(), teacher.splats(), camera, black).detach()) == 0
