"""MSSNet: sharpens a motion-blurred picture in six stages on three scales, coarse to fine.

Source: Kim, Lee and Cho, "MSSNet: Multi-Scale-Stage Network for Single Image Deblurring", ECCV workshops 2022; graph
and names are those of model/MSSNet.py in the repository kky7/MSSNet.
Differs from the repository: a 1 x 1 convolution comes before the enlargement it would follow (they commute), features
that would be enlarged and added are added first, halving takes the mean of four pixels (what it amounts to); `plain`
keeps the repository's order. Pictures of any size are padded by reflection.

Shapes: B pictures, H x W pixels, c1 < c2 < c3 channels of the three levels of a U-Net, h x w pixels of its first level.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

import torch
import torch.nn.functional as F  # noqa: N812 (its usual name)
from torch import Tensor, nn

MULTIPLE = 16  # three scales, of which the coarsest is halved twice
STAGES = 6
Features = tuple[Tensor, Tensor, Tensor]  # (B, c1, h, w), (B, c2, h/2, w/2), (B, c3, h/4, w/4)


@dataclass(frozen=True)
class MSSNetConfig:
    """Sizes; the defaults are those of every published checkpoint. `plain` computes in the repository's order."""

    wf: int = 54
    scale: int = 42
    vscale: int = 42
    plain: bool = False

    @property
    def channels(self) -> tuple[int, int, int]:
        """Return c1, c2 and c3."""
        return self.wf, self.wf + self.scale, self.wf + self.scale + self.vscale


SMALL, LARGE = MSSNetConfig(20, 40, 40), MSSNetConfig(80, 50, 50)


