"""MBPU: points are put between the points of a cloud, then moved to the surface by a network built on Mamba.

Source: Song, Yang, Li, Chen and Fei, "MBPU: A Plug-and-Play State Space Model for Point Cloud Upsamping with Fast Point
Rendering", arXiv 2410.15941, of which no code was published.
A reconstruction: that points are interpolated and refined, that Mamba makes the features, that a distance and a shift
are regressed and that points are rendered is the paper's. Widths, depth, the order in which Mamba reads the points,
what a regressor sees of them, how distance and shift move a point together, and the form and weight of the rendering
are not published; they are ours.

Shapes: B clouds of n points, (B, n, 3), in the unit ball; q queries, (B, q, 3); C channels; k neighbours.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import torch
import torch.nn.functional as F  # noqa: N812 (its usual name)
from torch import Tensor, nn

from models.mamba import Mamba
from models.point_clouds import blended, nearest, taken
from models.space_filling_curves import hilbert

BITS = 10  # of each coordinate, when points are put in an order
SHARP = 10.0  # how suddenly a distance ends at zero: it bends below a tenth of the cloud's spacing


@dataclass(frozen=True)
class MBPUConfig:
    """Sizes and switches, all ours."""

    width: int = 32
    blocks: int = 3
    state: int = 4
    neighbours: int = 16  # that the first layer sees
    mixer: str = "mamba"  # or "mlp", which looks at each point alone: the control


# --- the features -----------------------------------------------------------------------------------------------------


def mlp(*widths: int) -> nn.Sequential:
    """Return linear layers of these widths with ReLU between them."""
    layers: list[nn.Module] = []
    for inputs, outputs in pairwise(widths):
        layers += [nn.Linear(inputs, outputs), nn.ReLU()]
    return nn.Sequential(*layers[:-1])


def along_a_curve(points: Tensor) -> Tensor:
    """Return the order in which Hilbert's curve meets points (B, n, 3), (B, n): neighbours in it are near in space."""
    grid = ((points.clamp(-1, 1) + 1) / 2 * (2**BITS - 1)).long()
    return hilbert(grid, BITS).argsort(dim=-1, stable=True)


def spacing(points: Tensor) -> Tensor:
    """Return how far the points of clouds (B, n, 3) are from their nearest neighbours on average, (B, 1, 1)."""
    pairs = taken(points, nearest(points, points, 2))  # (B, n, 2, 3): itself and the nearest other
    return (pairs[:, :, 1] - points).norm(dim=-1).mean(1)[:, None, None].clamp(min=1e-12)


class Neighbourhood(nn.Module):
    """What each point is like by where its neighbours lie, in spacings of the cloud."""

    def __init__(self, config: MBPUConfig) -> None:
        """Build the map of each neighbour."""
        super().__init__()
        self.neighbours = config.neighbours
        self.each = mlp(6, config.width, config.width)

    def forward(self, points: Tensor) -> Tensor:
        """Return (B, n, C): the largest of what the k neighbours say, so that their order does not matter."""
        near = taken(points, nearest(points, points, min(self.neighbours, points.shape[1])))  # (B, n, k, 3)
        here = points[:, :, None].expand_as(near)
        offset = (near - here) / spacing(points)[..., None]
        return self.each(torch.cat((here, offset), dim=-1)).amax(-2)


class Mixer(nn.Module):
    """A layer that lets points hear each other along the curve, or (as a control) that leaves each alone."""

    def __init__(self, config: MBPUConfig, backwards: bool) -> None:
        """Build it; `backwards` reads the points from the last to the first."""
        super().__init__()
        self.backwards = backwards
        self.norm = nn.LayerNorm(config.width)
        alone = mlp(config.width, 4 * config.width, config.width)
        self.mix = Mamba(config.width, config.state) if config.mixer == "mamba" else alone

    def forward(self, x: Tensor) -> Tensor:
        """Return features (B, n, C) of points that stand in the order of the curve."""
        read = self.norm(x).flip(1) if self.backwards else self.norm(x)
        mixed = self.mix(read)
        return x + (mixed.flip(1) if self.backwards else mixed)


class FeatureExtractor(nn.Module):
    """Densely connected mixers: each block sees what all before it found, through a transition to C channels."""

    def __init__(self, config: MBPUConfig) -> None:
        """Build the first layer, then transitions and mixers; every second mixer reads backwards."""
        super().__init__()
        self.first = Neighbourhood(config)
        depths = range(config.blocks)
        self.transitions = nn.ModuleList(mlp((i + 1) * config.width, config.width) for i in depths)
        self.mixers = nn.ModuleList(Mixer(config, backwards=i % 2 == 1) for i in depths)

    def forward(self, points: Tensor) -> Tensor:
        """Return the features of all depths side by side, (B, n, (blocks + 1) C), shallow to deep."""
        order = along_a_curve(points)  # (B, n)
        found = [taken(self.first(points), order)]
        for transition, mixer in zip(self.transitions, self.mixers, strict=True):
            found.append(mixer(transition(torch.cat(found, dim=-1))))
        return taken(torch.cat(found, dim=-1), order.argsort(-1))  # in the order that was given


# --- the network ------------------------------------------------------------------------------------------------------


