"""EDSR-baseline with an end that enlarges twice."""

from __future__ import annotations

from collections.abc import Iterator

from models.edsr import EDSR, EDSRConfig
from torch import Tensor, nn

from parity.families import Family, Sidecar, Tensors


def forms(_: Sidecar) -> Iterator[tuple[str, nn.Module]]:
    """Yield its one form."""
    yield "as it is", EDSR(EDSRConfig(scale=2))


def outputs(network: nn.Module, given: Tensors, _: Sidecar) -> dict[str, Tensor]:
    """Return the enlarged picture, (B, 3, 2 h, 2 w)."""
    return {"sr": network((given["image"] - 0.5) / 0.5)}


FAMILIES = {"edsr": Family(forms, outputs)}
LISTS = {}
