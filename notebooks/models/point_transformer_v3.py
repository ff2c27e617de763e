"""Point Transformer V3: learns about each point of a cloud from the points near it on space-filling curves.

Source: Wu et al., "Point Transformer V3: Simpler, Faster, Stronger", CVPR 2024, arXiv 2312.10035; graph and names are
those of model.py in the repository Pointcept/PointTransformerV3, the five stages of the released code included. The
convolution is that of Graham, Engelcke and van der Maaten, "3D Semantic Segmentation with Submanifold Sparse
Convolutional Networks", CVPR 2018, with its weight laid out as in the library spconv 2: (out, kx, ky, kz, in), kx along
x.
Differs from the repository: curves are shuffled while learning alone, by one switch, so that answers repeat; a decoder
stage cuts its patches as the encoder stage of its resolution; attention is always fused and has no table of relative
positions; points are cells of a grid and carry nothing but features; cells that touch are looked up by a sorted key and
gathered in plain tensor operations, so that it runs wherever tensors do.

Shapes: N points of all clouds together, in cells of a grid, one point a cell; O orders; C channels, h heads of d
channels each (C = h d), P patches of K points, M places in patches (M = N, or more where copies fill a patch up); a
kernel of k x k x k cells.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import accumulate, groupby, product
from typing import NamedTuple

import torch
import torch.nn.functional as F  # noqa: N812 (its usual name)
from torch import Tensor, nn

from models.space_filling_curves import codes

ROWS = 2**14  # cells whose neighbours are gathered at a time


@dataclass(frozen=True)
class PTv3Config:
    """Sizes; the defaults are those of the network with 46,166,272 parameters.

    Attributes:
        enable_flash: patches as FlashAttention allows them: a small cloud is one short patch. Without it no patch of
            any cloud is longer than the smallest cloud.
        stale_sparse_feat: the position convolution of later blocks reads the MLP branch of the block before, as the
            official code did up to version 1.5.1, with which the published weights were trained.
        cls_mode: no decoder; the answer is that of the coarsest points.
    """

    in_channels: int = 6
    order: tuple[str, ...] = ("z", "z-trans", "hilbert", "hilbert-trans")
    stride: tuple[int, ...] = (2, 2, 2, 2)
    enc_depths: tuple[int, ...] = (2, 2, 2, 6, 2)
    enc_channels: tuple[int, ...] = (32, 64, 128, 256, 512)
    enc_num_head: tuple[int, ...] = (2, 4, 8, 16, 32)
    enc_patch_size: tuple[int, ...] = (1024, 1024, 1024, 1024, 1024)
    dec_depths: tuple[int, ...] = (2, 2, 2, 2)
    dec_channels: tuple[int, ...] = (64, 64, 128, 256)
    dec_num_head: tuple[int, ...] = (4, 4, 8, 16)
    mlp_ratio: int = 4
    drop_path: float = 0.3
    shuffle_orders: bool = True
    enable_flash: bool = False
    stale_sparse_feat: bool = False
    cls_mode: bool = False


# --- points in rows: serialisation, patches with their padding, grid pooling ------------------------------------------


@dataclass(frozen=True)
class Patches:
    """How a row of points is cut into patches.

    Attributes:
        pad: (M,) the place in the row of each place in the patches.
        unpad: (N,) the place in the patches of each place in the row.
        lengths: how long each patch is.
    """

    pad: Tensor
    unpad: Tensor
    lengths: tuple[int, ...]


def patches(counts: Sequence[int], size: int) -> Patches:
    """Cut a row of clouds with so many points each into patches of `size` points, cloud by cloud.

    The missing places of a cloud's last patch take the points at the same places of the patch before; a cloud of at
    most `size` points is one short patch.
    """
    pad, unpad, lengths, start, place = [], [], [], 0, 0
    for count in counts:
        many = -(-count // size) if count > size else 1
        length = size if count > size else count
        places = torch.arange(many * length)
        pad.append(start + torch.where(places < count, places, places - length))
        unpad.append(place + places[:count])
        lengths += [length] * many
        start, place = start + count, place + many * length
    return Patches(torch.cat(pad), torch.cat(unpad), tuple(lengths))


@dataclass(frozen=True)
class SerializedClouds:
    """Points of one or more clouds at one resolution, with the rows that the curves put them in.

    Attributes:
        grid: (N, 3) the cell of each point, from 0 on.
        batch: (N,) the cloud of each point.
        depth: bits of a coordinate.
        code: (O, N) the place of each point on each curve, cloud after cloud.
        order: (O, N) the points along each curve.
        inverse: (O, N) the place of each point along each curve.
    """

    grid: Tensor
    batch: Tensor
    depth: int
    code: Tensor
    order: Tensor
    inverse: Tensor
    found: dict[int, Tensor] = field(default_factory=dict, repr=False, compare=False)

    @cached_property
    def counts(self) -> list[int]:
        """The number of points of each cloud."""
        return [count for count in self.batch.bincount().tolist() if count]

    def neighbours(self, side: int) -> Tensor:
        """Return the point at each place of a kernel around each point, (N, side^3); looked up once."""
        if side not in self.found:
            self.found[side] = neighbours(self.grid, self.batch, side)
        return self.found[side]

    def patches(self, size: int, shared: bool) -> Patches:
        """Return the patches of any of the rows; where `shared`, none is longer than the smallest cloud."""
        cut = patches(self.counts, min(size, *self.counts) if shared else size)
        return replace(cut, pad=cut.pad.to(self.grid.device), unpad=cut.unpad.to(self.grid.device))

    def with_orders(self, places: Tensor) -> SerializedClouds:
        """Return the same with the curves in another sequence."""
        return replace(self, code=self.code[places], order=self.order[places], inverse=self.inverse[places])

    def joined(self, bits: int) -> tuple[SerializedClouds, Tensor]:
        """Return one point for each block of 2^bits cells a side, and the block of each point, (N,).

        Blocks are sorted by their code on the first curve. Where fewer than `bits` bits are left no points are joined,
        and sorting is all that happens.
        """
        bits = bits if bits <= self.depth else 0
        _, block, many = (self.code[0] >> 3 * bits).unique(return_inverse=True, return_counts=True)
        first = block.argsort()[many.cumsum(0) - many]  # a point of each block
        grid, code = self.grid[first] >> bits, self.code[:, first] >> 3 * bits
        return in_rows(grid, self.batch[first], self.depth - bits, code), block


def serialized(grid: Tensor, batch: Tensor, orders: Sequence[str]) -> SerializedClouds:
    """Put points in cells (N, 3) of the clouds `batch` (N,), both int64 from 0 on, in rows along the curves `orders`.

    Raises:
        ValueError: two points of a cloud lie in one cell, a coordinate is negative, or there are too many bits.
    """
    if not len(grid) or int(grid.min()) < 0:
        raise ValueError("cells are wanted whose coordinates are 0 or more; subtract the least of each cloud")
    depth = int(grid.max()).bit_length()
    clouds = in_rows(grid, batch, depth, torch.stack([codes(grid, batch, depth, name) for name in orders]))
    along = clouds.code[0][clouds.order[0]]
    if bool((along[1:] == along[:-1]).any()):
        raise ValueError("two points lie in one cell; keep one point of each cell")
    return clouds


def in_rows(grid: Tensor, batch: Tensor, depth: int, code: Tensor) -> SerializedClouds:
    """Return points with codes (O, N), sorted by each of them."""
    order = code.argsort()
    places = torch.arange(code.shape[1], device=code.device).expand_as(code)
    inverse = torch.empty_like(order).scatter_(1, order, places)
    return SerializedClouds(grid, batch, depth, code, order, inverse)


# --- what touches a point: a convolution over the occupied cells alone ------------------------------------------------


def neighbours(grid: Tensor, batch: Tensor, side: int) -> Tensor:
    """Return the row of the cell at each place of a kernel around each cell (N, 3) of the clouds `batch` (N,).

    Each row of the answer (N, side^3) runs through the places, z fastest; N stands for an empty cell.
    """
    reach, width = side // 2, int(grid.max()) + side  # a margin, so that no key means a cell of the next row
    x, y, z = (grid + reach).unbind(-1)
    known, row = (((batch * width + x) * width + y) * width + z).sort()  # (N,)
    found = []
    for dx, dy, dz in product(range(-reach, reach + 1), repeat=3):
        wanted = known + (dx * width + dy) * width + dz
        place = torch.searchsorted(known, wanted).clamp(max=len(known) - 1)
        found.append(torch.where(known[place] == wanted, row[place], len(known)))
    return torch.stack(found, dim=1)[row.argsort()]


class SubmanifoldConvolution(nn.Module):
    """A convolution whose answers stand where its inputs stand; `side` is odd."""

    def __init__(self, inputs: int, outputs: int, side: int, bias: bool = True) -> None:
        """Build the kernel, drawn as a dense convolution's."""
        super().__init__()
        self.side = side
        self.weight = nn.Parameter(torch.empty(outputs, side, side, side, inputs))
        self.bias = nn.Parameter(torch.zeros(outputs)) if bias else None
        bound = (inputs * side**3) ** -0.5
        nn.init.uniform_(self.weight, -bound, bound)

    def forward(self, x: Tensor, near: Tensor) -> Tensor:
        """Map (N, inputs) to (N, outputs), given what `neighbours` found for cells and this side."""
        kernel, known = self.weight.flatten(1), torch.cat([x, x.new_zeros(1, x.shape[1])])  # an empty cell is zero
        answers = []
        for part in near.split(ROWS):
            heard = known.index_select(0, part.flatten()).view(len(part), -1)  # (rows, side^3 inputs)
            answers.append(nn.functional.linear(heard, kernel, self.bias))
        return torch.cat(answers)


