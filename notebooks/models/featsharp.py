"""FeatSharp: the feature map of a vision encoder made finer, from one look at the whole and one at each tile.

Source: Ranzinger et al., "FeatSharp: Your Vision Model Features, Sharper", ICML 2025, arXiv 2502.16025; names are those
of the checkpoints of the repository NVlabs/FeatSharp, in the form of the paper: joint bilateral upsampling and tiles.
Its released settings, with JAFAR in the place of joint bilateral upsampling and without normalisation, are not built.
Written from the equations, without its code. Differs from the repository: local attention is a sum over shifted views,
whose memory grows with the places and not with their square; maps need not be square; no weight is reparametrised; the
two alphas of the kernels, of which only the names are known, are taken for their exponents.

Shapes: B pictures of z R x z R pixels, an encoder that sees R x R pixels as h x w = R / p x R / p places of C channels,
z times z tiles, H x W = z h x z w places in the end; windows of K = (2 r + 1)^2 places with the reach r; h heads of d
channels each.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import torch
import torch.nn.functional as F  # noqa: N812 (its usual name)
from einops import rearrange, repeat
from torch import Tensor, nn

from models.phi_s import PHIStandardize

Encoder = Callable[[Tensor], Tensor]  # pictures (B, 3, R, R) in [0, 1] -> features (B, C, h, w)
KEYS = 32  # channels in which pixels of the guide are compared
SMALL = 1e-6  # what each branch is multiplied with at first, so that the block gives back what it gets


@dataclass(frozen=True)
class FeatSharpConfig:
    """Sizes; the defaults are those of an encoder of 1,024 channels that sees 448 pixels in patches of 14."""

    channels: int = 1024
    factor: int = 2
    grid: int = 32  # places on a side of the encoder's map
    heads: int = 16
    window: int = 7


# --- the whole and its tiles ------------------------------------------------------------------------------------------


def tiles_of(pictures: Tensor, factor: int) -> Tensor:
    """Return pictures (B, 3, z R, z R) cut into z x z tiles in reading order, (B z z, 3, R, R)."""
    return rearrange(pictures, "b c (y h) (x w) -> (b y x) c h w", y=factor, x=factor)


def stitched(maps: Tensor, factor: int) -> Tensor:
    """Return the maps of tiles (B z z, C, h, w) as one map of each picture, (B, C, z h, z w)."""
    return rearrange(maps, "(b y x) c h w -> b c (y h) (x w)", y=factor, x=factor)


def looks(encoder: Encoder, pictures: Tensor, factor: int) -> tuple[Tensor, Tensor]:
    """Return what an encoder sees in pictures (B, 3, z R, z R): as a whole (B, C, h, w), and in tiles (B, C, H, W).

    It looks 1 + z^2 times at each picture, all in one batch.
    """
    whole = F.avg_pool2d(pictures, factor)  # (B, 3, R, R)
    seen = encoder(torch.cat([whole, tiles_of(pictures, factor)]))
    return seen[: len(pictures)], stitched(seen[len(pictures) :], factor)


# --- joint bilateral upsampling ---------------------------------------------------------------------------------------


def views(padded: Tensor, reach: int) -> Iterator[Tensor]:
    """Yield the (2 r + 1)^2 maps (..., H, W) that a padded one, (..., H + 2 r, W + 2 r), holds, in reading order."""
    side = 2 * reach + 1
    height, width = (n - 2 * reach for n in padded.shape[-2:])
    for row in range(side):
        for column in range(side):
            yield padded[..., row : row + height, column : column + width]


def mirrored(x: Tensor, reach: int) -> Tensor:
    """Return (B, C, H, W) with a border of `reach` places in which it is reflected."""
    return F.pad(x, [reach] * 4, mode="reflect")


def likeness(x: Tensor, reach: int) -> Tensor:
    """Return the products of each place of (B, C, H, W) with the places of its window, (B, K, H, W)."""
    return torch.stack([(x * other).sum(1) for other in views(mirrored(x, reach), reach)], dim=1)


def nearness(sigma: Tensor, reach: int) -> Tensor:
    """Return a Gaussian over the window, (1, K, 1, 1), 1 in its middle; its sides are 1 away, its corners root 2."""
    steps = torch.linspace(-1, 1, 2 * reach + 1, device=sigma.device, dtype=sigma.dtype)
    squares = steps[:, None] ** 2 + steps**2
    return torch.exp(-squares / (2 * sigma**2)).view(1, -1, 1, 1)


def averaged(x: Tensor, kernel: Tensor, reach: int) -> Tensor:
    """Return (B, C, H, W) with each place the sum of its window, weighted by its own kernel, (B, K, H, W)."""
    pairs = zip(kernel.unbind(1), views(mirrored(x, reach), reach), strict=True)
    return sum((weight[:, None] * view for weight, view in pairs), start=torch.zeros_like(x))


def primes(n: int) -> list[int]:
    """Return the prime factors of a number, the smallest first."""
    least = next((d for d in range(2, n + 1) if n % d == 0), None)
    return [least, *primes(n // least)] if least else []


class JBULevel(nn.Module):
    """One enlargement by averages over windows: pixels that are alike and near count, and all weights add up to 1."""

    def __init__(self, factor: int, reach: int) -> None:
        """Build the comparison of pixels."""
        super().__init__()
        self.factor, self.reach = factor, reach
        self.range_temp = nn.Parameter(torch.zeros(()))
        self.sigma_spatial = nn.Parameter(torch.ones(()))
        self.range_alpha = nn.Parameter(torch.ones(()))
        self.spatial_alpha = nn.Parameter(torch.ones(()))
        self.range_proj = nn.Sequential(nn.Conv2d(3, KEYS, 1), nn.GELU(), nn.Conv2d(KEYS, KEYS, 1))

    def kernel(self, guide: Tensor) -> Tensor:
        """Return the weights of each window, (B, K, H, W), for a guide (B, 3, H, W)."""
        alike = (self.range_temp.exp() * likeness(self.range_proj(guide), self.reach)).log_softmax(1)
        near = nearness(self.sigma_spatial, self.reach).log()
        return (self.range_alpha * alike + self.spatial_alpha * near).softmax(1)

    def forward(self, features: Tensor, pictures: Tensor) -> Tensor:
        """Return features (B, C, h, w) enlarged by the factor, guided by pictures (B, 3, any size)."""
        size = [self.factor * n for n in features.shape[-2:]]
        enlarged = F.interpolate(features, size, mode="bilinear", align_corners=False)
        return averaged(enlarged, self.kernel(F.adaptive_avg_pool2d(pictures, size)), self.reach)


class JBU(nn.Module):
    """One level for each prime factor of the enlargement."""

    def __init__(self, factor: int, window: int) -> None:
        """Build the levels."""
        super().__init__()
        self.ups = nn.ModuleList(JBULevel(each, window // 2) for each in primes(factor))

    def forward(self, features: Tensor, pictures: Tensor) -> Tensor:
        """Return features (B, C, h, w) as (B, C, z h, z w)."""
        for up in self.ups:
            features = up(features, pictures)
        return features


# --- the block that lets tiles correct it -----------------------------------------------------------------------------


class LocalAttention(nn.Module):
    """Attention to the places of a window; half of the heads lose interest by rows, the others by columns."""

    def __init__(self, channels: int, heads: int, window: int) -> None:
        """Build the projections.

        Raises:
            ValueError: the channels cannot be shared among the heads, or the heads or the window have the wrong parity.
        """
        super().__init__()
        if channels % heads or heads % 2 or window % 2 == 0:
            told = f"{channels} channels, {heads} heads, a window of {window}"
            raise ValueError(f"heads come in pairs that share the channels, and a window is odd (got {told})")
        self.heads, self.reach = heads, window // 2
        self.qkv = nn.Linear(channels, 3 * channels, bias=False)
        self.proj = nn.Linear(channels, channels)

    def slopes(self, device: torch.device) -> Tensor:
        """Return how fast each pair of heads loses interest with the distance, (h / 2,): from about 1/2 to 1/256."""
        pairs = self.heads // 2
        return 2.0 ** (-8 * torch.arange(1, pairs + 1, device=device) / pairs)

    def bias(self, device: torch.device) -> Tensor:
        """Return what is taken off for the distance of each place of a window, (K, h): rows first, then columns."""
        steps = torch.arange(-self.reach, self.reach + 1, device=device)
        rows, columns = (each.flatten().abs() for each in torch.meshgrid(steps, steps, indexing="ij"))
        each = torch.stack([rows, columns], dim=-1)  # (K, 2)
        return -(each[:, None] * self.slopes(device)[:, None]).flatten(1)  # (K, h): even heads rows, odd ones columns

    def forward(self, x: Tensor) -> Tensor:
        """Return what each place of (B, H, W, C) learns from its window, (B, H, W, C)."""
        q, k, v = rearrange(self.qkv(x), "b y x (n h d) -> n b h d y x", n=3, h=self.heads)
        k, v = (F.pad(each, [self.reach] * 4) for each in (k, v))
        scale = q.shape[2] ** -0.5
        bias = self.bias(x.device).to(x.dtype)[:, :, None, None]  # (K, h, 1, 1)
        alike = [scale * (q * each).sum(2) for each in views(k, self.reach)]  # K times (B, h, H, W)
        logits = torch.stack(alike, dim=1) + bias  # (B, K, h, H, W)
        weights = logits.masked_fill(~self.inside(x), -torch.inf).softmax(1)
        parts = (w[:, :, None] * each for w, each in zip(weights.unbind(1), views(v, self.reach), strict=True))
        learned = sum(parts, start=torch.zeros_like(q))  # (B, h, d, H, W)
        return self.proj(rearrange(learned, "b h d y x -> b y x (h d)"))

    def inside(self, x: Tensor) -> Tensor:
        """Tell which places of each window lie on the map of (B, H, W, C), (K, 1, H, W)."""
        there = F.pad(x.new_ones(1, *x.shape[1:3]), [self.reach] * 4)
        return torch.stack(list(views(there, self.reach))) > 0


class SwiGLU(nn.Module):
    """Two layers for each place alone, one half of the first deciding how much of the other passes."""

    def __init__(self, inputs: int, hidden: int, outputs: int) -> None:
        """Build the layers; the hidden width becomes two thirds, filled up to a multiple of 8."""
        super().__init__()
        width = (int(hidden * 2 / 3) + 7) // 8 * 8
        self.w12 = nn.Linear(inputs, 2 * width)
        self.w3 = nn.Linear(width, outputs)

    def forward(self, x: Tensor) -> Tensor:
        """Map the last dimension."""
        gate, value = self.w12(x).chunk(2, dim=-1)
        return self.w3(F.silu(gate) * value)


class LayerScale(nn.Module):
    """A factor for each channel of a branch, next to nothing at first."""

    def __init__(self, channels: int) -> None:
        """Build the factors."""
        super().__init__()
        self.gamma = nn.Parameter(torch.full((channels,), SMALL))

    def forward(self, branch: Tensor) -> Tensor:
        """Map (..., C) to (..., C)."""
        return self.gamma * branch


class Block(nn.Module):
    """Local attention and a layer for each place, over both maps; what comes out has the channels of the first."""

    def __init__(self, channels: int, heads: int, window: int) -> None:
        """Build the layers under the names of the checkpoint."""
        super().__init__()
        self.outputs, both = channels, 2 * channels
        self.norm1 = nn.LayerNorm(both)
        self.attn = LocalAttention(both, heads, window)
        self.ls1 = LayerScale(both)
        self.norm2 = nn.LayerNorm(both)
        self.mlp = SwiGLU(both, 4 * both, channels)
        self.ls2 = LayerScale(channels)

    def forward(self, x: Tensor) -> Tensor:
        """Return (B, H, W, 2 C) as (B, H, W, C): at first, the first C channels as they came."""
        x = x + self.ls1(self.attn(self.norm1(x)))
        return x[..., : self.outputs] + self.ls2(self.mlp(self.norm2(x)))


class Level(nn.Module):
    """One enlargement: the whole is enlarged along the edges of the picture, then the tiles correct it."""

    def __init__(self, config: FeatSharpConfig) -> None:
        """Build the layers under the names of the checkpoint."""
        super().__init__()
        self.tile_pos = nn.Parameter(torch.zeros(1, config.channels, config.factor, config.factor))
        self.jbu = JBU(config.factor, config.window)
        self.block = Block(config.channels, config.heads, config.window)

    def forward(self, coarse: Tensor, tiles: Tensor, pictures: Tensor) -> Tensor:
        """Return the whole (B, C, h, w) with its tiles (B, C, H, W) as one map (B, C, H, W)."""
        z = self.tile_pos.shape[-1]
        h, w = (n // z for n in tiles.shape[-2:])
        placed = tiles + repeat(self.tile_pos, "one c y x -> one c (y h) (x w)", h=h, w=w)
        both = torch.cat([self.jbu(coarse, pictures), placed], dim=1)  # (B, 2 C, H, W)
        return self.block(both.permute(0, 2, 3, 1)).permute(0, 3, 1, 2)  # (B, C, H, W)


class Upsampler(nn.Module):
    """What learns: in the form of the paper a single level."""

    def __init__(self, config: FeatSharpConfig = FeatSharpConfig()) -> None:
        """Build it under the names of the checkpoint."""
        super().__init__()
        self.ups = nn.ModuleList([Level(config)])

    def forward(self, coarse: Tensor, tiles: Tensor, pictures: Tensor) -> Tensor:
        """Return the whole (B, C, h, w) with its tiles (B, C, H, W) as one map (B, C, H, W)."""
        for up in self.ups:
            coarse = up(coarse, tiles, pictures)
        return coarse


# --- around an encoder ------------------------------------------------------------------------------------------------


class BiasBuffer(nn.Module):
    """What an encoder always says at a place, whatever it sees: it is learned, and added to every look."""

    def __init__(self, channels: int, grid: int) -> None:
        """Begin with nothing."""
        super().__init__()
        self.buffer = nn.Parameter(torch.zeros(1, channels, grid, grid))

    def forward(self, features: Tensor) -> Tensor:
        """Map (B, C, h, w) to (B, C, h, w)."""
        return features + self.buffer


class FeatSharp(nn.Module):
    """An upsampler of the features of some encoder, which it is given and never changes."""

    def __init__(self, upsampler: nn.Module, config: FeatSharpConfig = FeatSharpConfig()) -> None:
        """Put the normalisation and the learned bias before an upsampler."""
        super().__init__()
        self.factor = config.factor
        self.normalizer = PHIStandardize(config.channels)
        self.bias_buffer = BiasBuffer(config.channels, config.grid)
        self.upsampler = upsampler

    def seen(self, encoder: Encoder, pictures: Tensor) -> Tensor:
        """Return what the encoder says of pictures (B, 3, R, R), normalised and corrected, (B, C, h, w)."""
        with torch.no_grad():
            normal = self.normalizer(encoder(pictures))
        return self.bias_buffer(normal)

    def forward(self, encoder: Encoder, pictures: Tensor) -> tuple[Tensor, Tensor]:
        """Return the normalised maps of pictures (B, 3, z R, z R): coarse (B, C, h, w) and fine (B, C, H, W)."""
        coarse, tiles = looks(lambda given: self.seen(encoder, given), pictures, self.factor)
        return coarse, self.upsampler(coarse, tiles, pictures)
