"""Stop MSSNet after each of its six stages: the picture it can hand out by then, with the work that took."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
import torch
from models.mssnet import MULTIPLE, MSSNet, padded

from lab.cost import counted
from lab.resize import resize
from lab.tensors import to_picture, to_tensor
from lab.weights import Loaded

TAILS = ("tail1_1", "tail2_1", "tail2_2", "tail3_1", "tail3_2", "tail3_3")


@torch.no_grad()
def after_each(loaded: Loaded, picture: np.ndarray) -> list[np.ndarray]:
    """Return a uint8 picture (H, W, 3) after each of the six stages, all of that size.

    What the first stage makes is half as large; bicubic resizing enlarges it.
    """
    height, width = picture.shape[:2]
    place = loaded.place
    first, *others = loaded.network.outputs(padded(to_tensor(picture)[None].to(place)))
    made = [to_picture(each[0]) for each in (first, *others)]
    made[0] = resize(made[0], *made[-1].shape[:2])
    return [each[:height, :width] for each in made]


def gmacs_of_each(build: Callable[[], MSSNet], height: int, width: int) -> list[float]:
    """Return the billions of multiplications with additions that a picture takes up to each stage, by counting alone.

    Each includes what hands the picture out after that stage, and no other. The sides are rounded up to multiples of
    16, as the network's padding does.
    """
    with torch.device("meta"):  # sizes, no numbers
        network = build().eval()
        going = network.stages(torch.empty(1, 3, *(-(-side // MULTIPLE) * MULTIPLE for side in (height, width))))
        found, total, features = [], 0.0, []
        for tail in TAILS:
            total += counted(lambda: features.append(next(going)))
            found.append(total + counted(partial(getattr(network, tail), features[-1])))
    return found