# --- the stem ---------------------------------------------------------------------------------------------------------


def normalised(channels: int) -> nn.BatchNorm1d:
    """Return the normalisation of stem, pooling and unpooling."""
    return nn.BatchNorm1d(channels, eps=1e-3, momentum=0.01)


class Embedding(nn.Module):
    """What each point begins with: a wide convolution over the cells around it."""

    def __init__(self, inputs: int, channels: int) -> None:
        """Build the stem."""
        super().__init__()
        self.stem = nn.ModuleDict(
            {"conv": SubmanifoldConvolution(inputs, channels, 5, bias=False), "norm": normalised(channels)}
        )

    def forward(self, x: Tensor, clouds: SerializedClouds) -> Tensor:
        """Map (N, inputs) to (N, C)."""
        return F.gelu(self.stem["norm"](self.stem["conv"](x, clouds.neighbours(5))))


# --- a block: position (xCPE), attention in patches, MLP --------------------------------------------------------------


class SerializedAttention(nn.Module):
    """Attention inside patches of points that follow each other on one curve."""

    def __init__(self, channels: int, heads: int, patch_size: int, enable_flash: bool) -> None:
        """Build the projections.

        Raises:
            ValueError: the channels cannot be shared among the heads.
        """
        super().__init__()
        if channels % heads:
            raise ValueError(f"{channels} channels cannot be shared among {heads} heads")
        self.heads, self.patch_size, self.enable_flash = heads, patch_size, enable_flash
        self.qkv = nn.Linear(channels, 3 * channels)
        self.proj = nn.Linear(channels, channels)

    def forward(self, x: Tensor, clouds: SerializedClouds, curve: int) -> Tensor:
        """Return what each point of (N, C) learns from its patch on the curve of that number, (N, C)."""
        cut = clouds.patches(self.patch_size, shared=not self.enable_flash)
        row = self.qkv(x)[clouds.order[curve][cut.pad]]  # (M, 3 C): copies of points fill the last patches up
        runs = [(length, len(list(run))) for length, run in groupby(cut.lengths)]
        parts = row.split([length * many for length, many in runs])
        learned = [self.attend(part, length) for part, (length, _) in zip(parts, runs, strict=True)]
        return self.proj(torch.cat(learned)[cut.unpad[clouds.inverse[curve]]])  # (N, C)

    def attend(self, qkv: Tensor, length: int) -> Tensor:
        """Return the answers (P K, C) of patches that are all `length` = K long, given (P K, 3 C)."""
        split = qkv.unflatten(0, (-1, length)).unflatten(-1, (3, self.heads, -1))  # (P, K, 3, h, d)
        q, k, v = split.permute(2, 0, 3, 1, 4)  # (P, h, K, d)
        return F.scaled_dot_product_attention(q, k, v).transpose(1, 2).flatten(2).flatten(0, 1)


