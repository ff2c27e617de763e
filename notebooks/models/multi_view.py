"""Multi-view consistency: a fine map, warped and made coarse, must be what an encoder says of the warped picture.

Source: Fu et al., "FeatUp", ICLR 2024, and Ranzinger et al., "FeatSharp", ICML 2025. Written from the equations.
Differs from both: a view lies whole inside its picture, so that nothing has to be masked; errors are not weighted by a
learned uncertainty, nor more at the seams of tiles.

Shapes: B pictures, C channels, fine maps of H x W places, coarse ones of h x w = H / z x W / z.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F  # noqa: N812 (its usual name)
from torch import Tensor, nn

BLUR = (1.0, 4.0, 6.0, 4.0, 1.0)  # 5 x 5, over what places answer
FAR = -4.0  # what a place outside begins with: it counts 55 times less


def homography(corners: Tensor) -> Tensor:
    """Return the maps (B, 3, 3) that take the corners of [-1, 1]^2 to four points (B, 4, 2), as (x, y).

    The corners are in the order (-1, -1), (1, -1), (1, 1), (-1, 1). Each point gives two linear equations in the eight
    unknowns of the map, whose last number is 1.
    """
    x, y = corners.new_tensor([[-1, -1], [1, -1], [1, 1], [-1, 1]]).T.expand(len(corners), 2, 4).unbind(1)  # (B, 4)
    u, v = corners.unbind(-1)
    one, zero = torch.ones_like(x), torch.zeros_like(x)
    across = torch.stack([x, y, one, zero, zero, zero, -u * x, -u * y], dim=-1)
    down = torch.stack([zero, zero, zero, x, y, one, -v * x, -v * y], dim=-1)
    found = torch.linalg.solve(torch.cat([across, down], dim=1), torch.cat([u, v], dim=1))  # (B, 8)
    return torch.cat([found, torch.ones_like(found[:, :1])], dim=1).unflatten(1, (3, 3))


def warped(maps: Tensor, through: Tensor) -> Tensor:
    """Return what maps (B, C, H, W) show through homographies (B, 3, 3) from the view to the map, bilinearly."""
    height, width = maps.shape[-2:]
    rows, columns = ((2 * torch.arange(n, device=maps.device) + 1) / n - 1 for n in (height, width))
    y, x = torch.meshgrid(rows, columns, indexing="ij")
    points = torch.stack([x, y, torch.ones_like(x)], dim=-1).to(maps.dtype)  # (H, W, 3)
    moved = torch.einsum("bij,yxj->byxi", through, points)
    return F.grid_sample(maps, moved[..., :2] / moved[..., 2:], padding_mode="border", align_corners=False)


class AttentionDownsampler(nn.Module):
    """Makes a map coarse by averages over windows, whose places say themselves how much they count."""

    def __init__(self, channels: int, factor: int, margin: int = 2) -> None:
        """Build the question that each place answers; at first the places under a coarse one count, and all alike."""
        super().__init__()
        self.factor, self.margin = factor, margin
        self.attention = nn.Conv2d(channels, 1, 1)
        nn.init.zeros_(self.attention.weight)
        nn.init.zeros_(self.attention.bias)
        under = F.pad(torch.zeros(factor, factor), [margin] * 4, value=FAR)
        self.place = nn.Parameter(under.flatten())  # (K,), K = (z + 2 margin)^2
        blur = torch.outer(torch.tensor(BLUR), torch.tensor(BLUR))
        self.register_buffer("blur", (blur / blur.sum())[None, None], persistent=False)

    def forward(self, fine: Tensor) -> Tensor:
        """Return (B, C, H, W) as (B, C, h, w)."""
        asked = F.conv2d(F.pad(self.attention(fine), [2] * 4, mode="replicate"), self.blur)  # (B, 1, H, W)
        weights = (self.windows(asked) + self.place[:, None]).softmax(2)  # (B, 1, K, h w)
        size = [n // self.factor for n in fine.shape[-2:]]
        return (weights * self.windows(fine)).sum(2).unflatten(-1, size)  # (B, C, h, w)

    def windows(self, x: Tensor) -> Tensor:
        """Return the places of (B, C, H, W) around each coarse one, (B, C, K, h w); the border is repeated."""
        side = self.factor + 2 * self.margin
        padded = F.pad(x, [self.margin] * 4, mode="replicate")
        return F.unfold(padded, side, stride=self.factor).unflatten(1, (x.shape[1], side**2))


def view_of(pictures: Tensor, through: Tensor, factor: int) -> Tensor:
    """Return what an encoder is shown of pictures (B, 3, z R, z R): they are warped, then made coarse, (B, 3, R, R)."""
    return F.avg_pool2d(warped(pictures, through), factor)


def told_of_view(fine: Tensor, through: Tensor, downsampler: nn.Module) -> Tensor:
    """Return what a fine map (B, C, H, W) says of the same view, (B, C, h, w)."""
    return downsampler(warped(fine, through))


def fidelity(said: Tensor, told: Tensor) -> float:
    """Return how many times the variance of what an encoder said (B, C, h, w) is the error of what it is told to say.

    1 is no better than the mean of each channel; without end is the same.
    """
    spread = (said - said.mean((0, 2, 3), keepdim=True)).square().mean()
    return float(spread / (said - told).square().mean())
