"""MSSNet in two widths: mixing before enlarging, the same in channels_last, and in the order of the official code."""

from __future__ import annotations

from collections.abc import Iterator

import torch
from models.mssnet import LARGE, MSSNet, MSSNetConfig
from torch import Tensor, nn

from parity.families import Family, Listed, Sidecar, Tensors

OUTPUTS = ("res1_1", "res2_1", "res2_2", "res3_1", "res3_2", "res3_3")


def forms(sidecar: Sidecar) -> Iterator[tuple[str, nn.Module]]:
    """Yield the forms that compute the same."""
    yield "the fast form", MSSNet(MSSNetConfig(**sidecar["config"]))
    yield "in channels_last", MSSNet(MSSNetConfig(**sidecar["config"])).to(memory_format=torch.channels_last)
    yield "the plain form", MSSNet(MSSNetConfig(**sidecar["config"], plain=True))


def outputs(network: nn.Module, given: Tensors, _: Sidecar) -> dict[str, Tensor]:
    """Return the six pictures of training and the one of use, (B, 3, H, W), the first of them at half the size."""
    return dict(zip(OUTPUTS, network.outputs(given["x"]), strict=True)) | {"eval": network(given["x"])}


FAMILIES = {"mssnet": Family(forms, outputs)}
LISTS = {"mssnet-large": Listed(lambda: MSSNet(LARGE))}
