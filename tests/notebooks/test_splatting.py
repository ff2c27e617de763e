"""Laws of splatting: light is neither lost nor made, what is near hides what is far, and gradients are right."""

import math
from dataclasses import replace

import pytest

pytestmark = pytest.mark.torch


@pytest.fixture(autouse=True)
def _one_thread():
    import torch

    torch.set_num_threads(1)


def scene(count=40, degree=3, seed=0, spread=1.0):
    """Return Gaussians in double precision in front of the camera of `camera()`."""
    import torch
    from models.splatting import Gaussians

    made, rng = Gaussians(count, degree).double(), torch.Generator().manual_seed(seed)
    values = {
        "xyz": (spread, 0.0),
        "f_dc": (1.0, 0.0),
        "f_rest": (0.2, 0.0),
        "opacity": (2.0, 0.5),
        "scaling": (0.4, -1.8),
        "rotation": (1.0, 0.0),
    }
    with torch.no_grad():
        for name, (times, more) in values.items():
            value = getattr(made, name)
            value.copy_(times * torch.randn(value.shape, generator=rng, dtype=torch.float64) + more)
    return made


def camera(width=40, height=24, distance=4.0):
    import torch
    from models.splatting import Camera, view_of

    view = view_of(torch.eye(3, dtype=torch.float64), torch.tensor([0.0, 0.0, distance], dtype=torch.float64))
    return Camera(view, width, height, 0.9, 2 * math.atan(math.tan(0.45) * height / width))


def background():
    import torch

    return torch.tensor([0.2, 0.5, 0.9], dtype=torch.float64)


# --- blending --------------------------------------------------------------------------------------------------------


