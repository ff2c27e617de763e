"""LightGaussian: its scores with what they prune, and some steps of its vector quantisation."""

from __future__ import annotations

import torch
from models.lightgaussian import Codebook, kept, moved, nearest, pruned, renewed, significance
from torch import Tensor, nn

from parity.families import Family, Sidecar, Tensors, functions


def scores(_: nn.Module, given: Tensors, sidecar: Sidecar) -> dict[str, Tensor]:
    """Return what all views together see of each Gaussian, its score by the exponent, and what goes by the share."""
    light = given["important_score_per_view"].sum(0)
    found = {"important_score": light, "hit_count": given["hit_count_per_view"].sum(0)}
    for exponent in sidecar["config"]["v_pow"]:
        found[f"score_pow{exponent}"] = significance(light, given["scaling"], exponent)
    for share in sidecar["config"]["prune_percent"]:
        found[f"pruned_{share}"] = pruned(found["score_pow0.1"], share).long()
    return found


def quantised(_: nn.Module, given: Tensors, sidecar: Sidecar) -> dict[str, Tensor]:
    """Return what is quantised, to which codes, and how the codes move in the steps that were stored."""
    config, own = sidecar["config"], kept(given["importance"], sidecar["config"]["vq_ratio"])
    features, importance = given["features"][~own], given["importance"][~own]
    book, found, losses = Codebook.begun(given["codebook"][0]), {"kept_mask": own.long()}, []
    found |= told("initial", features, book)
    for step, rows in enumerate(given["batch_index"]):
        batch = features[rows], importance[rows]
        book, loss = moved(book, *batch, config["decay"])
        if step == 0:
            found |= {"cluster_size_after_step1": book.counts, "codebook_after_step1_before_replacement": book.codes}
        book = renewed(book, *batch, config["k_expire"])
        losses.append(loss)
    return found | {"loss_per_step": torch.stack(losses), "codebook_final": book.codes} | told("final", features, book)


def told(when: str, features: Tensor, book: Codebook) -> dict[str, Tensor]:
    """Return the nearest codes, as indices and as what they stand for."""
    index = nearest(features, book.codes)
    return {f"{when}_index": index, f"{when}_quantised": book.codes[index]}


FAMILIES = {"lightgaussian_score": Family(functions, scores), "lightgaussian_vq": Family(functions, quantised)}
LISTS = {}
