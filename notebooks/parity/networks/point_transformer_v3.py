"""Point Transformer V3: its curves, its orders with their patches, and the network in several sizes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields

import torch
from models.point_transformer_v3 import PointTransformerV3, PTv3Config, SerializedClouds, serialized
from models.space_filling_curves import codes
from torch import Tensor, nn

from parity.families import Family, Listed, Sidecar, Tensors, functions


def code_outputs(_: nn.Module, given: Tensors, sidecar: Sidecar) -> dict[str, Tensor]:
    """Return the codes of cells on each curve, (N,), of one cloud and, on Hilbert's curve, of several."""
    found, one = {}, torch.zeros_like(given["batch"])
    for depth in sidecar["config"]["depths"]:
        grid = given[f"grid_d{depth}"]
        found |= {f"d{depth}_{name}": codes(grid, one, depth, name) for name in sidecar["config"]["orders"]}
        found[f"d{depth}_hilbert_batch"] = codes(grid, given["batch"], depth, "hilbert")
    return found


def batch_of(offset: Tensor) -> Tensor:
    """Return the cloud of each point (N,), given where each cloud ends, (B,)."""
    counts = offset.diff(prepend=offset.new_zeros(1))
    return torch.arange(len(offset), device=offset.device).repeat_interleave(counts)


def order_outputs(_: nn.Module, given: Tensors, sidecar: Sidecar) -> dict[str, Tensor]:
    """Return everything that puts points in rows, and that cuts the rows into patches of several sizes."""
    batch = batch_of(given["offset"])
    clouds = serialized(given["grid_coord"], batch, sidecar["config"]["orders"])
    rows = {"code": clouds.code, "order": clouds.order, "inverse": clouds.inverse}
    found = {"depth": torch.tensor([clouds.depth]), "batch": batch} | rows
    for size in sidecar["config"]["patch_sizes"]:
        found |= {f"k{size}_{name}": value for name, value in patch_outputs(clouds, size).items()}
    return found


def patch_outputs(clouds: SerializedClouds, size: int) -> dict[str, Tensor]:
    """Return how the rows are cut into patches of one size, and how features go into those of the first and back."""
    cut = clouds.patches(size, shared=False)
    return {
        "pad": cut.pad,
        "unpad": cut.unpad,
        "cu_seqlens": torch.tensor((0, *cut.lengths)).cumsum(0),
        "attention_order_0": clouds.order[0][cut.pad],
        "attention_inverse_0": cut.unpad[clouds.inverse[0]],
    }


def forms(sidecar: Sidecar) -> Iterator[tuple[str, nn.Module]]:
    """Yield the network in the size of a case."""
    told, known = sidecar["config"], {field.name for field in fields(PTv3Config)}
    sizes = {name: tuple(value) if isinstance(value, list) else value for name, value in told.items() if name in known}
    yield "as it is", PointTransformerV3(PTv3Config(**sizes))


def outputs(network: nn.Module, given: Tensors, sidecar: Sidecar) -> dict[str, Tensor]:
    """Return what is known of the points after the embedding, each encoder stage and the last decoder stage."""
    found = network.outputs(given["feat"], given["grid_coord"], batch_of(given["offset"]))
    *_, last = found.values()
    return {name: found.get(name, last) for name in sidecar["outputs"]}


NETWORK = Family(forms, outputs)
FAMILIES = {
    "ptv3_codes": Family(functions, code_outputs),
    "ptv3_deep": NETWORK,
    "ptv3_orders": Family(functions, order_outputs),
    "ptv3_stale": NETWORK,
    "ptv3_tiny": NETWORK,
}
LISTS = {"ptv3-default": Listed(PointTransformerV3)}
