"""Grad-PU: points are put between the points of a cloud, then go down the distance to the surface that a network sees.

Source: He, Tang, Zhang, Xue and Fu, "Grad-PU: Arbitrary-Scale Point Cloud Upsampling via Gradient Descent with Learned
Distance Functions", CVPR 2023; the graph and the names are those of models/ and test.py in the repository
yunhe20/Grad-PU.
Differs from the repository: neighbours and far points are found with PyTorch alone, in models/point_clouds.py; the
number of points may be any; it runs on any device.

Shapes: B clouds of n points, (B, 3, n) as in the checkpoint's convolutions, q queries, k neighbours, C features.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from einops import rearrange
from torch import Tensor, nn

from models.point_clouds import blended, farthest, framed, nearest, taken


@dataclass(frozen=True)
class P2PNetConfig:
    """Sizes; the defaults are those of the official checkpoints."""

    k: int = 16  # neighbours that a point hears, itself among them
    block_num: int = 3
    layer_num: int = 3
    feat_dim: int = 32
    bn_size: int = 1  # width of the bottleneck, in growth_rate
    growth_rate: int = 32


def normalised(inputs: int, outputs: int, dims: int = 1) -> nn.Sequential:
    """Return a map of each point's (or, in two dimensions, each neighbour's) features, with norm and ReLU."""
    convolution, norm = ((nn.Conv1d, nn.BatchNorm1d), (nn.Conv2d, nn.BatchNorm2d))[dims - 1]
    return nn.Sequential(convolution(inputs, outputs, 1), norm(outputs), nn.ReLU())


class PointConv(nn.Module):
    """A convolution over neighbours, weighted by where they lie."""

    def __init__(self, inputs: int, outputs: int) -> None:
        """Build the three maps."""
        super().__init__()
        self.conv_delta = normalised(3, outputs, dims=2)
        self.conv_feats = normalised(inputs, outputs, dims=2)
        self.post_conv = normalised(outputs, outputs, dims=2)

    def forward(self, features: Tensor, points: Tensor, index: Tensor) -> Tensor:
        """Return what points (B, 3, n) hear, (B, C, n), from the neighbours that index (B, n, k) names."""
        offset = of_neighbours(points, index) - points[..., None]  # (B, 3, n, k)
        heard = self.conv_delta(offset) * self.conv_feats(of_neighbours(features, index))  # (B, C, n, k)
        return self.post_conv(heard).sum(-1)


def of_neighbours(values: Tensor, index: Tensor) -> Tensor:
    """Return the values (B, C, n) of each point's neighbours, (B, C, n, k)."""
    return rearrange(taken(values.mT, index), "b n k c -> b c n k")


class DenseLayer(nn.Module):
    """A layer that appends what its neighbours say to what a point knows."""

    def __init__(self, inputs: int, config: P2PNetConfig) -> None:
        """Build a bottleneck and the convolution."""
        super().__init__()
        middle = config.bn_size * config.growth_rate
        self.conv_bottle = normalised(inputs, middle)
        self.point_conv = PointConv(middle, config.growth_rate)

    def forward(self, features: Tensor, points: Tensor, index: Tensor) -> Tensor:
        """Return features (B, C, n) with growth_rate more of them."""
        heard = self.point_conv(self.conv_bottle(features), points, index)
        return torch.cat((features, heard), dim=1)


class DenseUnit(nn.Module):
    """Layers that each see the outcome of all before them."""

    def __init__(self, config: P2PNetConfig) -> None:
        """Build the layers."""
        super().__init__()
        widths = [config.feat_dim + i * config.growth_rate for i in range(config.layer_num)]
        self.dense_layers = nn.ModuleList(DenseLayer(width, config) for width in widths)

    def forward(self, features: Tensor, points: Tensor, index: Tensor) -> Tensor:
        """Return (B, feat_dim + layer_num growth_rate, n)."""
        for layer in self.dense_layers:
            features = layer(features, points, index)
        return features


class Transition(nn.Module):
    """The way back to feat_dim features."""

    def __init__(self, config: P2PNetConfig) -> None:
        """Build the map."""
        super().__init__()
        self.trans = normalised(config.feat_dim + config.layer_num * config.growth_rate, config.feat_dim)

    def forward(self, features: Tensor) -> Tensor:
        """Return (B, feat_dim, n)."""
        return self.trans(features)