class MLP(nn.Module):
    """Two layers for each point alone."""

    def __init__(self, channels: int, hidden: int) -> None:
        """Build the layers."""
        super().__init__()
        self.fc1 = nn.Linear(channels, hidden)
        self.fc2 = nn.Linear(hidden, channels)

    def forward(self, x: Tensor) -> Tensor:
        """Map (N, C) to (N, C)."""
        return self.fc2(F.gelu(self.fc1(x)))


class DropPath(nn.Module):
    """Leaves a branch out for some points while learning, and makes up for it in the others."""

    def __init__(self, rate: float) -> None:
        """Set the share of points."""
        super().__init__()
        self.rate = rate

    def forward(self, branch: Tensor) -> Tensor:
        """Return (N, C) with whole rows at zero."""
        if not self.training or self.rate == 0:
            return branch
        kept = torch.rand(len(branch), 1, device=branch.device) >= self.rate
        return branch * kept / (1 - self.rate)


class Block(nn.Module):
    """Position (xCPE), attention and MLP, each added to what a point knows."""

    def __init__(self, channels: int, heads: int, patch_size: int, drop: float, config: PTv3Config) -> None:
        """Build the layers under the names of the checkpoint."""
        super().__init__()
        self.stale = config.stale_sparse_feat
        conv = SubmanifoldConvolution(channels, channels, 3)
        self.cpe = nn.ModuleList([conv, nn.Linear(channels, channels), nn.LayerNorm(channels)])
        self.norm1 = nn.Sequential(nn.LayerNorm(channels))
        self.attn = SerializedAttention(channels, heads, patch_size, config.enable_flash)
        self.norm2 = nn.Sequential(nn.LayerNorm(channels))
        self.mlp = nn.Sequential(MLP(channels, config.mlp_ratio * channels))
        self.drop_path = DropPath(drop)

    def forward(self, x: Tensor, seen: Tensor, clouds: SerializedClouds, curve: int) -> tuple[Tensor, Tensor]:
        """Return (N, C) with what was learned, and what the convolution of the next block sees.

        `seen` (N, C) is what this block's convolution sees; it is not x where a decoder stage begins.
        """
        conv, linear, norm = self.cpe
        x = x + norm(linear(conv(seen, clouds.neighbours(3))))
        x = x + self.drop_path(self.attn(self.norm1(x), clouds, curve))
        branch = self.drop_path(self.mlp(self.norm2(x)))
        return x + branch, branch if self.stale else x + branch


