"""LIIF with its EDSR-baseline encoder: folded, in bands of rows, and in the order of the official code."""

from __future__ import annotations

from collections.abc import Iterator

from bench.plain_liif import PlainLIIF
from models.liif import LIIF
from models.liif_bands import LIIFInBands
from torch import Tensor, nn

from parity.families import Family, Sidecar, Tensors


def forms(_: Sidecar) -> Iterator[tuple[str, nn.Module]]:
    """Yield the forms that compute the same."""
    yield "the folded form", LIIF()
    yield "in bands", LIIFInBands()
    yield "the plain form", PlainLIIF()


def outputs(network: nn.Module, given: Tensors, sidecar: Sidecar) -> dict[str, Tensor]:
    """Return every eighth feature map, and the raw answers at each size, (B, H, W, 3)."""
    picture = (given["image"] - 0.5) / 0.5
    found = {"features": network.encoder.features(picture)[:, ::8]}
    sizes = {name: out["shape"][1:3] for name, out in sidecar["outputs"].items() if name != "features"}
    return found | {name: network.render(picture, *size) for name, size in sizes.items()}


FAMILIES = {"liif": Family(forms, outputs)}
LISTS = {}
