"""A small UNet of Stable Diffusion's kind, which removes noise from pictures without words; one self-attention.

Source: Rombach and others, "High-Resolution Image Synthesis with Latent Diffusion Models", CVPR 2022: the blocks are
those of the library diffusers, the noise schedule is that of version 1.5.
Differs from the paper: it works on pixels, its only self-attention stands at the coarsest scale, and it is told no
words: its cross-attention hears one empty token.

Shapes: B pictures of H x W pixels, H and W multiples of 4; N = H W / 16 tokens.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from diffusers import UNet2DConditionModel
from torch import Tensor, nn

from models.linfusion import mount
from models.stable_diffusion import SCHEDULE

STEPS = 1000  # of noise
WORD = 8  # channels of the empty token


@dataclass(frozen=True)
class SmallDenoiserConfig:
    """Channels at the three scales, heads of the attention, and which kind it is."""

    channels: tuple[int, int, int] = (16, 32, 64)
    heads: int = 4
    linear: bool = False


class SmallDenoiser(nn.Module):
    """A UNet that predicts the noise in a picture."""

    def __init__(self, config: SmallDenoiserConfig = SmallDenoiserConfig()) -> None:
        """Build the network, with softmax or with LinFusion's attention."""
        super().__init__()
        self.unet = UNet2DConditionModel(
            in_channels=3,
            out_channels=3,
            block_out_channels=tuple(config.channels),
            down_block_types=("DownBlock2D",) * 3,
            up_block_types=("UpBlock2D",) * 3,
            mid_block_type="UNetMidBlock2DCrossAttn",
            layers_per_block=1,
            attention_head_dim=config.heads,  # the library's name for the number of heads
            cross_attention_dim=WORD,
            norm_num_groups=8,
        )
        if config.linear:
            mount(self.unet)

    def forward(self, noisy: Tensor, time: Tensor) -> Tensor:
        """Return the noise (B, 3, H, W) that is in pictures (B, 3, H, W) after so many steps of noise, (B,)."""
        word = noisy.new_zeros(noisy.shape[0], 1, WORD)
        return self.unet(noisy, time, word).sample


def picture_left(time: Tensor) -> Tensor:
    """Return which share of a picture's variance is left after so many steps of noise, between 1 and 0."""
    first, last = (SCHEDULE[end] ** 0.5 for end in ("beta_start", "beta_end"))
    betas = torch.linspace(first, last, STEPS, device=time.device) ** 2
    return torch.cumprod(1 - betas, 0)[time]


def noised(pictures: Tensor, noise: Tensor, time: Tensor) -> Tensor:
    """Return pictures (B, 3, H, W) in [-1, 1] mixed with noise of the same shape, by the steps of each, (B,)."""
    left = picture_left(time)[:, None, None, None]
    return left.sqrt() * pictures + (1 - left).sqrt() * noise