# --- between stages ---------------------------------------------------------------------------------------------------


class SerializedPooling(nn.Module):
    """One point for the points of each block of cells: the maximum of what they know."""

    def __init__(self, inputs: int, outputs: int, stride: int) -> None:
        """Build the projection; the stride is a power of two."""
        super().__init__()
        self.bits = stride.bit_length() - 1
        self.proj = nn.Linear(inputs, outputs)
        self.norm = nn.Sequential(normalised(outputs))

    def forward(self, x: Tensor, clouds: SerializedClouds) -> tuple[Tensor, SerializedClouds, Tensor]:
        """Map (N, inputs) to (fewer, outputs); return it, its clouds, and the block of each of the N points."""
        fewer, block = clouds.joined(self.bits)
        y = self.proj(x)  # (N, outputs)
        pooled = y.new_empty(len(fewer.grid), y.shape[1])
        pooled = pooled.scatter_reduce(0, block[:, None].expand_as(y), y, "amax", include_self=False)
        return F.gelu(self.norm(pooled)), fewer, block


class SerializedUnpooling(nn.Module):
    """Each point hears again from the block that it was joined into."""

    def __init__(self, inputs: int, skipped: int, outputs: int) -> None:
        """Build the projections of the blocks and of the points."""
        super().__init__()
        self.proj = nn.Sequential(nn.Linear(inputs, outputs), normalised(outputs), nn.GELU())
        self.proj_skip = nn.Sequential(nn.Linear(skipped, outputs), normalised(outputs), nn.GELU())

    def forward(self, x: Tensor, skip: Tensor, block: Tensor) -> tuple[Tensor, Tensor]:
        """Map blocks (fewer, inputs) and points (N, skipped) to (N, outputs): the sum, and the points' part alone."""
        own = self.proj_skip(skip)
        return self.proj(x)[block] + own, own


# --- the network ------------------------------------------------------------------------------------------------------


class Level(NamedTuple):
    """Points at one resolution: what the encoder knows of them, and the block of each point of the level before."""

    x: Tensor
    clouds: SerializedClouds
    block: Tensor | None


