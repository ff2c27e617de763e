"""Splatting: shapes, colours, projection and blending, each compared by its own numbers."""

from __future__ import annotations

import torch
from models import splatting
from models.lightgaussian import sightings
from models.splatting import Camera, Splats
from torch import Tensor, nn

from parity.families import Family, Sidecar, Tensors, functions


def shapes(_: nn.Module, given: Tensors, __: Sidecar) -> dict[str, Tensor]:
    """Return rotations, their scaled axes and covariances, whole and as six numbers, of which two were stored."""
    whole = splatting.covariances(given["scaling"], given["rotation"])
    six = torch.stack([whole[:, i, j] for i in range(3) for j in range(i, 3)], dim=-1)
    return {
        "rotation_matrix": splatting.rotation_matrices(given["rotation"]),
        "L": splatting.axes(given["scaling"], given["rotation"]),
        "covariance": whole,
        "covariance_6": six,
        "covariance_6_rasteriser": six,
    }


def tints(_: nn.Module, given: Tensors, sidecar: Sidecar) -> dict[str, Tensor]:
    """Return colours by degree, before and after what lies below zero is cut, (N, 3)."""
    features = torch.cat([given["features_dc"], given["features_rest"]], dim=1)
    place = given["xyz"], given["camera_center"]
    directions = nn.functional.normalize(place[0] - place[1], dim=-1)
    found = {}
    for degree in sidecar["config"]["degrees"]:
        found[f"sh_deg{degree}"] = splatting.expanded(features, directions, degree)
        found[f"color_deg{degree}"] = splatting.colours(features, *place, degree)
    found["SH2RGB_dc"] = splatting.to_colour(features[:, 0])
    return found | {"RGB2SH_of_color_deg0": splatting.from_colour(found["color_deg0"])}


def splats(given: Tensors) -> Splats:
    """Return the Gaussians of a case, which are stored as they are drawn."""
    return Splats(*(given[name] for name in ("xyz", "scaling", "rotation")), given["opacity"][:, 0], given["features"])


def camera(view: Tensor, config: Sidecar) -> Camera:
    """Return the camera of a case."""
    return Camera(view, *(config[name] for name in ("width", "height", "fovx", "fovy")))


def projection(_: nn.Module, given: Tensors, sidecar: Sidecar) -> dict[str, Tensor]:
    """Return the camera's matrices, then where each Gaussian lies on the picture; what is not drawn has zeros."""
    seeing = camera(splatting.view_of(given["cam_R"], given["cam_T"]), sidecar["config"])
    found = splatting.project(splats(given), seeing)
    x0, y0, x1, y1 = found.tiles.unbind(-1)
    drawn = {
        "visible": found.visible.long(),
        "radii": found.radii,
        "tiles_touched": (x1 - x0) * (y1 - y0),
        "depths": found.depths,
        "means2D": found.means,
        "cov2D": found.covariances,
        "conic": found.conics,
        "rgb": found.colours,
        "rect": found.tiles,
    }
    matrices = {"world_view_transform": seeing.view, "full_proj_transform": seeing.full, "camera_center": seeing.centre}
    return matrices | {name: only(found.visible, value) for name, value in drawn.items()}


def only(visible: Tensor, values: Tensor) -> Tensor:
    """Return values (N, ...) with zeros for what is not drawn."""
    return torch.where(visible.view(-1, *(1 for _ in values.shape[1:])), values, torch.zeros_like(values))


def pictures(_: nn.Module, given: Tensors, sidecar: Sidecar) -> dict[str, Tensor]:
    """Return the picture, what is left of the light, how far each list is drawn, and how much each Gaussian is seen."""
    scene, seeing = splats(given), camera(given["world_view_transform"], sidecar["config"])
    made = splatting.render(scene, seeing, given["background"])
    seen = sightings(scene, [seeing])
    return {
        "image": made.image,
        "final_T": made.transmittance,
        "n_contrib": last_drawn(scene, made.projected, seeing),
        "radii": only(made.projected.visible, made.projected.radii),
        "gaussian_count": seen.hits.long(),
        "important_score": seen.light,
    }


def last_drawn(scene: Splats, projected: splatting.Projected, seeing: Camera) -> Tensor:
    """Return the place in the tile's list, from 1, of the last Gaussian that each pixel draws, (H, W); 0 for none."""
    order, parts = [], []
    for some in splatting.blend(scene, projected, seeing):
        places = torch.arange(1, some.index.shape[1] + 1, device=some.index.device)[:, None]
        parts.append((places * some.drawn).amax(1, keepdim=True))
        order.append(some.tiles)
    return splatting.put_together(torch.cat(parts)[torch.cat(order).argsort()], seeing)[0]


FAMILIES = {
    "gs_covariance": Family(functions, shapes),
    "gs_sh": Family(functions, tints),
    "gs_projection": Family(functions, projection),
    "gs_render": Family(functions, pictures),
}
LISTS = {}