def one_pixel_at_a_time(splats, seeing, behind):
    """Return picture and transmittance by a plain loop: for each pixel, over all Gaussians, near ones first."""
    import torch
    from models.splatting import project

    p = project(splats, seeing)
    order = [i for i in p.depths.argsort(stable=True).tolist() if bool(p.visible[i])]
    tiles, means, conics, opacity = (each.tolist() for each in (p.tiles, p.means, p.conics, splats.opacity))
    image, light = (torch.zeros(n, seeing.height, seeing.width, dtype=torch.float64) for n in (3, 1))
    for y in range(seeing.height):
        for x in range(seeing.width):
            left, colour = 1.0, torch.zeros(3).double()
            for i in order:
                x0, y0, x1, y1 = tiles[i]
                dx, dy = means[i][0] - x, means[i][1] - y
                a, b, c = conics[i]
                power = -(a * dx * dx + c * dy * dy) / 2 - b * dx * dy
                if power > 0 or not (x0 <= x // 16 < x1 and y0 <= y // 16 < y1):
                    continue
                alpha = min(0.99, opacity[i] * math.exp(power))
                if alpha < 1 / 255:
                    continue
                if left * (1 - alpha) < 1e-4:
                    break
                colour += left * alpha * p.colours[i]
                left *= 1 - alpha
            image[:, y, x], light[0, y, x] = colour + left * behind, left
    return image, light[0]


@pytest.mark.parametrize(("seed", "spread"), [(0, 1.0), (1, 0.3), (2, 6.0)])
def test_tiles_give_the_picture_of_a_plain_loop_over_pixels(seed, spread):
    """Crowded, so that pixels end before their lists do; and spread so widely that some lie outside or behind."""
    import torch
    from models.splatting import render

    splats, seeing = scene(60, seed=seed, spread=spread).splats(), camera()
    with torch.no_grad():
        made = render(splats, seeing, background())
        image, light = one_pixel_at_a_time(splats, seeing, background())

    torch.testing.assert_close(made.image, image, atol=1e-12, rtol=0)
    torch.testing.assert_close(made.transmittance, light, atol=1e-12, rtol=0)


@pytest.mark.parametrize("room", [256, 2**12, 2**24])
def test_how_many_tiles_are_blended_at_once_changes_nothing(room, monkeypatch):
    import torch
    from models import splatting

    splats, seeing = scene(80).splats(), camera(70, 50)
    usual = splatting.render(splats, seeing, background()).image
    monkeypatch.setitem(splatting.BATCH, "cpu", room)

    torch.testing.assert_close(splatting.render(splats, seeing, background()).image, usual, atol=1e-14, rtol=0)


def test_no_light_is_lost_or_made():
    """What the Gaussians cover and what is left add up to one: white ones before white make white."""
    import torch
    from models.splatting import from_colour, render

    made = scene(60, degree=0)
    with torch.no_grad():
        made.f_dc.copy_(from_colour(torch.ones_like(made.f_dc)))
    found = render(made.splats(), camera(), torch.ones(3).double())

    torch.testing.assert_close(found.image, torch.ones_like(found.image), atol=1e-12, rtol=0)
    assert bool(((found.transmittance > 0) & (found.transmittance <= 1)).all())


def test_more_gaussians_leave_less_light():
    """But for a pixel that ends earlier, with a hundredth of the light left at most."""
    import torch
    from models.splatting import render

    made = scene(60)
    with torch.no_grad():
        few, many = (render(made.chosen(torch.arange(n)).splats(), camera(), background()) for n in (10, 60))

    assert bool((many.transmittance <= few.transmittance + 0.01).all())
    assert float(many.transmittance.mean()) < float(few.transmittance.mean())


def test_an_empty_scene_shows_the_background():
    import torch
    from models.splatting import Gaussians, render

    made = render(Gaussians(0, 3).double().splats(), camera(), background())

    assert torch.equal(made.image, background()[:, None, None].expand(3, 24, 40))
    assert bool((made.transmittance == 1).all())


def test_the_nearer_of_two_hides_the_farther():
    import torch
    from models.splatting import Splats, from_colour, render

    colours = torch.tensor([[1.0, 0, 0], [0, 0, 1]]).double()
    round_ = torch.ones(2, 3).double(), torch.tensor([[1.0, 0, 0, 0]] * 2).double(), torch.ones(2).double()
    for nearer in (0, 1):
        xyz = torch.zeros(2, 3).double()
        xyz[nearer, 2] = -1
        made = render(Splats(xyz, *round_, from_colour(colours)[:, None]), camera(), torch.zeros(3).double())
        middle = made.image[:, 12, 20]
        assert middle[2 * nearer] == pytest.approx(0.99, abs=2e-3)
        assert middle[2 - 2 * nearer] == pytest.approx(0.0099, abs=2e-3)


def test_a_single_gaussian_is_drawn_where_it_lies():
    """Its middle is the projection of its centre, and its brightness there is its opacity."""
    import torch
    from models.splatting import Splats, from_colour, render

    focal = 32 / math.tan(0.45)
    xyz = torch.tensor([[4 * 5.5 / focal, -4 * 3.5 / focal, 0.0]]).double()
    white, round_ = from_colour(torch.ones(1, 1, 3).double()), torch.tensor([[1.0, 0, 0, 0]]).double()
    one = Splats(xyz, torch.full((1, 3), 0.1).double(), round_, torch.tensor([0.7]).double(), white)
    made = render(one, camera(64, 64), torch.zeros(3).double())

    assert divmod(int(made.image[0].argmax()), 64) == (28, 37)
    assert float(made.image[0, 28, 37]) == pytest.approx(0.7, abs=1e-6)


# --- what must not matter --------------------------------------------------------------------------------------------


def turn(seed):
    """Return a rotation matrix."""
    import torch

    made = torch.linalg.qr(torch.randn(3, 3, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)).Q
    return made * torch.linalg.det(made)


def turned_colours(features, rotation):
    """Return the coefficients of the same colours after the world was turned: fitted over many directions."""
    import torch
    from models.splatting import harmonics

    rng = torch.Generator().manual_seed(0)
    directions = torch.nn.functional.normalize(torch.randn(200, 3, generator=rng, dtype=torch.float64), dim=-1)
    degree = math.isqrt(features.shape[1]) - 1
    there, here = harmonics(directions @ rotation.mT, degree), harmonics(directions, degree)
    return torch.linalg.lstsq(there, here).solution @ features


def quaternions_of(rotation, quaternions):
    """Return quaternions of `rotation` after those that are given."""
    import torch
    from models.splatting import rotation_matrices

    found = []
    for matrix in rotation @ rotation_matrices(quaternions):
        values, vectors = torch.linalg.eigh(davenport(matrix))
        found.append(vectors[:, values.argmax()])
    return torch.stack(found)


def davenport(m):
    """Return the symmetric matrix whose largest eigenvector is the quaternion w, x, y, z of a rotation."""
    import torch

    z = torch.stack([m[2, 1] - m[1, 2], m[0, 2] - m[2, 0], m[1, 0] - m[0, 1]])
    whole = torch.zeros(4, 4, dtype=m.dtype)
    whole[0, 0], whole[0, 1:], whole[1:, 0] = m.trace(), z, z
    whole[1:, 1:] = m + m.mT - m.trace() * torch.eye(3, dtype=m.dtype)
    return whole


@pytest.mark.parametrize("seed", [3, 4])
def test_turning_and_moving_the_camera_together_with_the_scene_changes_nothing(seed):
    import torch
    from models.splatting import render, view_of

    splats, seeing = scene(40).splats(), camera()
    rotation, shift = turn(seed), torch.tensor([3.0, -1.0, 2.0]).double()
    moved = replace(
        splats,
        xyz=splats.xyz @ rotation.mT + shift,
        rotation=quaternions_of(rotation, splats.rotation),
        features=turned_colours(splats.features, rotation),
    )
    back = seeing.view[:3, :3], seeing.view[3, :3]
    following = replace(seeing, view=view_of(rotation @ back[0], back[1] - shift @ rotation @ back[0]))

    here, there = (render(*each, background()).image for each in ((splats, seeing), (moved, following)))

    torch.testing.assert_close(there, here, atol=1e-9, rtol=0)


def test_the_order_of_the_gaussians_does_not_matter():
    import torch
    from models.splatting import render

    made = scene(50)
    mixed = made.chosen(torch.randperm(50, generator=torch.Generator().manual_seed(1)))
    images = [render(each.splats(), camera(), background()).image for each in (made, mixed)]

    torch.testing.assert_close(images[1], images[0], atol=1e-13, rtol=0)


def test_what_lies_behind_the_camera_is_not_drawn():
    import torch
    from models.splatting import render

    made = scene(30)
    with torch.no_grad():
        made.xyz[:, 2] -= 20

    assert bool((render(made.splats(), camera(), background()).transmittance == 1).all())


def test_a_quaternion_of_any_length_or_sign_is_the_same_rotation():
    import torch
    from models.splatting import rotation_matrices

    some = torch.randn(9, 4, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    matrices = rotation_matrices(some)

    torch.testing.assert_close(rotation_matrices(-3 * some), matrices)
    torch.testing.assert_close(matrices @ matrices.mT, torch.eye(3).double().expand(9, 3, 3))
    torch.testing.assert_close(torch.linalg.det(matrices), torch.ones(9).double())


def test_harmonics_are_orthonormal_over_the_sphere():
    """Integrated on a grid that is exact for them: Gauss and Legendre in height, even steps around."""
    import numpy as np
    import torch
    from models.splatting import harmonics

    heights, weights = (torch.from_numpy(each) for each in np.polynomial.legendre.leggauss(8))
    around = torch.arange(16).double() * 2 * math.pi / 16
    ring = (1 - heights**2).sqrt()[:, None]
    grid = torch.stack([ring * around.cos(), ring * around.sin(), heights[:, None].expand(-1, 16)], dim=-1)
    basis = harmonics(grid.flatten(0, 1), 3)
    products = basis.mT @ (basis * weights.repeat_interleave(16)[:, None] * 2 * math.pi / 16)

    torch.testing.assert_close(products, torch.eye(16).double(), atol=1e-12, rtol=0)


def test_cut_colours_are_those_of_the_lower_degree():
    import torch
    from models.splatting import colours

    made = scene(20)
    centre = torch.zeros(3).double()
    for degree in range(4):
        cut = made.chosen(torch.arange(20), degree)
        assert cut.degree == degree
        torch.testing.assert_close(
            colours(cut.features, cut.xyz, centre), colours(made.features, made.xyz, centre, degree)
        )


# --- gradients -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["xyz", "f_dc", "f_rest", "opacity", "scaling", "rotation"])
def test_gradients_are_those_of_finite_differences(name):
    """Of a weighted sum of the picture, along random directions; lists and thresholds are held fixed by small steps."""
    import torch
    from models.splatting import render

    made, seeing = scene(12, seed=5), camera()
    rng = torch.Generator().manual_seed(9)
    weights = torch.randn(3, 24, 40, generator=rng, dtype=torch.float64)

    def value():
        return (render(made.splats(), seeing, background()).image * weights).sum()

    value().backward()
    part, step = getattr(made, name), 1e-7
    for _ in range(3):
        direction = torch.randn(part.shape, generator=rng, dtype=torch.float64)
        with torch.no_grad():
            part += step * direction
            above = value()
            part -= 2 * step * direction
            below = value()
            part += step * direction
        found = float((above - below) / (2 * step))
        assert float((part.grad * direction).sum()) == pytest.approx(found, rel=2e-4, abs=1e-5)


def test_every_part_of_a_scene_learns_and_nothing_else_does():
    """Gaussians that no pixel draws get a gradient of exactly zero."""
    import torch
    from models.splatting import render

    made = scene(20)
    with torch.no_grad():
        made.xyz[7, 2] = -20
    render(made.splats(), camera(), background()).image.square().sum().backward()

    for value in made.parameters():
        assert value.grad.isfinite().all()
        assert value.grad.any()
        assert not value.grad[7].any()
