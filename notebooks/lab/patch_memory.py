"""What one step of teaching costs a classifier of huge pictures, by their size: from selected patches, or from all."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
from models.ips import IPS, Patches

from lab.cost import cost
from lab.growth import Growth

SIDE = 32  # pixels of a patch


def unread(count: int) -> Patches:
    """Return one picture of so many patches, each of which is made when it is read."""
    return Patches(lambda places: torch.rand(*places.shape, 1, SIDE, SIDE), 1, count)


def from_selected(network: IPS, count: int) -> None:
    """Learn from the patches that were selected."""
    learn(network, network.select(unread(count)), count)


def from_all(network: IPS, count: int) -> None:
    """Learn from all patches."""
    learn(network, torch.arange(count)[None], count)


@torch.enable_grad()
def learn(network: IPS, places: torch.Tensor, count: int) -> None:
    """Look at patches (1, n) and follow the gradients back."""
    found = network.probabilities(network.read(unread(count), places))
    sum(each.square().sum() for each in found.values()).backward()
    network.zero_grad(set_to_none=True)


WAYS: dict[str, Callable[[IPS, int], None]] = {"selected": from_selected, "all": from_all}


def measured(network: IPS, way: str, counts: Sequence[int]) -> Growth:
    """Return what a step costs for pictures of so many patches, on the CPU, where every byte can be counted."""
    place = torch.device("cpu")
    return Growth(way, tuple(counts), tuple(cost(lambda n=n: WAYS[way](network, n), place) for n in counts))


@torch.no_grad()
def in_common(network: IPS, patches: Patches) -> float:
    """Return which share of the patches is kept both step by step and when all are scored at once."""
    everything = network.read(patches, network.order(patches))
    at_once = network.transf.crs_attn.scores(everything).topk(network.config.keep).indices
    by_steps = network.select(patches)
    return (by_steps[:, :, None] == at_once[:, None]).any(-1).double().mean().item()


@torch.no_grad()
def sharpness(network: IPS, patches: Patches) -> float:
    """Return the largest share that a query of a head gives to one patch when it sees all, in (0, 1]: their mean."""
    everything = network.read(patches, network.order(patches))
    return network.transf.crs_attn.attention(everything).amax(-1).double().mean().item()
