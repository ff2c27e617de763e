"""Gaussians that learn a world from its pictures: how they begin, how far each part moves, what they lower."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import lru_cache

import torch
import torch.nn.functional as F  # noqa: N812 (its usual name)
from models.splatting import Camera, Gaussians, from_colour, render
from torch import Tensor, nn
from torch.nn.utils import parametrize

from lab import traced

SIDE = 32  # pixels of a picture
VIEWS, TESTED = 16, 8  # pictures that are learned from, and others
VIEWS_APART = TESTED / VIEWS  # as a share of the way between two of the others, which lie halfway between them
BACKGROUND = torch.zeros(3)
RATE = 0.01  # of Adam; how many times as far each part moves in a step stands here:
MOVES = {"xyz": 0.4, "f_dc": 2.0, "f_rest": 0.3, "opacity": 4.0, "scaling": 2.0, "rotation": 0.6}
ASTRAY, OPACITY = 0.05, 0.15  # how far from the surfaces Gaussians begin, and how much they cover then
WINDOW = 11  # pixels within which SSIM compares


@dataclass(frozen=True)
class Beginning:
    """Of which world, and from how many Gaussians, with colours up to which degree, a scene begins."""

    world: int
    count: int = 1500
    degree: int = 3


# --- scenes ----------------------------------------------------------------------------------------------------------


@torch.no_grad()
def begun(beginning: Beginning) -> Gaussians:
    """Return faint round Gaussians near all surfaces of a world, of its colours, as wide as they lie apart."""
    places, seen = traced.surface(traced.world(beginning.world), beginning.count, beginning.world)
    places += ASTRAY * torch.randn(places.shape, generator=torch.Generator().manual_seed(beginning.world))
    scene = Gaussians(beginning.count, beginning.degree)
    scene.xyz.copy_(places)
    scene.f_dc.copy_(from_colour(seen)[:, None])
    scene.opacity.fill_(math.log(OPACITY / (1 - OPACITY)))
    near = torch.cdist(places, places).topk(4, largest=False).values[:, 1:]
    scene.scaling.copy_(near.mean(-1, keepdim=True).log().expand(-1, 3))
    return learnable(scene)


class Times(nn.Module):
    """Keeps a parameter divided by a number; a step of Adam then moves it that many times as far."""

    def __init__(self, number: float) -> None:
        """Keep the number."""
        super().__init__()
        self.number = number

    def forward(self, kept: Tensor) -> Tensor:
        """Return the parameter."""
        return self.number * kept

    def right_inverse(self, value: Tensor) -> Tensor:
        """Return what is kept of it."""
        return value / self.number


def learnable(scene: Gaussians) -> Gaussians:
    """Return the scene, each part of which now moves as far in a step as MOVES says."""
    for name, number in MOVES.items():
        parametrize.register_parametrization(scene, name, Times(number))
    return scene


# --- pictures --------------------------------------------------------------------------------------------------------


@lru_cache(maxsize=16)
def views(world: int, unseen: bool = False) -> tuple[list[Camera], list[Tensor]]:
    """Return the cameras and the true pictures that a scene of a world learns from, or those that it is tested on."""
    found = traced.cameras(TESTED, SIDE, ahead=VIEWS_APART / 2) if unseen else traced.cameras(VIEWS, SIDE)
    return found, [traced.picture(traced.world(world), camera) for camera in found]


def camera_at(view: Tensor) -> Camera:
    """Return the camera with a matrix (4, 4) from the world to it."""
    return replace(traced.camera(0.0, 0.0, SIDE), view=view)


def image(scene: Gaussians, camera: Camera) -> Tensor:
    """Return the picture of a scene, (3, H, W), 0 or more."""
    return render(scene.splats(), camera, BACKGROUND.to(camera.view.device)).image


def apart(made: Tensor, true: Tensor) -> Tensor:
    """Return what splatting lowers: four fifths mean absolute error, one fifth what SSIM lacks of 1."""
    return 0.8 * F.l1_loss(made, true) + 0.2 * (1 - ssim_learned_by(made, true))


def ssim_learned_by(a: Tensor, b: Tensor) -> Tensor:
    """Return the SSIM that a scene learns by, of pictures (3, H, W) in [0, 1]: it has gradients, and is no measure.

    It weighs the pixels of a window by how near they are to its middle. What is reported elsewhere has even windows:
    `metrics.ssim`.
    """
    steps = torch.arange(WINDOW, device=a.device) - WINDOW // 2
    bell = (-(steps**2) / (2 * 1.5**2)).exp()
    window = (bell[:, None] * bell / bell.sum() ** 2).expand(15, 1, -1, -1)
    means = F.conv2d(torch.cat([a, b, a * a, b * b, a * b])[None], window, groups=15)[0].split(3)
    mean_a, mean_b, mean_aa, mean_bb, mean_ab = means
    same = (2 * mean_a * mean_b + 0.01**2) * (2 * (mean_ab - mean_a * mean_b) + 0.03**2)
    total = (mean_a**2 + mean_b**2 + 0.01**2) * (mean_aa - mean_a**2 + mean_bb - mean_b**2 + 0.03**2)
    return (same / total).mean()
