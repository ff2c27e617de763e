"""A little world whose pictures are known exactly: shiny balls on a checked disc under a sky, traced ray by ray."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import lru_cache

import torch
import torch.nn.functional as F  # noqa: N812 (its usual name)
from models.splatting import Camera, view_of
from torch import Tensor

FOV = 0.9  # radians
DISTANCE = 4.2  # of the cameras from the middle
DISC, CHECK = 2.4, 0.8  # radius of the disc and side of its checks
SKY = 14.0  # radius of the sky, a sphere around all
LIGHT = F.normalize(torch.tensor([0.5, 1.0, 0.3]), dim=0)
FINER = 3  # rays across and down for each pixel
NOWHERE = 1e6  # how far a ray goes that hits nothing


@dataclass(frozen=True)
class World:
    """Balls on the disc; up is y."""

    middles: Tensor  # (B, 3)
    radii: Tensor  # (B,)
    colours: Tensor  # (B, 3)


@lru_cache(maxsize=8)
def world(seed: int, balls: int = 4) -> World:
    """Return balls of some sizes and colours around the middle of the disc; the same seed gives the same."""
    rng = torch.Generator().manual_seed(seed)
    turn = (torch.arange(balls) + 0.6 * torch.rand(balls, generator=rng)) * 2 * math.pi / balls
    radii = 0.3 + 0.3 * torch.rand(balls, generator=rng)
    away = 0.9 + 0.6 * torch.rand(balls, generator=rng)
    middles = torch.stack([away * turn.cos(), radii, away * turn.sin()], dim=-1)
    return World(middles, radii, 0.15 + 0.75 * torch.rand(balls, 3, generator=rng))


# --- cameras ---------------------------------------------------------------------------------------------------------


def camera(turn: float, height: float, side: int) -> Camera:
    """Return a camera that looks at the world from one side (radians) and a height above the ground (radians)."""
    eye = DISTANCE * torch.tensor(
        [math.cos(height) * math.cos(turn), math.sin(height), math.cos(height) * math.sin(turn)]
    )
    forward = F.normalize(torch.tensor([0.0, 0.3, 0.0]) - eye, dim=0)
    right = F.normalize(torch.linalg.cross(forward, torch.tensor([0.0, 1.0, 0.0])), dim=0)
    down = torch.linalg.cross(forward, right)
    rotation = torch.stack([right, down, forward], dim=1)
    return Camera(view_of(rotation, -eye @ rotation), side, side, FOV, FOV)


def cameras(count: int, side: int, ahead: float = 0.0) -> list[Camera]:
    """Return cameras on a spiral around the world, each moved ahead by a share of the way to the next."""
    places = [(i + ahead) / count for i in range(count)]
    return [camera(2 * math.pi * 2.4 * share, 0.25 + 0.6 * share, side) for share in places]


def larger(seeing: Camera, times: int) -> Camera:
    """Return the same camera with a picture that has `times` as many pixels each way."""
    return replace(seeing, width=times * seeing.width, height=times * seeing.height)


# --- pictures --------------------------------------------------------------------------------------------------------


def picture(here: World, seeing: Camera) -> Tensor:
    """Return the true picture, (3, H, W) in [0, 1]: each pixel the mean of nine rays."""
    fine = larger(seeing, FINER)
    y, x = torch.meshgrid(torch.arange(fine.height), torch.arange(fine.width), indexing="ij")
    across = (2 * x + 1 - fine.width) / fine.width * math.tan(fine.fovx / 2)
    down = (2 * y + 1 - fine.height) / fine.height * math.tan(fine.fovy / 2)
    rays = F.normalize(torch.stack([across, down, torch.ones_like(across)], dim=-1).flatten(0, 1), dim=-1)
    seen = colours(here, fine.centre, rays @ fine.view[:3, :3].mT)
    return F.avg_pool2d(seen.unflatten(0, (fine.height, fine.width)).permute(2, 0, 1), FINER)


def colours(here: World, eye: Tensor, rays: Tensor) -> Tensor:
    """Return what rays (R, 3) of length 1 from one place see: colours (R, 3) in [0, 1]."""
    far, ball = ball_ahead(here, eye, rays)
    down = torch.where(rays[:, 1] < 0, -eye[1] / rays[:, 1], NOWHERE)
    on_disc = (eye + down[:, None] * rays)[:, ::2].norm(dim=-1) < DISC
    down = torch.where(on_disc, down, NOWHERE)
    ground, dome = eye + down[:, None] * rays, eye + to_sky(eye, rays)[:, None] * rays
    on_ball = shiny(here, eye + far[:, None] * rays, ball, rays)
    nearest = torch.stack([far, down, torch.full_like(far, NOWHERE / 2)]).argmin(0)
    return torch.stack([on_ball, checks(here, ground), sky(dome)]).gather(0, nearest.expand(3, -1).T[None])[0]


def ball_ahead(here: World, eye: Tensor, rays: Tensor) -> tuple[Tensor, Tensor]:
    """Return how far away each ray meets a ball, and which; NOWHERE if it meets none."""
    apart = here.middles - eye  # (B, 3)
    along = rays @ apart.mT  # (R, B)
    under = along**2 - (apart**2).sum(-1) + here.radii**2
    far = torch.where((under > 0) & (along > 0), along - under.clamp(min=0).sqrt(), NOWHERE)
    return far.min(-1)


def to_sky(eye: Tensor, rays: Tensor) -> Tensor:
    """Return how far away each ray from within meets the sky."""
    along = rays @ eye
    return -along + (along**2 - eye @ eye + SKY**2).sqrt()


def shiny(here: World, places: Tensor, ball: Tensor, rays: Tensor) -> Tensor:
    """Return the colours of places on balls: lit from LIGHT, with a highlight that moves with the eye."""
    normal = F.normalize(places - here.middles[ball], dim=-1)
    light = 0.35 + 0.65 * (normal @ LIGHT).clamp(min=0)
    halfway = F.normalize(LIGHT - rays, dim=-1)
    highlight = 0.6 * (normal * halfway).sum(-1).clamp(min=0) ** 25
    return (here.colours[ball] * light[:, None] + highlight[:, None]).clamp(max=1)


def checks(here: World, places: Tensor) -> Tensor:
    """Return the colours of places on the disc; the balls keep the light from it."""
    even = (places[:, [0, 2]] / CHECK).floor().sum(-1) % 2
    tint = torch.where(even[:, None] > 0, places.new_tensor([0.85, 0.8, 0.7]), places.new_tensor([0.25, 0.35, 0.3]))
    shadow = ball_ahead_of_each(here, places)
    return tint * torch.where(shadow, 0.45, 1.0)[:, None]


def ball_ahead_of_each(here: World, places: Tensor) -> Tensor:
    """Return which places (P, 3) lie in the shadow of a ball."""
    apart = here.middles - places[:, None]  # (P, B, 3)
    along = apart @ LIGHT
    return ((along > 0) & (along**2 > (apart**2).sum(-1) - here.radii**2)).any(-1)


def sky(places: Tensor) -> Tensor:
    """Return the colours of places on the sky: lighter towards the ground, with a few broad hills."""
    height = places[:, 1] / SKY
    turn = torch.atan2(places[:, 2], places[:, 0])
    hills = 0.06 * (3 * turn).sin() + 0.05 * (7 * turn + 1).sin()
    above = torch.stack([0.75 - 0.5 * height, 0.85 - 0.35 * height, 0.95 - 0.1 * height], dim=-1)
    below = torch.stack([0.45 + 0.1 * (5 * turn).sin(), 0.5 + 0 * turn, 0.4 + 0 * turn], dim=-1)
    return torch.where((height > hills)[:, None], above, below).clamp(0, 1)


# --- where the surfaces are ------------------------------------------------------------------------------------------


def surface(here: World, count: int, seed: int) -> tuple[Tensor, Tensor]:
    """Return places on all surfaces and their colours, (count, 3) each: two fifths balls, two fifths disc, the sky."""
    rng = torch.Generator().manual_seed(seed)
    balls, disc = 2 * count // 5, 2 * count // 5
    share = here.radii**2 / (here.radii**2).sum()
    ball = torch.multinomial(share, balls, replacement=True, generator=rng)
    normal = F.normalize(torch.randn(balls, 3, generator=rng), dim=-1)
    on_balls = here.middles[ball] + here.radii[ball, None] * normal
    away, turn = DISC * torch.rand(disc, generator=rng).sqrt(), 2 * math.pi * torch.rand(disc, generator=rng)
    on_disc = torch.stack([away * turn.cos(), torch.zeros(disc), away * turn.sin()], dim=-1)
    on_sky = F.normalize(torch.randn(count - balls - disc, 3, generator=rng), dim=-1) * SKY
    seen = shiny(here, on_balls, ball, -normal), checks(here, on_disc), sky(on_sky)
    return torch.cat([on_balls, on_disc, on_sky]), torch.cat(seen)
