"""The lessons of a small latent diffusion: an autoencoder of paintings, then a UNet that takes noise off their latents.

Networks and noise schedule are those of Stable Diffusion, made small: `SMALL` has the sizes. Some of the paintings
are shown at a third of their size, because the workflow of a large print first repaints a picture of that size.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

import numpy as np
import torch
from models.small_denoiser import STEPS, noised
from models.stable_diffusion import StableDiffusionConfig, letters_tokenizer, networks_of
from torch import Tensor, nn

from lab import earlier, painting
from lab.crops import Pictures, crop
from lab.crops import batches as batches_of
from lab.designs.stable_diffusion import parts
from lab.resize import shrunk
from lab.teaching import Batch, Lesson
from lab.tensors import to_tensor

AUTOENCODER, DENOISER = "latent-autoencoder", "latent-denoiser"
SMALL = StableDiffusionConfig(
    unet={
        "sample_size": 16,
        "block_out_channels": (32, 56),
        "layers_per_block": 1,
        "down_block_types": ("DownBlock2D", "CrossAttnDownBlock2D"),
        "up_block_types": ("CrossAttnUpBlock2D", "UpBlock2D"),
        "attention_head_dim": 4,  # the library's name for the number of heads
        "cross_attention_dim": 16,
        "norm_num_groups": 8,
    },
    vae={
        "block_out_channels": (16, 40, 64),
        "layers_per_block": 1,
        "down_block_types": ("DownEncoderBlock2D",) * 3,
        "up_block_types": ("UpDecoderBlock2D",) * 3,
        "latent_channels": 4,
        "norm_num_groups": 8,
        "mid_block_add_attention": False,
        "scaling_factor": 1.0,  # the lesson holds the latents to a spread of 1
    },
    text={
        "vocab_size": 514,
        "hidden_size": 16,
        "intermediate_size": 32,
        "num_hidden_layers": 1,
        "num_attention_heads": 2,
        "max_position_embeddings": 77,
        "bos_token_id": 512,
        "eos_token_id": 513,
        "pad_token_id": 513,
    },
)
# The UNet is built first and draws its numbers first, so its sizes decide with which numbers the autoencoder begins,
# and its lesson depends on them by several decibels: these went well.
BESIDE_A_WIDER_UNET = replace(SMALL, unet=SMALL.unet | {"block_out_channels": (40, 80)})
SIDE, LARGE, SMALLER = 16, 40, 3  # pixels of a tiny picture; paintings, and larger ones that are shrunk to a third
BATCH, PATCH, PIECE, NOISE = 8, 48, 16, 0.05  # at once; pixels, and places of a latent; on latents


def paintings(seed: int) -> Pictures:
    """Return paintings at the size of a print, and others made three times as large and shown at a third of it."""
    shrunken = painting.pictures(SMALLER, seed + 1000, 3 * SIDE)
    return painting.pictures(LARGE, seed, SIDE) + [shrunk(picture, 3)[1] for picture in shrunken]


# --- pictures to latents and back -------------------------------------------------------------------------------------


def autoencoder(config: StableDiffusionConfig) -> nn.Module:
    """Return an autoencoder with weights at random."""
    return networks_of(config)["vae"]


def piece(pictures: Pictures, rng: np.random.Generator) -> Batch:
    """Return a piece of a painting, (3, p, p) in [-1, 1]."""
    return (2 * to_tensor(crop(pictures, PATCH, rng)) - 1,)


def slopes(pictures: Tensor) -> tuple[Tensor, Tensor]:
    """Return the differences of neighbouring pixels, down and across."""
    return pictures.diff(dim=-2), pictures.diff(dim=-1)


def error_of_picture(network: nn.Module, pictures: Tensor) -> Tensor:
    """Return how far pictures (B, 3, p, p) come back from what went in, with how far latents are from a spread of 1.

    A little noise on the latents lets the decoder put up with those that a denoiser makes.
    """
    latents = network.encode(pictures).latent_dist.mean  # (B, 4, h, w)
    made = network.decode(latents + NOISE * torch.randn_like(latents)).sample  # (B, 3, p, p)
    off = nn.functional.l1_loss
    edges = sum(off(ours, theirs) for ours, theirs in zip(slopes(made), slopes(pictures), strict=True))
    spread = latents.mean((0, 2, 3)).square().mean() + (latents.std((0, 2, 3)) - 1).square().mean()
    return off(made, pictures) + edges + 0.1 * spread


# --- noise on latents -------------------------------------------------------------------------------------------------


@lru_cache(maxsize=1)
def first() -> nn.Module:
    """Return the autoencoder as it was shipped; nothing of it learns any more."""
    return earlier.network_of(parts("vae"), AUTOENCODER)


def denoiser(config: StableDiffusionConfig) -> nn.Module:
    """Return a UNet with its text encoder, weights at random."""
    made = networks_of(config)
    return nn.ModuleDict({name: made[name] for name in ("unet", "text_encoder")})


@torch.no_grad()
def latents(seed: int) -> list[Tensor]:
    """Return the latents of the paintings, (4, h, w) each."""
    pictures = (2 * to_tensor(picture) - 1 for picture in paintings(seed))
    return [first().encode(picture[None]).latent_dist.mode()[0] for picture in pictures]


def noisy(made: list[Tensor], rng: np.random.Generator) -> Batch:
    """Return a piece of a latent, its steps of noise and the noise: (4, p, p), (), (4, p, p)."""
    latent = made[rng.integers(len(made))]
    y, x = (rng.integers(0, n - PIECE + 1) for n in latent.shape[-2:])
    clean = latent[:, y : y + PIECE, x : x + PIECE]
    noise = torch.from_numpy(rng.standard_normal(clean.shape, dtype=np.float32))
    return clean, torch.tensor(int(rng.integers(STEPS))), noise


@lru_cache(maxsize=1)
def silence() -> Tensor:
    """Return the tokens of no words, (1, 77)."""
    return letters_tokenizer()("", padding="max_length", return_tensors="pt").input_ids


def error_of_noise(network: nn.Module, clean: Tensor, time: Tensor, noise: Tensor) -> Tensor:
    """Return the mean squared error of the noise that the network sees in latents, told nothing in words."""
    words = network["text_encoder"](silence().to(clean.device)).last_hidden_state.expand(len(clean), -1, -1)
    seen = network["unet"](noised(clean, noise, time), time, words).sample
    return nn.functional.mse_loss(seen, noise)


RECIPE = {"paintings": LARGE, "paintings at a third": SMALLER}
LESSONS = {
    AUTOENCODER: Lesson(
        "Painted scenes, made latents of a quarter of their width and height, and back.",
        BESIDE_A_WIDER_UNET,
        autoencoder,
        batches_of(paintings, piece, BATCH),
        error_of_picture,
        steps=1200,
        rate=2e-3,
        average=0.98,
        recipe=RECIPE | {"batch": BATCH, "patch": PATCH, "noise": NOISE},
    ),
    DENOISER: Lesson(
        "Latents of painted scenes under noise.",
        SMALL,
        denoiser,
        batches_of(latents, noisy, BATCH),
        error_of_noise,
        steps=1500,
        average=0.995,
        recipe=RECIPE | {"batch": BATCH, "piece": PIECE, earlier.FIRST: AUTOENCODER},
    ),
}
