"""IPS: each step of the selection and what is then read, with the network of the base code and of this paper."""

from __future__ import annotations

from collections.abc import Iterator

import torch
from models.ips import IPS, IPSConfig, Kept, Patches, cut, taken
from torch import Tensor, nn

from parity.families import Family, Sidecar, Tensors


def forms(sidecar: Sidecar) -> Iterator[tuple[str, nn.Module]]:
    """Yield the network with as many patches kept as the case has."""
    config = sidecar["config"]
    tasks = tuple((name, kind) for name, (_, kind) in sorted(config["tasks"].items(), key=lambda task: task[1][0]))
    sizes = {"heads": config["H"], "head_width": config["D_k"], "inner": config["D_inner"], "keep": config["M"]}
    yield "as it is", IPS(IPSConfig(tasks, at_once=config["I"], branches=config["branch"], **sizes))


def outputs(network: IPS, given: Tensors, sidecar: Sidecar) -> dict[str, Tensor]:
    """Return the embeddings of all patches, the selection step by step, and what each task answers."""
    patches = Patches.of(cut(given["canvas"], sidecar["config"]["patch"]))
    order = network.order(patches)
    steps = list(network.steps(patches, order))
    places = network.select(patches)
    read = network.read(patches, places)
    logits = network.logits(network.transf(read))
    found = {f"logits_{task}": value for task, value in logits.items()}
    found |= {f"probs_{task}": value for task, value in network(patches).items()}
    return found | selected(network, patches, steps, places) | branches(network, read)


def selected(network: IPS, patches: Patches, steps: list[Kept], places: Tensor) -> dict[str, Tensor]:
    """Return what the selection saw and kept."""
    everything = patches.read(network.order(patches))
    return {
        "embeddings": network.embed(everything),
        "scores": torch.cat([kept.scores for kept in steps], dim=-1),
        "indices_per_iteration": torch.stack([kept.places for kept in steps], dim=1),
        "selected": places,
        "memory_patch_mean": taken(everything, places).mean((2, 3, 4)),
    }


def branches(network: IPS, read: Tensor) -> dict[str, Tensor]:
    """Return what each head alone answers to each task, (B, H, T, K), if the network has such branches."""
    if not network.config.branches:
        return {}
    return {"branch_probs": torch.stack(list(network.branches(read)[0].values()), dim=2)}


FAMILIES = {"ips": Family(forms, outputs)}
LISTS = {}
