"""The official weights of LinFusion's attention, in a copy of Stable Diffusion 1.5 with its own."""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch
from models.linfusion import mount_as_listed

from lab.checkpoints import WeightsError, checkpoint_of, fill
from lab.designs.official_diffusion import load, name_of, used
from lab.weights import Loaded, at_hand

FILES = ("LinFusion-1-5/diffusion_pytorch_model.safetensors",)  # with its config.json beside it


def with_and_without(place: torch.device) -> dict[str, Loaded]:
    """Return Stable Diffusion with "softmax" attention and with LinFusion's, "linear"; nothing where a file is missing.

    Raises:
        WeightsError: a file is there and must not be used, or config.json beside LinFusion's is missing or another.
        ValueError: LinFusion's file is for another network.
    """
    file = at_hand(FILES)
    softmax = load(place) if file is not None else None
    if file is None or softmax is None:
        return {}
    network = copy.deepcopy(softmax.network)
    fill(mount_as_listed(network.unet, listed_beside(file)), checkpoint_of(file, None), file.name)
    used(file)
    linear = replace(softmax, network=network.eval(), file=f"{softmax.file} and {name_of(file)}", known=False)
    return {"softmax": softmax, "linear": linear}


def listed_beside(file: Path) -> Mapping[str, Any]:
    """Return what config.json beside the weights says of where their parts belong.

    Raises:
        WeightsError: it is missing, cannot be read, or lists no modules.
    """
    try:
        found = json.loads((file.parent / "config.json").read_text("utf-8"))
    except OSError as error:
        raise WeightsError(f"config.json is missing beside {name_of(file)}; it says where its parts belong") from error
    except ValueError as error:
        raise WeightsError(
            f"config.json beside {name_of(file)} is no JSON ({error}); take the published one"
        ) from error
    if not isinstance(found, dict) or not isinstance(found.get("modules_list"), list):
        raise WeightsError(f"config.json beside {name_of(file)} has no modules_list; take the one published with it")
    return found
