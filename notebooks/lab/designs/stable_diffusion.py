"""Stable Diffusion 1.5: the official file, or the small pipeline taught here, and how it repaints a picture."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
from models.stable_diffusion import (
    StableDiffusionConfig,
    assembled,
    letters_tokenizer,
    load_file,
    networks_of,
)
from torch import Tensor, nn

from lab import record, weights
from lab.checkpoints import checkpoint_of, fill
from lab.tensors import to_picture, to_tensor
from lab.weights import Design, Loaded

MODEL = "txt2img-stablediffusionv1-qgo-promptingreal"  # whose record gives the file's SHA-256
FILES = ("v1-5-pruned-emaonly.safetensors",)


def parts(*names: str) -> Design:
    """Return the design of some of the networks of a small pipeline, kept in one file: as one, or by name."""

    def sized(config: Mapping[str, Any]) -> nn.Module:
        made = networks_of(StableDiffusionConfig(**config))
        return made[names[0]] if len(names) == 1 else nn.ModuleDict({name: made[name] for name in names})

    return Design("latent", lambda: sized({}), sized, files=FILES)


def load(place: torch.device) -> Loaded:
    """Return Stable Diffusion with the official weights, if their file is at hand, else the small one taught here.

    The words of its tokenizer (vocab.json, merges.txt) are looked for in the folder tokenizer/ beside the file.

    Raises:
        WeightsError: a file is there and must not be used.
        ValueError: the tokenizer is missing.
    """
    file = weights.official_file(parts("vae"))
    if file is not None:
        digests = weights.published_digests(MODEL)
        network = load_file(file, file.parent / "tokenizer", read=partial(checked, digests=digests), filler=fill)
        digest = record.used(f"official:{file.name}", file)
        return Loaded(network.to(place), "official", smaller=False, file=file.name, known=digest in digests.values())
    vae = weights.load(parts("vae"), "latent-autoencoder", place, official=False)
    rest = weights.load(parts("unet", "text_encoder"), "latent-denoiser", place, official=False)
    network = assembled({"vae": vae.network, **dict(rest.network.items())}, letters_tokenizer())
    return Loaded(network.to(place), rest.origin, smaller=True, file=rest.file)


def checked(path: Path, digests: Mapping[str, str]) -> Mapping[str, Tensor]:
    """Return the tensors of a file that has the digest its record gives.

    Raises:
        WeightsError: it has another, or holds no plain tensors.
    """
    return checkpoint_of(path, digests.get(path.name))


def repaint(
    loaded: Loaded, image: Tensor, prompt: str, strength: float, steps: int = 50, guidance: float = 5.0, seed: int = 0
) -> Tensor:
    """Return a picture (3, H, W) in [0, 1] repainted image-to-image, its sides cut to what the autoencoder can halve.

    The small network has learned no words, so it hears none, and a second pass to follow them would change nothing.
    """
    place = next(loaded.network.parameters()).device
    said = (prompt, guidance) if loaded.origin == "official" else ("", 1.0)
    made = loaded.network.image_to_image(image[None].to(place), said[0], strength, steps, said[1], seed)
    return made[0].float().cpu()


def repainted(
    loaded: Loaded, soft: np.ndarray, prompt: str, strength: float, seeds: Sequence[int], steps: int = 50
) -> list[np.ndarray]:
    """Return a uint8 enlargement repainted at one strength, once for each seed."""
    return [to_picture(repaint(loaded, to_tensor(soft), prompt, strength, steps, seed=seed)) for seed in seeds]
