"""Make a scene that learned a world smaller, step by step, and let whatever it is compared with learn as long."""

from __future__ import annotations

from collections.abc import Callable
from statistics import mean, median

import numpy as np
import torch
from models.gaussian_files import Small
from models.lightgaussian import (
    Codebook,
    distillation_loss,
    kept,
    moved,
    nearest,
    paper_significance,
    pseudo_view,
    sightings,
    significance,
)
from models.splatting import Camera, Gaussians
from torch import Tensor

from lab import metrics
from lab.lessons.splatting import loss, pictures_of
from lab.moment import Moment
from lab.splatted import BACKGROUND, RATE, VIEWS, Beginning, begun, camera_at, image, learnable, views
from lab.teaching import Batch, Lesson, teach
from lab.tensors import to_picture
from lab.traced import larger

CRITERIA = {
    "code": "significance, as in the code",
    "light": "its light alone, without volume",
    "paper": "significance, as in the paper",
    "hits_opacity": "pixels times opacity",
    "hits": "pixels that it is drawn in",
    "opacity": "opacity alone",
    "random": "at random",
}
QUANTISED, CODES, ROUNDS = 0.6, 64, 40  # share of colours that are shared, of how many codes, moved how often
ASIDE = 0.05  # how far pseudo-views lie from true ones, on average and in each direction
WARM_UP = 10  # steps


def scores(scene: Gaussians, world: int) -> dict[str, Tensor]:
    """Return by criterion how important each Gaussian is, (N,), going by the pictures that the scene learned from."""
    splats, rng = scene.splats(), torch.Generator().manual_seed(world)
    seen, scaling, opacity = sightings(splats, views(world)[0]), splats.scaling.detach(), splats.opacity.detach()
    return {
        "code": significance(seen.light, scaling),
        "light": seen.light,
        "paper": paper_significance(seen.paper_light, scaling),
        "hits_opacity": seen.hits * opacity,
        "hits": seen.hits,
        "opacity": opacity,
        "random": torch.rand(len(scene), generator=rng),
    }


@torch.no_grad()
def psnr(scene: Gaussians, world: int, unseen: bool = True) -> float:
    """Return the mean PSNR in dB of a scene's pictures, as they are shown: those it is tested on, or learned from."""
    seen = zip(*views(world, unseen), strict=True)
    return mean(metrics.psnr(to_picture(image(scene, camera)), to_picture(true)) for camera, true in seen)


# --- learning on -----------------------------------------------------------------------------------------------------


def recovered(scene: Gaussians, world: int, steps: int) -> Gaussians:
    """Return the scene after it learned from the pictures of its world for some steps more."""
    return taught(lambda _: learnable(scene.chosen(slice(None))), pictures_of(world), loss, steps)


def from_few(world: int, count: int, steps: int) -> Gaussians:
    """Return a scene that began with few Gaussians and learned for some steps: nothing was pruned."""
    return taught(lambda _: begun(Beginning(world, count)), pictures_of(world), loss, steps)


def distilled(scene: Gaussians, world: int, steps: int, degree: int = 2) -> Gaussians:
    """Return the scene with shorter colours, after it learned from the pictures of the longer ones.

    Two pictures of three are seen from a little aside of the true cameras.
    """

    def prepare(_: int) -> Callable[[np.random.Generator], Batch]:
        def draw(rng: np.random.Generator) -> Batch:
            camera = views(world)[0][int(rng.integers(VIEWS))]
            aside = torch.from_numpy(rng.normal(0, ASIDE, 3)).float() * float(rng.random() < 2 / 3)
            return (pseudo_view(camera, aside).view,)

        return draw

    def apart(student: Gaussians, view: Tensor) -> Tensor:
        return distillation_loss(student.splats(), scene.splats(), camera_at(view), BACKGROUND)

    return taught(lambda _: learnable(scene.chosen(slice(None), degree)), prepare, apart, steps)


def taught(build: Callable, prepare: Callable, lowered: Callable[..., Tensor], steps: int) -> Gaussians:
    """Return what a scene becomes in some steps."""
    lesson = Lesson("", None, build, prepare, lowered, steps, rate=RATE, warm_up=WARM_UP)
    return teach(lesson, steps, torch.device("cpu"), lambda _, __: None).network.chosen(slice(None))


# --- the small file --------------------------------------------------------------------------------------------------


@torch.no_grad()
def shared_colours(scene: Gaussians, importance: Tensor, codes: int = CODES) -> Small:
    """Return the scene as a small file keeps it: colours of the less important ones are shared.

    Codes begin as colours drawn from those, with what they stand for then as their counts. None is renewed, as the
    published code does with ten of its 8,192 each time: of so few, that moves too many.
    """
    own, features = kept(importance, QUANTISED), scene.features.flatten(1)
    shared, weight = features[~own], importance[~own] + importance.mean() * 1e-6
    codes = min(codes, len(shared))
    first = shared[torch.randperm(len(shared), generator=torch.Generator().manual_seed(0))[:codes]]
    counts = torch.zeros(codes).index_add(0, nearest(shared, first), weight / weight.mean())
    book = Codebook(first, counts)
    for _ in range(ROUNDS):
        book, _ = moved(book, shared, weight)
    shapes = torch.cat([scene.opacity, scene.scaling, scene.rotation], dim=1).half()
    table = book.codes.half()
    return Small(scene.xyz.detach(), shapes, own, features[own].half(), table, nearest(shared, table.float()))


# --- speed -----------------------------------------------------------------------------------------------------------


@torch.no_grad()
def frames_per_second(scene: Gaussians, world: int, times: int = 4, tries: int = 3) -> float:
    """Return how many pictures a second are drawn, `times` as wide as those that were learned from.

    Each picture counts as the fastest of some tries, so that other work on the machine does not count.
    """
    cameras = [larger(camera, times) for camera in views(world, unseen=True)[0]]
    return 1 / median(min(seconds_of(scene, camera) for _ in range(tries)) for camera in cameras)


def seconds_of(scene: Gaussians, camera: Camera) -> float:
    """Return how long it takes to draw one picture."""
    start = Moment()
    image(scene, camera)
    return start.passed()
