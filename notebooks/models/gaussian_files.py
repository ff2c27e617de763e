"""Scenes of Gaussians as files: the `.ply` that programs exchange, with the small file of a compressed scene.

A `.ply` holds 32-bit floats: 62 for each Gaussian with colours up to degree 3, of which three (normals) are unused.

The small file holds what LightGaussian keeps: centres as 32-bit floats, shapes and opacities as 16-bit ones, own
colours as 16-bit floats for the Gaussians that keep theirs, and for the others an index of a few bits into a table of
shared colours.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

import torch
from safetensors.torch import load, save
from torch import Tensor

from models.splatting import Gaussians

HEADER = re.compile(
    rb"ply\nformat binary_little_endian 1\.0\nelement vertex (\d{1,9})\n((?:property float \w+\n)+)end_header\n"
)
DEGREES = (0, 1, 2, 3)


# --- .ply ------------------------------------------------------------------------------------------------------------


def properties(degree: int) -> list[str]:
    """Return what a `.ply` holds of each Gaussian, in its order."""
    rest = 3 * ((degree + 1) ** 2 - 1)
    return [
        *("x", "y", "z", "nx", "ny", "nz"),
        *(f"f_dc_{i}" for i in range(3)),
        *(f"f_rest_{i}" for i in range(rest)),
        "opacity",
        *(f"scale_{i}" for i in range(3)),
        *(f"rot_{i}" for i in range(4)),
    ]


@torch.no_grad()
def to_ply(scene: Gaussians) -> bytes:
    """Return a scene as a binary `.ply`; normals are zeros, colours are written channel after channel."""
    parts = (
        scene.xyz,
        torch.zeros_like(scene.xyz),
        scene.f_dc.mT.flatten(1),
        scene.f_rest.mT.flatten(1),
        scene.opacity,
        scene.scaling,
        scene.rotation,
    )
    rows = torch.cat(parts, dim=1).float().cpu().contiguous()
    lines = ["ply", "format binary_little_endian 1.0", f"element vertex {len(rows)}"]
    lines += [*(f"property float {name}" for name in properties(scene.degree)), "end_header\n"]
    return "\n".join(lines).encode("ascii") + rows.numpy().astype("<f4", copy=False).tobytes()


def from_ply(data: bytes) -> Gaussians:
    """Return the scene of a binary `.ply`; its normals are not kept.

    Raises:
        ValueError: it is no `.ply` of Gaussians with colours up to a degree of 0 to 3, or not a whole one.
    """
    header = HEADER.match(data)
    if header is None:
        raise ValueError("this is no binary .ply of vertices that have floats alone")
    count, names = int(header[1]), [line.split()[-1].decode("ascii") for line in header[2].splitlines()]
    degree = next((degree for degree in DEGREES if properties(degree) == names), None)
    if degree is None:
        raise ValueError(f"these are no Gaussians: a vertex has {', '.join(names[:5])} and so on, {len(names)} in all")
    body = data[header.end() :]
    if len(body) != 4 * count * len(names):
        raise ValueError(f"{count} Gaussians take {4 * count * len(names)} bytes (got {len(body)})")
    values = torch.frombuffer(bytearray(body) or bytearray(4), dtype=torch.float32)[: count * len(names)]
    return of_rows(values.view(count, len(names)), degree)


@torch.no_grad()
def of_rows(rows: Tensor, degree: int) -> Gaussians:
    """Return the scene of rows as a `.ply` has them."""
    scene, coefficients = Gaussians(len(rows), degree), (degree + 1) ** 2 - 1
    sizes = (3, 3, 3, 3 * coefficients, 1, 3, 4)
    xyz, _, f_dc, f_rest, opacity, scaling, rotation = rows.split(sizes, dim=1)
    colours = {"f_dc": f_dc[:, None], "f_rest": f_rest.unflatten(1, (3, coefficients)).mT}
    for name, value in (colours | {"xyz": xyz, "opacity": opacity, "scaling": scaling, "rotation": rotation}).items():
        getattr(scene, name).copy_(value)
    return scene


# --- the small file --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Small:
    """A scene as LightGaussian keeps it; colours are the D = 3 (degree + 1) squared numbers of `features`, in a row."""

    xyz: Tensor  # (N, 3) float32
    shapes: Tensor  # (N, 8) float16: opacity, three scales, four of the rotation, as they are learned
    own: Tensor  # (N,) bool: which keep their own colours
    colours: Tensor  # (the kept ones, D) float16
    codes: Tensor  # (K, D) float16
    index: Tensor  # (the others,) which code

    def scene(self) -> Gaussians:
        """Return the scene that is drawn from it."""
        features = self.codes.new_zeros(len(self.own), self.codes.shape[1])
        features[self.own], features[~self.own] = self.colours, self.codes[self.index]
        made = Gaussians(len(self.xyz), math.isqrt(features.shape[1] // 3) - 1)
        opacity, scaling, rotation = self.shapes.float().split((1, 3, 4), dim=1)
        parts = {"xyz": self.xyz, "opacity": opacity, "scaling": scaling, "rotation": rotation}
        table = features.float().unflatten(1, (-1, 3))
        with torch.no_grad():
            for name, value in (parts | {"f_dc": table[:, :1], "f_rest": table[:, 1:]}).items():
                getattr(made, name).copy_(value)
        return made


def to_small(small: Small) -> bytes:
    """Return the bytes of a small file; everything in it counts, its list of contents too."""
    width = max(1, (len(small.codes) - 1).bit_length())
    bits = small.index[:, None] >> torch.arange(width) & 1
    tensors = vars(small) | {"own": packed(small.own), "index": packed(bits.flatten().bool())}
    return save({name: value.contiguous() for name, value in tensors.items()})


def from_small(data: bytes) -> Small:
    """Return what a small file holds.

    Raises:
        ValueError: its parts do not belong together.
    """
    held = load(data)
    own = unpacked(held["own"], len(held["xyz"]))
    width = max(1, (len(held["codes"]) - 1).bit_length())
    bits = unpacked(held["index"], width * int((~own).sum())).view(-1, width)
    index = (bits.long() << torch.arange(width)).sum(-1)
    if len(held["colours"]) != int(own.sum()) or bool((index >= len(held["codes"])).any()):
        raise ValueError("the colours of this file are not those of its Gaussians")
    return Small(held["xyz"], held["shapes"], own, held["colours"], held["codes"], index)


def packed(bits: Tensor) -> Tensor:
    """Return bits (n,) as bytes, (n / 8 rounded up,), the first bit lowest."""
    rows = torch.nn.functional.pad(bits, (0, -len(bits) % 8)).view(-1, 8)
    return (rows.long() << torch.arange(8)).sum(-1).to(torch.uint8)


def unpacked(data: Tensor, count: int) -> Tensor:
    """Return the first `count` bits of bytes, (count,) bool.

    Raises:
        ValueError: there are not as many bytes as such bits take.
    """
    if len(data) != -(-count // 8):
        raise ValueError(f"{count} bits take {-(-count // 8)} bytes (got {len(data)})")
    return (data.long()[:, None] >> torch.arange(8) & 1).bool().flatten()[:count]
