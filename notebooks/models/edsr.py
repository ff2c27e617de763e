"""EDSR: a residual network whose pictures keep their size until the last layers enlarge them.

Source: Lim and others, "Enhanced Deep Residual Networks for Single Image Super-Resolution", CVPR workshops 2017; the
graph and the names are those of models/edsr.py in the repository yinboc/liif.
Differs from the paper: no mean is subtracted. Both mean layers exist, as checkpoints hold them, and are not applied.

Shapes: B pictures, F features, H x W input pixels, s the scale.
"""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor, nn


@dataclass(frozen=True)
class EDSRConfig:
    """Sizes; the defaults are those of EDSR-baseline. `scale` None leaves the enlarging layers out."""

    n_resblocks: int = 16
    n_feats: int = 64
    scale: int | None = None  # 2, 3, 4 or None


def convolution(inputs: int, outputs: int) -> nn.Conv2d:
    """Return a 3 x 3 convolution that keeps the size."""
    return nn.Conv2d(inputs, outputs, 3, padding=1)


class ResBlock(nn.Module):
    """Convolution, ReLU, convolution, added to the input."""

    def __init__(self, n_feats: int) -> None:
        """Build the block for `n_feats` channels."""
        super().__init__()
        self.body = nn.Sequential(convolution(n_feats, n_feats), nn.ReLU(inplace=True), convolution(n_feats, n_feats))

    def forward(self, x: Tensor) -> Tensor:
        """Return x with its correction, (B, F, H, W)."""
        return x + self.body(x)


def upsampler(scale: int, n_feats: int) -> nn.Sequential:
    """Return the layers that enlarge F features by 2, 3 or 4: convolutions whose channels unfold into pixels.

    Raises:
        ValueError: the scale is none of these.
    """
    if scale not in (2, 3, 4):
        raise ValueError(f"EDSR enlarges by 2, 3 or 4 (got {scale})")
    layers: list[nn.Module] = []
    for factor in (2, 2) if scale == 4 else (scale,):
        layers += [convolution(n_feats, n_feats * factor**2), nn.PixelShuffle(factor)]
    return nn.Sequential(*layers)


class EDSR(nn.Module):
    """Head, residual blocks under one long skip, and the enlarging tail if a scale is given."""

    def __init__(self, config: EDSRConfig = EDSRConfig()) -> None:
        """Build the layers in the order of the checkpoint."""
        super().__init__()
        n = config.n_feats
        self.sub_mean = nn.Conv2d(3, 3, 1).requires_grad_(False)  # in the checkpoint, not applied
        self.add_mean = nn.Conv2d(3, 3, 1).requires_grad_(False)
        self.head = nn.Sequential(convolution(3, n))
        self.body = nn.Sequential(*(ResBlock(n) for _ in range(config.n_resblocks)), convolution(n, n))
        if config.scale is not None:
            self.tail = nn.Sequential(upsampler(config.scale, n), convolution(n, 3))

    def features(self, picture: Tensor) -> Tensor:
        """Return F features per pixel, (B, F, H, W), of pictures (B, 3, H, W) in [-1, 1]."""
        x = self.head(picture)  # (B, F, H, W)
        return x + self.body(x)

    def forward(self, picture: Tensor) -> Tensor:
        """Return the enlarged pictures, (B, 3, sH, sW) in [-1, 1], or the features if there is no tail."""
        x = self.features(picture)
        return self.tail(x) if hasattr(self, "tail") else x  # (B, 3, sH, sW)
