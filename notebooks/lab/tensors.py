"""Pictures as networks want them: from 8-bit rows of pixels to floats, channels first."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor


def to_tensor(picture: np.ndarray) -> Tensor:
    """Return a uint8 picture (H, W, 3) as floats (3, H, W) in [0, 1]."""
    return torch.from_numpy(np.ascontiguousarray(picture)).permute(2, 0, 1).float() / 255


def to_picture(values: Tensor) -> np.ndarray:
    """Return floats (3, H, W) in [0, 1] as a uint8 picture (H, W, 3), rounded."""
    return (values.clamp(0, 1) * 255).round().byte().permute(1, 2, 0).cpu().numpy()
