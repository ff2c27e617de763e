"""The official weights of Stable Diffusion 1.5, one file or a folder."""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import partial
from pathlib import Path

import torch
import torch.nn.functional as F  # noqa: N812 (its usual name)
from models.stable_diffusion import StableDiffusion, load_file, load_folder
from torch import Tensor

from lab import record, weights
from lab.checkpoints import checkpoint_of, fill
from lab.weights import Loaded

MODEL = "txt2img-stablediffusionv1-qgo-promptingreal"  # whose record gives the file's SHA-256
FILES = (
    "v1-5-pruned-emaonly.safetensors",
    "stable-diffusion-v1-5/unet/diffusion_pytorch_model*.safetensors",  # a folder in the layout of diffusers
    "stable-diffusion-v1-5/unet/diffusion_pytorch_model*.bin",
    "unet/diffusion_pytorch_model*.safetensors",  # the folder that was named is one
    "unet/diffusion_pytorch_model*.bin",
)


def load(place: torch.device) -> Loaded | None:
    """Return Stable Diffusion with the official weights; nothing where they are not at hand.

    For one file the words of its tokenizer (vocab.json, merges.txt) are looked for in the folder tokenizer/ beside it.

    Raises:
        WeightsError: a file is there and must not be used.
        ValueError: another part of the folder, or the tokenizer, is missing.
    """
    file = weights.at_hand(FILES)
    if file is None:
        return None
    digests, files = weights.published_digests(MODEL), []
    read = partial(checked, digests=digests, files=files)
    if file.parent.name == "unet":
        network = load_folder(file.parents[1], read=read, filler=fill)
    else:
        network = load_file(file, file.parent / "tokenizer", read=read, filler=fill)
    known = [used(path) in digests.values() for path in files]
    unet = next((path for path in files if path.parent == file.parent), file)  # the one of several that was read
    return Loaded(network.to(place), "official", smaller=False, file=name_of(unet), known=all(known))


def checked(path: Path, digests: Mapping[str, str], files: list[Path]) -> Mapping[str, Tensor]:
    """Return the tensors of a file that has the digest its record gives, if that gives one; `files` gets the file.

    Raises:
        WeightsError: it has another, or holds no plain tensors.
    """
    files.append(path)
    return checkpoint_of(path, digests.get(path.name))


def used(path: Path) -> str:
    """Keep the SHA-256 of an official file in the record of the run, and return it."""
    return record.used(f"official:{name_of(path)}", path)


def name_of(path: Path) -> str:
    """Return the name of an official file, from the folder that the environment names."""
    return path.relative_to(os.environ[weights.FOLDER]).as_posix()


@torch.no_grad()
def error_of_noise(loaded: Loaded, picture: Tensor, time: int, seed: int) -> float:
    """Return the mean squared error of the noise that the network sees in a picture (3, H, W) in [0, 1], told no words.

    H and W are multiples of 8. The picture is made a latent, to which `time` steps of noise, of a thousand, are added.
    """
    whole: StableDiffusion = loaded.network
    place = loaded.place
    latent = whole.vae.encode(picture[None].to(place) * 2 - 1).latent_dist.mode() * whole.vae.config.scaling_factor
    noise = torch.randn(latent.shape, generator=torch.Generator().manual_seed(seed)).to(latent)  # the same everywhere
    steps = torch.tensor([time], device=place)
    told = whole.tokenizer("", padding="max_length", return_tensors="pt").input_ids.to(place)
    words = whole.text_encoder(told)[0]
    seen = whole.unet(whole.scheduler.add_noise(latent, noise, steps), steps, words).sample
    return float(F.mse_loss(seen, noise))
