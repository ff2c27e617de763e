"""Laws of the little world, of scenes that learn it, and of what makes them small."""

import math

import pytest

pytestmark = pytest.mark.torch


@pytest.fixture(autouse=True)
def _one_thread():
    import torch

    torch.set_num_threads(1)


# --- the world -------------------------------------------------------------------------------------------------------


def test_a_picture_of_the_same_world_is_the_same_and_of_another_is_not():
    import torch
    from lab import traced

    seeing = traced.camera(0.4, 0.5, 16)
    one, again, other = (traced.picture(traced.world(seed), seeing) for seed in (1, 1, 2))

    assert one.shape == (3, 16, 16)
    assert bool(((one >= 0) & (one <= 1)).all())
    assert torch.equal(one, again)
    assert not torch.equal(one, other)


def test_a_splat_lies_where_its_place_is_seen():
    """The tracer and the splatting camera agree: a bright small splat in the middle of a ball falls onto that ball."""
    import torch
    from lab import traced
    from models.splatting import centres

    here, seeing = traced.world(1), traced.camera(0.4, 0.9, 64)
    for middle, colour in zip(here.middles, here.colours, strict=True):
        x, y = centres(middle[None], seeing)[0].round().long().tolist()
        seen = traced.picture(here, seeing)[:, y, x]
        ratio = seen / colour
        assert float(ratio.std() / ratio.mean()) < 0.35, (seen, colour)
    assert torch.allclose(seeing.view[:3, :3] @ seeing.view[:3, :3].mT, torch.eye(3), atol=1e-6)
    assert float(torch.linalg.det(seeing.view[:3, :3])) == pytest.approx(1, abs=1e-5)


def test_places_on_surfaces_lie_on_them():
    import torch
    from lab import traced

    here = traced.world(2)
    places, seen = traced.surface(here, 200, 5)
    to_balls = ((places[:, None] - here.middles).norm(dim=-1) - here.radii).abs().min(-1).values

    assert float(to_balls[:80].max()) < 1e-5
    assert not places[80:160, 1].any()
    assert torch.allclose(places[160:].norm(dim=-1), torch.tensor(traced.SKY))
    assert bool(((seen >= 0) & (seen <= 1)).all())


def test_cameras_of_the_test_are_none_that_were_learned_from():
    from lab.splatted import views

    learned, tested = views(1)[0], views(1, unseen=True)[0]
    apart = [min(float((a.centre - b.centre).norm()) for a in learned) for b in tested]

    assert (len(learned), len(tested)) == (16, 8)
    assert min(apart) > 1  # and all of them lie about 4 from the middle


# --- learning --------------------------------------------------------------------------------------------------------


def test_the_ssim_that_scenes_learn_by_is_that_of_scikit_image_in_round_windows():
    import torch
    from lab.splatted import ssim_learned_by
    from skimage.metrics import structural_similarity

    a, b = torch.rand(2, 3, 20, 24, generator=torch.Generator().manual_seed(0)).unbind()
    theirs = structural_similarity(
        *(each.permute(1, 2, 0).numpy() for each in (a, b)),
        channel_axis=2,
        gaussian_weights=True,
        sigma=1.5,
        use_sample_covariance=False,
        data_range=1,
        win_size=11,
    )

    assert float(ssim_learned_by(a, b)) == pytest.approx(theirs, abs=1e-4)
    assert float(ssim_learned_by(a, a)) == pytest.approx(1)


def test_a_part_that_is_kept_divided_is_the_same_and_moves_farther():
    """A step of Adam moves each kept number by the rate; the part itself by that times MOVES."""
    import torch
    from lab.splatted import MOVES, Beginning, begun

    scene = begun(Beginning(1, count=30))
    before = {name: getattr(scene, name).detach().clone() for name in MOVES}
    optimiser = torch.optim.Adam(scene.parameters(), lr=1e-3)
    sum(getattr(scene, name).sum() for name in MOVES).backward()
    optimiser.step()

    for name, times in MOVES.items():
        moved = (before[name] - getattr(scene, name).detach()).abs()
        assert torch.allclose(moved, torch.full_like(moved, 1e-3 * times), rtol=0.05, atol=2e-6), name


def test_a_scene_learns():
    from lab.compression import from_few, psnr, recovered

    begun, later = from_few(1, 60, 1), from_few(1, 60, 30)

    assert psnr(later, 1, unseen=False) > psnr(begun, 1, unseen=False) + 1
    assert psnr(recovered(begun, 1, 20), 1, unseen=False) > psnr(begun, 1, unseen=False) + 0.5
    assert len(recovered(begun, 1, 1)) == 60


