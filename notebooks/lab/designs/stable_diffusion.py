"""Stable Diffusion 1.5: with official weights, or the small pipeline taught here, and how it repaints a picture."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import torch
from models.stable_diffusion import (
    StableDiffusionConfig,
    assembled,
    letters_tokenizer,
    networks_of,
)
from torch import Tensor, nn

from lab import weights
from lab.designs import official_diffusion
from lab.tensors import to_picture, to_tensor
from lab.weights import Design, Loaded


def parts(*names: str) -> Design:
    """Return the design of some of the networks of a small pipeline, kept in one file: as one, or by name."""

    def sized(config: Mapping[str, Any]) -> nn.Module:
        made = networks_of(StableDiffusionConfig(**config))
        return made[names[0]] if len(names) == 1 else nn.ModuleDict({name: made[name] for name in names})

    return Design("latent", lambda: sized({}), sized, files=())


def load(place: torch.device) -> Loaded:
    """Return Stable Diffusion with the official weights, if they are at hand, else the small one taught here.

    Raises:
        WeightsError: a file is there and must not be used.
        ValueError: a part is missing.
    """
    if official := official_diffusion.load(place):
        return official
    vae = weights.load(parts("vae"), "latent-autoencoder", place, official=False)
    rest = weights.load(parts("unet", "text_encoder"), "latent-denoiser", place, official=False)
    network = assembled({"vae": vae.network, **dict(rest.network.items())}, letters_tokenizer())
    return Loaded(network.to(place), rest.origin, smaller=True, file=rest.file)


def repaint(
    loaded: Loaded, image: Tensor, prompt: str, strength: float, steps: int = 50, guidance: float = 5.0, seed: int = 0
) -> Tensor:
    """Return a picture (3, H, W) in [0, 1] repainted image-to-image, resized to sides that the autoencoder can halve.

    The small network has learned no words, so it hears none, and a second pass to follow them would change nothing.
    """
    place = loaded.place
    said = (prompt, guidance) if loaded.origin == "official" else ("", 1.0)
    made = loaded.network.image_to_image(image[None].to(place), said[0], strength, steps, said[1], seed)
    return made[0].float().cpu()


def repainted(
    loaded: Loaded, soft: np.ndarray, prompt: str, strength: float, seeds: Sequence[int], steps: int = 50
) -> list[np.ndarray]:
    """Return a uint8 enlargement repainted at one strength, once for each seed."""
    return [to_picture(repaint(loaded, to_tensor(soft), prompt, strength, steps, seed=seed)) for seed in seeds]