def convolution(inputs: int, outputs: int, side: int = 3) -> nn.Conv2d:
    """Return a convolution without bias that keeps the size."""
    return nn.Conv2d(inputs, outputs, side, padding=side // 2, bias=False)


def twice(x: Tensor) -> Tensor:
    """Return x enlarged 2 times, (B, C, 2h, 2w)."""
    return F.interpolate(x, scale_factor=2.0, mode="bilinear", align_corners=False)


def half_by_corners(x: Tensor) -> Tensor:
    """Return x at half the size, its corner pixels kept where they are, (B, C, h/2, w/2).

    The only resizing of the network that aligns corners: the coarsest scale sees the picture slightly stretched.
    """
    return F.interpolate(x, scale_factor=0.5, mode="bilinear", align_corners=True)


class ResBlock(nn.Module):
    """Convolution, PReLU, convolution, added to the input; `act` is the one PReLU of the whole network."""

    def __init__(self, n: int, act: nn.PReLU) -> None:
        """Build the block for n channels."""
        super().__init__()
        self.body = nn.Sequential(convolution(n, n), act, convolution(n, n))

    def forward(self, x: Tensor) -> Tensor:
        """Return x with its correction, of the same shape."""
        return x + self.body(x)


def two_blocks(n: int, act: nn.PReLU) -> nn.Sequential:
    """Return what each level of a U-Net computes."""
    return nn.Sequential(ResBlock(n, act), ResBlock(n, act))


class Down(nn.Module):
    """Half the size, other channels."""

    def __init__(self, inputs: int, outputs: int, plain: bool) -> None:
        """Build the 1 x 1 convolution."""
        super().__init__()
        self.plain = plain
        self.down = nn.Sequential(nn.AvgPool2d(2), convolution(inputs, outputs, 1))

    def forward(self, x: Tensor) -> Tensor:
        """Map (B, inputs, h, w) to (B, outputs, h/2, w/2)."""
        if self.plain:
            return self.down[1](F.interpolate(x, scale_factor=0.5, mode="bilinear", align_corners=False))
        return self.down(x)


class Mixed(nn.Module):
    """Other channels at twice the size: mixed while still small, unless plain."""

    def __init__(self, plain: bool) -> None:
        """Hold nothing: the children name their convolution as the checkpoint does."""
        super().__init__()
        self.plain = plain

    def mix(self, x: Tensor, conv: nn.Conv2d) -> Tensor:
        """Map (B, inputs, h, w) to (B, outputs, 2h, 2w)."""
        return conv(twice(x)) if self.plain else twice(conv(x))


class Up(Mixed):
    """The enlargement inside a U-Net."""

    def __init__(self, inputs: int, outputs: int, plain: bool) -> None:
        """Build the 1 x 1 convolution."""
        super().__init__(plain)
        self.up = nn.Sequential(nn.Identity(), convolution(inputs, outputs, 1))

    def forward(self, x: Tensor) -> Tensor:
        """Map (B, inputs, h, w) to (B, outputs, 2h, 2w)."""
        return self.mix(x, self.up[1])


class ScaleUp(Mixed):
    """The enlargement from one scale to the next."""

    def __init__(self, n: int, plain: bool) -> None:
        """Build the 1 x 1 convolution."""
        super().__init__(plain)
        self.scaleUp = nn.Sequential(nn.Identity(), convolution(n, n, 1))

    def forward(self, x: Tensor) -> Tensor:
        """Map (B, n, h, w) to (B, n, 2h, 2w)."""
        return self.mix(x, self.scaleUp[1])


class Encoder(nn.Module):
    """The contracting half of a U-Net; with `fused`, each level also hears what the stage before knew there."""

    def __init__(self, channels: tuple[int, int, int], act: nn.PReLU, plain: bool, fused: bool = True) -> None:
        """Build the layers in the order of the checkpoint."""
        super().__init__()
        c1, c2, c3 = channels
        self.plain = plain
        self.encoder_level1 = two_blocks(c1, act)
        self.encoder_level2 = two_blocks(c2, act)
        self.encoder_level3 = two_blocks(c3, act)
        self.down12 = Down(c1, c2, plain)
        self.down23 = Down(c2, c3, plain)
        if fused:
            self.csff_enc1, self.csff_enc2, self.csff_enc3 = (convolution(c, c, 1) for c in channels)
            self.csff_dec1, self.csff_dec2, self.csff_dec3 = (convolution(c, c, 1) for c in channels)

    def heard(self, level: int, encoded: Features, decoded: Features, coarser: bool) -> Tensor:
        """Return what the stage before says to one level (1 to 3), at this stage's size."""
        enc, dec = getattr(self, f"csff_enc{level}"), getattr(self, f"csff_dec{level}")
        e, d = encoded[level - 1], decoded[level - 1]
        if coarser and self.plain:
            return enc(twice(e)) + dec(twice(d))
        return twice(enc(e) + dec(d)) if coarser else enc(e) + dec(d)

    def forward(self, x: Tensor, before: tuple[Features, Features] | None = None, coarser: bool = False) -> Features:
        """Return the features of the three levels of x, (B, c1, h, w).

        `before` holds what the encoder and the decoder of the stage before found; `coarser`, that it worked at half
        this size.
        """
        levels = []
        for level, down in enumerate((None, self.down12, self.down23), start=1):
            x = down(x) if down else x  # (B, c_k, h/2^(k-1), w/2^(k-1))
            x = getattr(self, f"encoder_level{level}")(x)
            x = x + self.heard(level, *before, coarser) if before else x
            levels.append(x)
        return tuple(levels)


class Decoder(nn.Module):
    """The expanding half of a U-Net, with skips from the encoder that are added."""

    def __init__(self, channels: tuple[int, int, int], act: nn.PReLU, plain: bool) -> None:
        """Build the layers in the order of the checkpoint; `skip_attn` is its name there, no attention is computed."""
        super().__init__()
        c1, c2, c3 = channels
        self.decoder_level1 = two_blocks(c1, act)
        self.decoder_level2 = two_blocks(c2, act)
        self.decoder_level3 = two_blocks(c3, act)
        self.skip_attn1 = ResBlock(c1, act)
        self.skip_attn2 = ResBlock(c2, act)
        self.up32 = Up(c3, c2, plain)
        self.up21 = Up(c2, c1, plain)

    def forward(self, encoded: Features) -> Features:
        """Return the features of the three levels, of the same shapes."""
        e1, e2, e3 = encoded
        d3 = self.decoder_level3(e3)  # (B, c3, h/4, w/4)
        d2 = self.decoder_level2(self.up32(d3) + self.skip_attn2(e2))  # (B, c2, h/2, w/2)
        d1 = self.decoder_level1(self.up21(d2) + self.skip_attn1(e1))  # (B, c1, h, w)
        return d1, d2, d3


class Tail(nn.Module):
    """A residual picture at twice the size of the features: four times the channels, unfolded into pixels."""

    def __init__(self, n: int) -> None:
        """Build the convolution."""
        super().__init__()
        self.tail = convolution(n, 12)

    def forward(self, x: Tensor) -> Tensor:
        """Map (B, n, h, w) to (B, 3, 2h, 2w)."""
        return F.pixel_shuffle(self.tail(x), 2)


class MSSNet(nn.Module):
    """One U-Net on the coarsest scale, two on the middle one, three on the finest; each stage hears the one before."""

    def __init__(self, config: MSSNetConfig = MSSNetConfig()) -> None:
        """Build the layers in the order of the checkpoint."""
        super().__init__()
        self.config = config
        channels, n, plain = config.channels, config.wf, config.plain
        act = nn.PReLU()  # one slope for all: the checkpoint repeats it under 87 names

        def shallow(inputs: int) -> nn.Sequential:
            return nn.Sequential(convolution(inputs, n), ResBlock(n, act))

        def encoder(fused: bool = True) -> Encoder:
            return Encoder(channels, act, plain, fused)

        def decoder() -> Decoder:
            return Decoder(channels, act, plain)

        # Scale 1: h x w = H/4 x W/4.
        self.shallow_feat1 = shallow(12)
        self.E1_1, self.D1_1 = encoder(fused=False), decoder()
        self.tail1_1 = Tail(n)
        # Scale 2: h x w = H/2 x W/2.
        self.shallow_feat2 = shallow(12)
        self.up_scale1_feat = ScaleUp(n, plain)
        self.fusion12 = convolution(2 * n, n)
        self.E2_1, self.D2_1 = encoder(), decoder()
        self.E2_2, self.D2_2 = encoder(), decoder()
        self.tail2_1, self.tail2_2 = Tail(n), Tail(n)
        # Scale 3: h x w = H x W.
        self.shallow_feat3 = shallow(3)
        self.up_scale2_feat = ScaleUp(n, plain)
        self.fusion23 = convolution(2 * n, n)
        self.E3_1, self.D3_1 = encoder(), decoder()
        self.E3_2, self.D3_2 = encoder(), decoder()
        self.E3_3, self.D3_3 = encoder(), decoder()
        self.tail3_1, self.tail3_2, self.tail3_3 = (convolution(n, 3) for _ in range(3))

    def load_state_dict(self, state_dict: Mapping[str, Tensor], *args: Any, **kwargs: Any) -> Any:
        """Load weights as any module does, after looking at the slope that they repeat under 87 names.

        Raises:
            ValueError: the slopes differ: the last would silently win, and no MSSNet has two.
        """
        slopes = {float(value) for value in state_dict.values() if value.shape == (1,)}
        if len(slopes) > 1:
            raise ValueError(f"an MSSNet has one PReLU slope (got {len(slopes)}); these are weights of another network")
        return super().load_state_dict(state_dict, *args, **kwargs)

    def stages(self, picture: Tensor) -> Iterator[Tensor]:
        """Yield the finest features of the six stages of pictures (B, 3, H, W): (B, c1, H/4, W/4) first, H x W last.

        A stage is computed when it is asked for, so that whoever stops early pays for no more.
        """
        x = self.shallow_feat1(F.pixel_unshuffle(half_by_corners(picture), 2))  # (B, c1, H/4, W/4)
        encoded = self.E1_1(x)
        decoded = self.D1_1(encoded)
        yield decoded[0]  # (B, c1, H/4, W/4)
        x = self.shallow_feat2(F.pixel_unshuffle(picture, 2))  # (B, c1, H/2, W/2)
        x = self.fusion12(torch.cat((x, self.up_scale1_feat(decoded[0])), dim=1))
        encoded = self.E2_1(x, (encoded, decoded), coarser=True)
        decoded = self.D2_1(encoded)
        yield decoded[0]  # (B, c1, H/2, W/2)
        encoded = self.E2_2(decoded[0], (encoded, decoded))
        decoded = self.D2_2(encoded)
        yield decoded[0]  # (B, c1, H/2, W/2)
        x = self.shallow_feat3(picture)  # (B, c1, H, W)
        x = self.fusion23(torch.cat((x, self.up_scale2_feat(decoded[0])), dim=1))
        encoded = self.E3_1(x, (encoded, decoded), coarser=True)
        decoded = self.D3_1(encoded)
        yield decoded[0]  # (B, c1, H, W)
        encoded = self.E3_2(decoded[0], (encoded, decoded))
        decoded = self.D3_2(encoded)
        yield decoded[0]  # (B, c1, H, W)
        encoded = self.E3_3(decoded[0], (encoded, decoded))
        yield self.D3_3(encoded)[0]  # (B, c1, H, W)

    def outputs(self, picture: Tensor, upto: int = STAGES) -> list[Tensor]:
        """Return what the first `upto` stages make of pictures (B, 3, H, W) in [0, 1], for training.

        The first is (B, 3, H/2, W/2), the others are (B, 3, H, W). Nothing is clamped.

        Raises:
            ValueError: H or W is no multiple of 16.
        """
        check_size(picture)
        tails = (self.tail1_1, self.tail2_1, self.tail2_2, self.tail3_1, self.tail3_2, self.tail3_3)
        bases = (half_by_corners(picture), *[picture] * (STAGES - 1))
        stages = islice(self.stages(picture), upto)
        return [tail(x) + base for x, tail, base in zip(stages, tails, bases, strict=False)]

    def forward(self, picture: Tensor) -> Tensor:
        """Return what the last stage makes of pictures (B, 3, H, W) in [0, 1], of the same shape and not clamped.

        Raises:
            ValueError: H or W is no multiple of 16.
        """
        check_size(picture)
        for x in self.stages(picture):
            last = x
        return self.tail3_3(last) + picture  # (B, 3, H, W)

    def deblur(self, picture: Tensor) -> Tensor:
        """Return pictures (B, 3, H, W) in [0, 1] sharpened and clamped to [0, 1], at any H and W."""
        H, W = picture.shape[-2:]
        return self(padded(picture))[..., :H, :W].clamp(0, 1)  # (B, 3, H, W)


def check_size(picture: Tensor) -> None:
    """Refuse a size that the network cannot halve.

    Raises:
        ValueError: H or W is no multiple of 16.
    """
    H, W = picture.shape[-2:]
    if H % MULTIPLE or W % MULTIPLE:
        raise ValueError(f"MSSNet takes sizes that are multiples of {MULTIPLE} (got {H} x {W}); `deblur` takes any")


def padded(picture: Tensor) -> Tensor:
    """Return pictures (B, C, H, W) continued by reflection, below and on the right, to multiples of 16."""
    rows, columns = (reflected(n, picture.device) for n in picture.shape[-2:])
    return picture.index_select(-2, rows).index_select(-1, columns)


def reflected(n: int, device: torch.device) -> Tensor:
    """Return which of n pixels stands at each place up to the next multiple of 16: 0 ... n-1, n-2, ... 0, 1, ..."""
    places = torch.arange(-(-n // MULTIPLE) * MULTIPLE, device=device)
    period = max(2 * (n - 1), 1)
    return (n - 1) - ((places % period) - (n - 1)).abs()