class PointTransformerV3(nn.Module):
    """The network: an encoder to ever fewer points, and a decoder back to all of them."""

    def __init__(self, config: PTv3Config = PTv3Config()) -> None:
        """Build the layers under the names of the checkpoint; stages are called enc0, dec0 and so on."""
        super().__init__()
        self.config = config
        c, stages = config, len(config.enc_depths)
        self.embedding = Embedding(c.in_channels, c.enc_channels[0])
        self.enc, self.dec = nn.ModuleDict(), nn.ModuleDict()
        rates = rising(c.drop_path, c.enc_depths)
        for s in range(stages):
            self.enc[f"enc{s}"] = stage = nn.ModuleDict()
            if s:
                stage["down"] = SerializedPooling(c.enc_channels[s - 1], c.enc_channels[s], c.stride[s - 1])
            stage.update(self.blocks(c.enc_channels[s], c.enc_num_head[s], c.enc_patch_size[s], rates[s]))
        if c.cls_mode:
            return
        widths, rates = (*c.dec_channels, c.enc_channels[-1]), rising(c.drop_path, c.dec_depths)
        for s in reversed(range(stages - 1)):
            self.dec[f"dec{s}"] = stage = nn.ModuleDict()
            stage["up"] = SerializedUnpooling(widths[s + 1], c.enc_channels[s], widths[s])
            stage.update(self.blocks(widths[s], c.dec_num_head[s], c.enc_patch_size[s], rates[s][::-1]))

    def blocks(self, channels: int, heads: int, patch_size: int, rates: list[float]) -> dict[str, Block]:
        """Return the blocks of one stage, one for each rate of DropPath."""
        sizes = channels, heads, patch_size
        return {f"block{i}": Block(*sizes, rate, self.config) for i, rate in enumerate(rates)}

    def forward(self, feat: Tensor, grid: Tensor, batch: Tensor) -> Tensor:
        """Return what is known of each point after the decoder, (N, C of dec0), in the order of the input.

        `feat` (N, in_channels) stands in cells `grid` (N, 3), int64 from 0 on, of the clouds `batch` (N,), int64. With
        `cls_mode` it is what is known of the coarsest points, cloud after cloud, sorted along the first curve.
        """
        *_, answer = self.outputs(feat, grid, batch).values()
        return answer

    def outputs(self, feat: Tensor, grid: Tensor, batch: Tensor) -> dict[str, Tensor]:
        """Return what is known after the embedding and each stage, the answer last, by the names of the stages."""
        clouds = serialized(grid, batch, self.config.order)
        x = self.embedding(feat, clouds)  # (N, C of enc0)
        levels = list(self.encoded(x, clouds))
        found = {"embedding": x} | dict(zip(self.enc, (level.x for level in levels), strict=True))
        return found | dict(zip(self.dec, self.decoded(levels), strict=True))

    def encoded(self, x: Tensor, clouds: SerializedClouds) -> Iterator[Level]:
        """Yield the points of each resolution, from all of them to the fewest."""
        for stage in self.enc.values():
            block = None
            if "down" in stage:
                x, clouds, block = stage["down"](x, clouds)  # (fewer, C of the stage)
            clouds = self.shuffled(clouds)
            x = self.through(stage, x, x, clouds)
            yield Level(x, clouds, block)

    def decoded(self, levels: list[Level]) -> Iterator[Tensor]:
        """Yield what is known of the points of each resolution but the coarsest, from few points to all."""
        x = levels[-1].x
        for stage, coarse, fine in zip(self.dec.values(), levels[::-1], levels[-2::-1], strict=False):
            x, own = stage["up"](x, fine.x, coarse.block)  # (more, C of the stage)
            x = self.through(stage, x, own, fine.clouds)
            yield x

    def through(self, stage: nn.ModuleDict, x: Tensor, seen: Tensor, clouds: SerializedClouds) -> Tensor:
        """Return x after the blocks of a stage, which take the curves in turn."""
        blocks = [module for name, module in stage.items() if name.startswith("block")]
        for i, block in enumerate(blocks):
            x, seen = block(x, seen, clouds, i % len(self.config.order))
        return x

    def shuffled(self, clouds: SerializedClouds) -> SerializedClouds:
        """Return the clouds with their curves in another sequence, while learning."""
        if not (self.training and self.config.shuffle_orders):
            return clouds
        return clouds.with_orders(torch.randperm(len(self.config.order)).to(clouds.code.device))


class Segmentor(nn.Module):
    """Says of each point what it belongs to; its names are those of the published files."""

    def __init__(self, classes: int, config: PTv3Config) -> None:
        """Build the network and one layer on top."""
        super().__init__()
        self.backbone = PointTransformerV3(config)
        self.seg_head = nn.Linear(config.dec_channels[0], classes)

    def forward(self, feat: Tensor, grid: Tensor, batch: Tensor) -> Tensor:
        """Return a number for each point and class, (N, classes), the higher the likelier."""
        return self.seg_head(self.backbone(feat, grid, batch))


def rising(highest: float, depths: tuple[int, ...]) -> list[list[float]]:
    """Return the rate of DropPath of each block of each stage, from 0 in a line up to the highest."""
    last = max(sum(depths) - 1, 1)
    rates = [highest * i / last for i in range(sum(depths))]
    return [rates[end - depth : end] for end, depth in zip(accumulate(depths), depths, strict=True)]
