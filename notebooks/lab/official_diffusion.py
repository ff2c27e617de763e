"""Stable Diffusion for an essay: from the official file, if that has the digest of its record, else the small one."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path

import torch
from models.stable_diffusion import load_file
from torch import Tensor

from lab import record, weights
from lab.checkpoints import checkpoint_of, fill
from lab.designs import stable_diffusion
from lab.weights import Loaded

MODEL = "txt2img-stablediffusionv1-qgo-promptingreal"  # whose record gives the file's SHA-256


def load(place: torch.device) -> Loaded:
    """Return Stable Diffusion with the official weights, if their file is at hand, else the small one taught here.

    The words of its tokenizer (vocab.json, merges.txt) are looked for in the folder tokenizer/ beside the file.

    Raises:
        WeightsError: a file is there and must not be used.
        ValueError: the tokenizer is missing.
    """
    file = weights.official_file(stable_diffusion.parts("vae"))
    if file is None:
        return stable_diffusion.load(place)
    digests = weights.published_digests(MODEL)
    network = load_file(file, file.parent / "tokenizer", read=partial(checked, digests=digests), filler=fill)
    digest = record.used(f"official:{file.name}", file)
    return Loaded(network.to(place), "official", smaller=False, file=file.name, known=digest in digests.values())


def checked(path: Path, digests: Mapping[str, str]) -> Mapping[str, Tensor]:
    """Return the tensors of a file that has the digest its record gives.

    Raises:
        WeightsError: it has another, or holds no plain tensors.
    """
    return checkpoint_of(path, digests.get(path.name))
