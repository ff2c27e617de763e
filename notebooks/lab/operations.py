"""The operations of workflows, which need no learned weights: pictures in, pictures out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from torch import Tensor

from lab.resize import resize
from lab.tensors import to_picture, to_tensor


def bicubic(image: Tensor, s: float) -> Tensor:
    """Enlarge (3, H, W) in [0, 1] by s with Pillow, rounding to 8 bits."""
    h, w = (round(side * s) for side in image.shape[-2:])
    return to_tensor(resize(to_picture(image), h, w))


OPERATIONS: dict[str, Callable[..., Any]] = {"bicubic": bicubic}
