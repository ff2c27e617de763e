"""Grad-PU: its points between points, its network of distances, and its refinement of a cloud in overlapping pieces."""

from __future__ import annotations

from collections.abc import Iterator

from models import grad_pu
from models.point_clouds import distances, farthest, interpolated, midpoints, nearest, taken
from torch import Tensor, nn

from parity.families import Family, Sidecar, Tensors, functions


def midpoint_outputs(_: nn.Module, given: Tensors, sidecar: Sidecar) -> dict[str, Tensor]:
    """Return midpoints, the first chosen ones and how well all chosen cover them, for each ratio; and two basics."""
    points, generic, config = given["points"].mT, given["generic_points"].mT, sidecar["config"]
    found = {
        "knn_index": nearest(points, points, 2 * config["up_rates"][0]),
        "fps_of_generic_points": taken(generic, farthest(generic, config["fps_generic_length"])).mT,
    }
    for ratio in config["up_rates"]:
        candidates, chosen = midpoints(points, 2 * ratio), interpolated(points, ratio * config["n_points"])
        sure = config["exact_prefix_lengths"][f"x{ratio}"]  # beyond it, distances are equal and rounding decides
        found[f"candidates_x{ratio}"] = candidates.mT
        found[f"sampled_prefix_x{ratio}"] = chosen[:, :sure].mT
        found[f"coverage_radius_x{ratio}"] = distances(candidates, chosen).amin(-1).amax(-1)
    return found


def p2pnet(_: Sidecar) -> Iterator[tuple[str, nn.Module]]:
    """Yield the network of distances."""
    yield "as it is", grad_pu.P2PNet()


def p2pnet_outputs(network: nn.Module, given: Tensors, sidecar: Sidecar) -> dict[str, Tensor]:
    """Return what a cloud is like, the distances of queries with their slope, and where the queries go."""
    points, queries, config = given["points"], given["query"], sidecar["config"]
    local, whole = features = network.features(points)
    return {
        "global_feats": whole,
        "local_feats_last": local[-1][:, ::4],
        "p2p": network(points, queries),
        "grad_of_mean_p2p": grad_pu.slope(network, points, features, queries),
        "refined_query": grad_pu.descended(network, points, queries, config["step_size"], config["refinement_steps"]),
    }


def update_outputs(network: nn.Module, given: Tensors, sidecar: Sidecar) -> dict[str, Tensor]:
    """Return the middles of the pieces of a cloud, all refined pieces, and the first points chosen from them."""
    points, config = given["points"], sidecar["config"]
    size, cover = 4 * config["num_points"], config["patch_rate"]
    how = size, config["test_step_size"], config["num_iterations"], cover
    return {
        "seeds": grad_pu.middles(points, size, cover),
        "merged_before_sampling": grad_pu.refined(network, points, *how),
        "updated_prefix": grad_pu.updated(network, points, *how)[..., : config["prefix_length"]],
    }


FAMILIES = {
    "gradpu_midpoint": Family(functions, midpoint_outputs),
    "gradpu_p2pnet": Family(p2pnet, p2pnet_outputs),
    "gradpu_update": Family(p2pnet, update_outputs),
}
LISTS = {}
