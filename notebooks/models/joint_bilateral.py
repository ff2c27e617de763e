"""Joint bilateral upsampling: features enlarged by averages that a picture guides, so that they end at its edges.

Source: Kopf et al., "Joint Bilateral Upsampling", SIGGRAPH 2007, with the learned range of Fu et al., "FeatUp: A
Model-Agnostic Framework for Features at Any Resolution", ICLR 2024; names are those of featup/upsamplers.py in the
repository mhamilton723/FeatUp.
Differs from the repository: a kernel is applied as a sum of shifted views, in plain tensor operations, so that no
unfolded map of 49 times the size is ever in memory, and that it runs wherever tensors do; nothing is dropped out.

Shapes: B pictures, C channels, windows of K = (2 r + 1)^2 places with the reach r, h x w places, H x W of them later.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F  # noqa: N812 (its usual name)
from torch import Tensor, nn

from models.featsharp import KEYS, averaged, likeness, nearness

REACH = 3  # places on each side: windows of 7 x 7
SHARE = 0.1  # of what a correction adds


class JBULearnedRange(nn.Module):
    """One doubling: how alike pixels are is learned, how near they are is a Gaussian, and the kernel is corrected."""

    def __init__(self) -> None:
        """Build the layers under the names of the checkpoint."""
        super().__init__()
        places = (2 * REACH + 1) ** 2
        self.range_temp = nn.Parameter(torch.zeros(()))
        self.sigma_spatial = nn.Parameter(torch.ones(()))
        self.range_proj = nn.ModuleDict({"0": nn.Conv2d(3, KEYS, 1), "3": nn.Conv2d(KEYS, KEYS, 1)})
        self.fixup_proj = nn.ModuleDict({"0": nn.Conv2d(places + 3, places, 1), "3": nn.Conv2d(places, places, 1)})

    def range_kernel(self, guide: Tensor) -> Tensor:
        """Return how alike each pixel of (B, 3, H, W) is to those of its window, (B, K, H, W): the sum is 1."""
        keys = self.range_proj["3"](F.gelu(self.range_proj["0"](guide)))  # (B, 32, H, W)
        return (self.range_temp.exp() * likeness(keys, REACH)).softmax(1)

    def spatial_kernel(self) -> Tensor:
        """Return how near the places of a window are to its middle, (1, K, 1, 1)."""
        return nearness(self.sigma_spatial, REACH)

    def kernel(self, guide: Tensor) -> Tensor:
        """Return the weights of each window (B, K, H, W); they add up to 1 before the correction."""
        joint = self.range_kernel(guide) * self.spatial_kernel()
        joint = joint / joint.sum(1, keepdim=True)
        correction = F.gelu(self.fixup_proj["0"](torch.cat([joint, guide], dim=1)))
        return joint + SHARE * self.fixup_proj["3"](correction)

    def forward(self, features: Tensor, picture: Tensor) -> Tensor:
        """Return features (B, C, h, w), h and w at least 2, as (B, C, 2 h, 2 w), guided by a picture of any size."""
        size = [2 * n for n in features.shape[-2:]]
        enlarged = F.interpolate(features, size, mode="bicubic", align_corners=False)
        return averaged(enlarged, self.kernel(F.adaptive_avg_pool2d(picture, size)), REACH)


class JBUStack(nn.Module):
    """Four doublings, each guided by the same picture, and a correction of the channels."""

    def __init__(self, channels: int) -> None:
        """Build the levels under the names of the checkpoint."""
        super().__init__()
        self.up1, self.up2, self.up3, self.up4 = (JBULearnedRange() for _ in range(4))
        self.fixup_proj = nn.ModuleDict({"1": nn.Conv2d(channels, channels, 1)})

    def forward(self, features: Tensor, picture: Tensor) -> Tensor:
        """Return features (B, C, h, w) as (B, C, 16 h, 16 w)."""
        for up in (self.up1, self.up2, self.up3, self.up4):
            features = up(features, picture)
        return features + SHARE * self.fixup_proj["1"](features)
