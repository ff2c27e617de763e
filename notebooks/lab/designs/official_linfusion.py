"""The official weights of LinFusion's attention, in a copy of Stable Diffusion 1.5 with its own."""

from __future__ import annotations

import copy
import json
from dataclasses import replace

import torch
from models.linfusion import mount_as_listed

from lab.checkpoints import WeightsError, checkpoint_of, fill
from lab.designs.official_diffusion import load, name_of, used
from lab.weights import Loaded, at_hand

FILES = ("LinFusion-1-5/diffusion_pytorch_model.safetensors",)  # with its config.json beside it


def with_and_without(place: torch.device) -> dict[str, Loaded]:
    """Return Stable Diffusion with "softmax" attention and with LinFusion's, "linear"; nothing where a file is missing.

    Raises:
        WeightsError: a file is there and must not be used, or config.json is missing beside LinFusion's.
        ValueError: LinFusion's file is for another network.
    """
    file = at_hand(FILES)
    softmax = load(place) if file is not None else None
    if file is None or softmax is None:
        return {}
    network = copy.deepcopy(softmax.network)
    try:
        listed = json.loads((file.parent / "config.json").read_text("utf-8"))
    except OSError as error:
        raise WeightsError(f"config.json is missing beside {name_of(file)}; it says where its parts belong") from error
    fill(mount_as_listed(network.unet, listed), checkpoint_of(file, None), file.name)
    used(file)
    linear = replace(softmax, network=network.eval(), file=f"{softmax.file} and {name_of(file)}", known=False)
    return {"softmax": softmax, "linear": linear}