class FeatureExtractor(nn.Module):
    """What each point of a cloud is like, at several depths."""

    def __init__(self, config: P2PNetConfig) -> None:
        """Build the first map and the blocks."""
        super().__init__()
        self.k = config.k
        self.conv_init = normalised(3, config.feat_dim)
        self.dense_blocks = nn.ModuleList(
            nn.ModuleList((DenseUnit(config), Transition(config))) for _ in range(config.block_num)
        )

    def forward(self, points: Tensor) -> list[Tensor]:
        """Return the features of points (B, 3, n) from shallow to deep, (B, feat_dim, n) each."""
        index = nearest(points.mT, points.mT, self.k)  # (B, n, k), the same at all depths
        found = [self.conv_init(points)]
        for unit, transition in self.dense_blocks:
            found.append(transition(unit(found[-1], points, index)))
        return found


class P2PRegressor(nn.Module):
    """How far a query is from the surface, by what the cloud is like around it."""

    def __init__(self, config: P2PNetConfig) -> None:
        """Build the four maps; their inputs are the query, the features of all depths, and those of the cloud."""
        super().__init__()
        widths = (3 + (config.block_num + 2) * config.feat_dim, 64, 32, 16, 1)
        for i in range(4):
            setattr(self, f"mlp_{i}", nn.Conv1d(widths[i], widths[i + 1], 1))

    def forward(self, found: Tensor) -> Tensor:
        """Return distances, (B, 1, q), none below 0: a query for which 0 is predicted has arrived."""
        for i in range(4):
            found = getattr(self, f"mlp_{i}")(found).relu()
        return found


class P2PNet(nn.Module):
    """The distance from any place to the surface that a cloud was taken from."""

    def __init__(self, config: P2PNetConfig = P2PNetConfig()) -> None:
        """Build the layers in the order of the checkpoint."""
        super().__init__()
        self.feature_extractor = FeatureExtractor(config)
        self.p2p_regressor = P2PRegressor(config)

    def features(self, points: Tensor) -> tuple[list[Tensor], Tensor]:
        """Return what points (B, 3, n) are like at each depth, (B, C, n) each, and what the cloud is like, (B, C)."""
        local = self.feature_extractor(points)
        return local, local[-1].amax(-1)

    def distance(self, points: Tensor, local: list[Tensor], whole: Tensor, queries: Tensor) -> Tensor:
        """Return the distances of queries (B, 3, q), (B, 1, q), by the features of the cloud."""
        near = blended(torch.cat(local, dim=1).mT, points.mT, queries.mT).mT  # (B, depths C, q)
        return self.p2p_regressor(torch.cat((queries, near, whole[..., None].expand(-1, -1, queries.shape[-1])), dim=1))

    def forward(self, points: Tensor, queries: Tensor) -> Tensor:
        """Return how far queries (B, 3, q) are from the surface of clouds (B, 3, n), (B, 1, q)."""
        return self.distance(points, *self.features(points), queries)


def descended(network: P2PNet, points: Tensor, queries: Tensor, step: float, times: int) -> Tensor:
    """Return queries (B, 3, q) after `times` steps down the mean of their distances; the clouds (B, 3, n) stay.

    The mean is over all clouds together, so a point moves by step / (B q) times the slope of its own distance.
    """
    with torch.no_grad():
        features = network.features(points)
    for _ in range(times):
        queries = queries - step * slope(network, points, features, queries)
    return queries


@torch.enable_grad()
def slope(network: P2PNet, points: Tensor, features: tuple[list[Tensor], Tensor], queries: Tensor) -> Tensor:
    """Return how the mean of all distances rises with each coordinate of the queries (B, 3, q), in that shape."""
    queries = queries.detach().requires_grad_()
    return torch.autograd.grad(network.distance(points, *features, queries).mean(), queries)[0]


def middles(points: Tensor, size: int, cover: float = 3) -> Tensor:
    """Return the middles of so many pieces of one cloud (1, 3, n) that a point is in `cover` on average, (1, 3, P)."""
    count = int(points.shape[-1] / size * cover)
    return taken(points.mT, farthest(points.mT, count)).mT


def refined(network: P2PNet, points: Tensor, size: int, step: float, times: int, cover: float = 3) -> Tensor:
    """Return the points of all refined pieces of one cloud (1, 3, n), piece by piece, (1, 3, P size), unsampled.

    A piece is the `size` points nearest to its middle. It is brought into the unit ball, goes down the distances that
    are seen there, and is brought back.
    """
    index = nearest(middles(points, size, cover).mT, points.mT, size)  # (1, P, size)
    pieces, centre, radius = framed(taken(points.mT, index)[0])  # (P, size, 3)
    moved = descended(network, pieces.mT, pieces.mT, step, times)
    return rearrange(moved.mT * radius + centre, "p n c -> 1 c (p n)")


def updated(network: P2PNet, points: Tensor, size: int, step: float, times: int, cover: float = 3) -> Tensor:
    """Return one cloud (1, 3, n) refined by pieces of `size` points that overlap: as many points as before."""
    merged = refined(network, points, size, step, times, cover).mT
    return taken(merged, farthest(merged, points.shape[-1])).mT