class MBPU(nn.Module):
    """How far any place is from the surface that a cloud was taken from, and which way to go."""

    def __init__(self, config: MBPUConfig = MBPUConfig()) -> None:
        """Build the features and the two regressors, which see the query, what is around it, and the whole cloud."""
        super().__init__()
        self.config = config
        self.features = FeatureExtractor(config)
        inputs = 3 + 3 + (config.blocks + 2) * config.width
        self.to_distance = mlp(inputs, 2 * config.width, config.width, config.width // 2, 1)
        self.to_shift = mlp(inputs, 2 * config.width, config.width, config.width // 2, 3)

    def query(self, points: Tensor, features: Tensor, queries: Tensor) -> tuple[Tensor, Tensor]:
        """Return distances (B, q), none below 0, and shifts (B, q, 3) of queries, by the features of the points.

        Offsets go in and answers come out in spacings of the cloud, so that a denser cloud is no other task.
        """
        unit, whole = spacing(points), features[..., -self.config.width :].amax(1, keepdim=True)  # (B, 1, 1), (B, 1, C)
        near = blended(torch.cat((points, features), dim=-1), points, queries)  # (B, q, 3 + (blocks + 1) C)
        place, around = near[..., :3], near[..., 3:]
        everywhere = whole.expand(-1, queries.shape[1], -1)
        seen = torch.cat((queries, (queries - place) / unit, around, everywhere), dim=-1)
        return unit[..., 0] * F.softplus(self.to_distance(seen)[..., 0], beta=SHARP), unit * self.to_shift(seen)

    def forward(self, points: Tensor, queries: Tensor) -> tuple[Tensor, Tensor]:
        """Return distances (B, q) and shifts (B, q, 3) of queries to the surface of clouds (B, n, 3)."""
        return self.query(points, self.features(points), queries)


@torch.no_grad()
def refined(
    network: MBPU,
    points: Tensor,
    queries: Tensor,
    times: int = 4,
    share: float = 0.5,
    trust: float = 0.5,
) -> Tensor:
    """Return queries (B, q, 3) that were moved to the surface of clouds (B, n, 3), each time by a share of the way.

    The clouds are those that were measured; the queries are points between theirs, as many as are wanted. There are two
    opinions of the way: down the slope of the distance, as far as the distance says; and the shift.
    `trust` is the weight of the shift: 0 follows the distance alone, 1 the shift alone. No point goes further in one
    step than the distance that the network sees.
    """
    features = network.features(points)
    for _ in range(times):
        queries = queries + share * way(network, points, features, queries, trust)
    return queries


@torch.enable_grad()
def way(network: MBPU, points: Tensor, features: Tensor, queries: Tensor, trust: float) -> Tensor:
    """Return the way that queries (B, q, 3) should go, in that shape."""
    queries = queries.detach().requires_grad_()
    distance, shift = network.query(points, features, queries)  # (B, q), (B, q, 3)
    (slope,) = torch.autograd.grad(distance.sum(), queries)
    distance, down = distance.detach()[..., None], -F.normalize(slope, dim=-1)
    wanted = (1 - trust) * distance * down + trust * shift.detach()
    return wanted * (distance / wanted.norm(dim=-1, keepdim=True).clamp(min=1e-12)).clamp(max=1)


# --- the renderer -----------------------------------------------------------------------------------------------------


def rendered(points: Tensor, turns: Tensor, side: int = 32, blur: float = 0.7, reach: int = 2) -> Tensor:
    """Return pictures of clouds (B, n, 3) from V sides, (B, V, 2, side, side): how full each pixel is, how far it lies.

    `turns` (V, 3, 3) are rotations; after each, one looks along the third axis. A point is a spot of `blur` pixels that
    touches only the pixels within `reach`, so work grows with the points and not with points times pixels. A pixel is
    1 - exp(-spots) full, between 0 and 1; its depth is the mean of its spots', with near ones weighing more, times how
    full it is. All of it has gradients. What lies outside [-1, 1] is left out.
    """
    seen = torch.einsum("vij,bnj->bvni", turns, points)  # (B, V, n, 3)
    place, depth = (seen[..., :2] + 1) / 2 * (side - 1), (1 - seen[..., 2]) / 2  # pixels; 0 far to 1 near
    window = torch.arange(-reach, reach + 1, device=points.device)
    offsets = torch.cartesian_prod(window, window)  # (W, 2)
    pixel = place.detach().round().long()[..., None, :] + offsets  # (B, V, n, W, 2)
    gap = place[..., None, :] - pixel
    spot = torch.exp(-gap.square().sum(-1) / (2 * blur**2))  # (B, V, n, W)
    inside = ((pixel >= 0) & (pixel < side)).all(-1)
    spot = spot * inside
    index = (pixel.clamp(0, side - 1) * torch.tensor((side, 1), device=points.device)).sum(-1).flatten(2)
    near = spot * torch.exp(8 * depth)[..., None]
    sums = [spot, near, near * depth[..., None]]
    spots, weight, deep = (spot.new_zeros(*index.shape[:2], side**2).scatter_add(2, index, s.flatten(2)) for s in sums)
    full = 1 - torch.exp(-spots)
    return torch.stack((full, full * deep / weight.clamp(min=1e-6)), dim=2).unflatten(-1, (side, side))


def rendering_loss(points: Tensor, wanted: Tensor, turns: Tensor, side: int = 32) -> Tensor:
    """Return how different two clouds (B, n, 3) and (B, m, 3) look: the mean absolute difference of their pictures.

    Clouds of other numbers of points are not equally full; use equal ones.
    """
    return (rendered(points, turns, side) - rendered(wanted, turns, side)).abs().mean()