def test_the_psnr_of_a_scene_is_that_of_its_pictures_as_they_are_shown():
    import numpy as np
    import torch
    from lab.compression import psnr
    from lab.splatted import Beginning, begun, image, views

    scene, (cameras, true) = begun(Beginning(1, count=60)), views(1, unseen=True)
    with torch.no_grad():
        errors = [float((image(scene, c).clamp(0, 1) - p).square().mean()) for c, p in zip(cameras, true, strict=True)]

    assert psnr(scene, 1) == pytest.approx(float(np.mean(-10 * np.log10(errors))), abs=0.02), "rounded to 8 bits"
    assert psnr(scene, 1) != psnr(scene, 1, unseen=False)


def test_distilled_colours_are_shorter_and_nearer_to_the_teachers_than_colours_that_were_cut():
    import torch
    from lab.compression import distilled, from_few
    from lab.splatted import image, views

    teacher = from_few(1, 60, 20)
    student, cut = distilled(teacher, 1, 10), teacher.chosen(slice(None), 2)
    seen = [(image(teacher, camera), camera) for camera in views(1)[0]]
    off = [
        sum(float((image(one, camera) - true).square().mean().detach()) for true, camera in seen)
        for one in (student, cut)
    ]

    assert (teacher.degree, student.degree) == (3, 2)
    assert off[0] < off[1] < len(seen) * 1e-3
    assert not any(torch.isnan(value).any() for value in student.parameters())


def test_two_pictures_of_three_that_are_distilled_are_seen_from_aside(monkeypatch):
    from lab import compression
    from lab.splatted import views

    seen = []
    lost = compression.distillation_loss
    monkeypatch.setattr(compression, "distillation_loss", lambda *given: seen.append(given[2].view) or lost(*given))
    compression.distilled(compression.from_few(1, 20, 2), 1, 90)
    true = [camera.view for camera in views(1)[0]]
    away = [min(float((view - one).abs().max()) for one in true) for view in seen]

    assert len(seen) == 90
    assert 50 <= sum(far > 1e-6 for far in away) <= 70
    assert 0.01 < max(away) < 0.5


def test_each_way_to_tell_who_matters_leaves_out_what_its_name_says():
    import torch
    from lab.compression import CRITERIA, scores
    from lab.splatted import Beginning, begun

    scene = begun(Beginning(1, count=60))
    found, splats = scores(scene, 1), scene.chosen(slice(None)).requires_grad_(False).splats()
    seen = found["light"] > 0
    weight = (found["code"] / found["light"])[seen]
    volume = splats.scaling.prod(-1)[seen]

    assert found.keys() == CRITERIA.keys()
    assert all(score.shape == (60,) for score in found.values())
    assert bool((weight[volume.argsort()].diff() >= -1e-6).all()), "the larger weighs more"
    assert float(weight.max() / weight.min()) == pytest.approx(float((volume.max() / volume.min()) ** 0.1), rel=1e-4)
    assert torch.equal(found["hits_opacity"], found["hits"] * splats.opacity)
    assert bool((found["light"] <= found["hits_opacity"] * (1 + 1e-5)).all()), "what stands in front only takes away"


# --- the small file --------------------------------------------------------------------------------------------------


def test_shared_colours_are_the_nearest_of_the_codes_and_the_important_ones_stay():
    import torch
    from lab.compression import shared_colours
    from lab.splatted import Beginning, begun
    from models.gaussian_files import from_small, to_ply, to_small

    scene = begun(Beginning(1, count=200)).chosen(slice(None), 2)
    importance = torch.rand(200, generator=torch.Generator().manual_seed(1))
    small = shared_colours(scene, importance, codes=8)
    again, features = from_small(to_small(small)).scene(), scene.features.flatten(1).detach()

    assert int(small.own.sum()) == 80
    assert torch.equal(again.features.flatten(1)[small.own], features[small.own].half().float())
    apart = (features[~small.own][:, None] - small.codes.float()).norm(dim=-1)
    assert torch.allclose(apart.gather(1, small.index[:, None])[:, 0], apart.min(1).values, atol=1e-5)
    assert len(to_small(small)) < len(to_ply(scene)) / 2
    assert math.isqrt(small.codes.shape[1] // 3) == 3


def test_more_codes_lose_less():
    import torch
    from lab.compression import shared_colours
    from lab.splatted import Beginning, begun

    scene = begun(Beginning(1, count=300))
    lost = []
    for codes in (2, 16, 64):
        small = shared_colours(scene, torch.ones(300), codes)
        features = scene.features.flatten(1).detach()[~small.own]
        lost.append(float((small.codes.float()[small.index] - features).square().mean()))

    assert lost == sorted(lost, reverse=True)


# --- what a caption says ---------------------------------------------------------------------------------------------


def test_a_scene_is_not_taken_for_a_network():
    import torch
    from lab.designs.splatting import learned

    loaded = learned(1, torch.device("cpu"))

    assert loaded.origin == "trained here"
    assert loaded.stamp == "Small scene, learned here"
    assert len(loaded.network) == 1500


def test_a_scene_that_is_not_there_is_said_to_have_learned_nothing(tmp_path):
    import torch
    from lab.designs.splatting import learned

    assert learned(1, torch.device("cpu"), shipped=tmp_path).stamp == "Scene that learned nothing"
