"""Image-conditioned residual diffusion: noise becomes what a plain enlargement leaves out, step by step.

Source: our own small network, made of the blocks of the library diffusers; the noise schedule and the loss are those of
Stable Diffusion 1.5. It is no part of Stable Diffusion: it works on pixels, it sees the enlargement beside the noise at
every step, and it starts from noise alone.

Shapes: B pictures of H x W pixels, H and W multiples of 8 (`sampled` pads others).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
import torch.nn.functional as F  # noqa: N812 (its usual name)
from diffusers import DDIMScheduler, UNet2DModel
from torch import Tensor, nn

from models.stable_diffusion import SCHEDULE

UNFOLD = 2  # pixels along each side that the network takes as one place
MULTIPLE = 8  # sides that the network can halve as often as it does
# Of a colour: its grey, and two components without grey, in which brushwork varies less; at right angles, of length 1.
COMPONENTS = torch.tensor([[1, 1, 1], [1, 0, -1], [1, -2, 1]]) / torch.tensor([[3], [2], [6]]).sqrt()


@dataclass(frozen=True)
class ResidualDiffusionConfig:
    """Channels at the three scales, and the standard deviation of residuals on [-1, 1], by colour component."""

    channels: Sequence[int] = (64, 64, 64)
    spread: Sequence[float] = (0.23, 0.07, 0.07)


class ResidualDiffusion(nn.Module):
    """A UNet that sees a noisy residual beside the enlargement it belongs to, and predicts the noise."""

    def __init__(self, config: ResidualDiffusionConfig = ResidualDiffusionConfig()) -> None:
        """Build the network."""
        super().__init__()
        spread = torch.tensor(config.spread)[:, None]  # (3, 1)
        self.register_buffer("parts", COMPONENTS / spread, persistent=False)  # (3, 3), from colours to components
        self.register_buffer("colours", (COMPONENTS * spread).T, persistent=False)  # (3, 3), and back
        self.unet = UNet2DModel(
            in_channels=6 * UNFOLD**2,
            out_channels=3 * UNFOLD**2,
            block_out_channels=tuple(config.channels),
            down_block_types=("DownBlock2D",) * 3,
            up_block_types=("UpBlock2D",) * 3,
            layers_per_block=1,
            norm_num_groups=8,
            add_attention=False,
        )

    def forward(self, noisy: Tensor, soft: Tensor, time: Tensor) -> Tensor:
        """Return the noise (B, 3, H, W) in residuals (B, 3, H, W) of enlargements of that shape, after `time` (B,)."""
        seen = F.pixel_unshuffle(torch.cat([noisy, soft], dim=1), UNFOLD)  # (B, 24, H/2, W/2)
        return F.pixel_shuffle(self.unet(seen, time).sample, UNFOLD)  # (B, 3, H, W)

    def residual(self, pictures: Tensor, soft: Tensor) -> Tensor:
        """Return what enlargements leave out of pictures, both (B, 3, H, W) in [-1, 1], as components of spread 1."""
        return torch.einsum("pc,bchw->bphw", self.parts, pictures - soft)

    def restored(self, residual: Tensor, soft: Tensor) -> Tensor:
        """Return the pictures that have such residuals: what `residual` undoes."""
        return soft + torch.einsum("cp,bphw->bchw", self.colours, residual)

    @torch.no_grad()
    def sampled(self, soft: Tensor, steps: int, seeds: Sequence[int]) -> Tensor:
        """Return an enlargement (3, H, W) in [0, 1] with a residual drawn for each seed, (B, 3, H, W) in [0, 1].

        DDIM, `steps` steps. One seed gives the same noise on each device.
        """
        height, width = soft.shape[-2:]
        known = 2 * padded(soft[None]) - 1  # (1, 3, H', W')
        noises = [torch.randn(known.shape, generator=torch.Generator("cpu").manual_seed(seed)) for seed in seeds]
        drawn = torch.cat([self.drawn(known, noise.to(known), steps) for noise in noises])
        return (self.restored(drawn, known)[..., :height, :width] / 2 + 0.5).clamp(0, 1)

    def drawn(self, known: Tensor, noise: Tensor, steps: int) -> Tensor:
        """Return the residual (1, 3, H, W) that noise of that shape becomes."""
        schedule = DDIMScheduler(**SCHEDULE)
        schedule.set_timesteps(steps)
        for time in schedule.timesteps:
            seen = self(noise, known, time[None].to(noise.device))
            noise = schedule.step(seen, time, noise).prev_sample
        return noise


def padded(pictures: Tensor) -> Tensor:
    """Return pictures (B, 3, H, W) with their edges repeated below and right, to multiples of 8."""
    height, width = pictures.shape[-2:]
    return F.pad(pictures, (0, -width % MULTIPLE, 0, -height % MULTIPLE), mode="replicate")
