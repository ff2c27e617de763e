"""Splatting: a scene of soft coloured blobs (3-D Gaussians), drawn by projecting each one and blending from the front.

A picture is made in four steps, in the order of this file:

1. each Gaussian has a centre, a shape (scales and a rotation), an opacity, and a colour that depends on the direction
   from which it is seen (spherical harmonics);
2. a camera projects it: the centre exactly, the shape by the linear part of the projection there (EWA splatting), so
   that it becomes a flat Gaussian on the picture;
3. every tile of 16 x 16 pixels gets the list of those that may touch it, sorted from the nearest to the farthest;
4. every pixel blends its tile's list: what one Gaussian covers, those behind it cannot show.

All is differentiable by centres, shapes, opacities and colours; lists and thresholds are not. Shapes stand at line
ends: N Gaussians, T tiles, K places in a tile's list, P = 256 pixels of a tile.

Kerbl et al., 3D Gaussian Splatting (2023); Zwicker et al., EWA Splatting (2002).
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import torch
import torch.nn.functional as F  # noqa: N812 (its usual name)
from torch import Tensor, nn

TILE = 16  # pixels
NEAREST = 0.2  # what lies nearer to the camera than this is not drawn
LOW_PASS = 0.3  # square pixels, added to each flat Gaussian, so that none falls between pixels
BEYOND = 1.3  # how far outside the view, as a multiple of it, the slope of the projection still changes
OPAQUE = 0.99  # the most that one Gaussian covers
FAINTEST = 1 / 255  # what covers less of a pixel is not drawn there
DARKEST = 1e-4  # a pixel ends before its transmittance falls below this
BATCH = {"cpu": 2**18, "cuda": 2**24}  # places times pixels that are blended at once


# --- a scene ---------------------------------------------------------------------------------------------------------


class Gaussians(nn.Module):
    """N Gaussians with colours up to a degree, as they are learned: any numbers are allowed."""

    def __init__(self, count: int, degree: int = 3) -> None:
        """Make room for `count` Gaussians: grey, half opaque, round, all at the origin."""
        super().__init__()
        self.xyz = nn.Parameter(torch.zeros(count, 3))
        self.f_dc = nn.Parameter(torch.zeros(count, 1, 3))  # the colour's part that is the same from everywhere
        self.f_rest = nn.Parameter(torch.zeros(count, (degree + 1) ** 2 - 1, 3))
        self.opacity = nn.Parameter(torch.zeros(count, 1))  # before the sigmoid
        self.scaling = nn.Parameter(torch.zeros(count, 3))  # logarithms
        self.rotation = nn.Parameter(torch.tensor([1.0, 0, 0, 0]).repeat(count, 1))  # w, x, y, z, of any length

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self.xyz)

    @property
    def degree(self) -> int:
        """The highest degree of its colours."""
        return math.isqrt(self.f_rest.shape[1] + 1) - 1

    @property
    def features(self) -> Tensor:
        """The coefficients of its colours, (N, (degree + 1) squared, 3)."""
        return torch.cat([self.f_dc, self.f_rest], dim=1)

    def splats(self) -> Splats:
        """Return what is drawn: scales above 0, rotations of length 1, opacities in (0, 1)."""
        shape = self.scaling.exp(), F.normalize(self.rotation, dim=-1)
        return Splats(self.xyz, *shape, self.opacity.sigmoid()[:, 0], self.features)

    @torch.no_grad()
    def chosen(self, which: Tensor, degree: int | None = None) -> Gaussians:
        """Return a copy of some Gaussians (a mask or indices), their colours cut to a degree."""
        degree = self.degree if degree is None else degree
        made = Gaussians(len(self.xyz[which]), degree).to(self.xyz.device, self.xyz.dtype)
        for name, value in made.named_parameters():
            value.copy_(getattr(self, name)[which][:, : value.shape[1]])
        return made


@dataclass(frozen=True)
class Splats:
    """Gaussians as they are drawn."""

    xyz: Tensor  # (N, 3) centres in the world
    scaling: Tensor  # (N, 3) standard deviations along their own axes
    rotation: Tensor  # (N, 4) quaternions w, x, y, z
    opacity: Tensor  # (N,) how much the middle covers
    features: Tensor  # (N, M, 3) coefficients of the colour, M = (degree + 1) squared


def rotation_matrices(rotation: Tensor) -> Tensor:
    """Return the rotations (N, 3, 3) of quaternions w, x, y, z of any length, (N, 4)."""
    w, x, y, z = F.normalize(rotation, dim=-1).unbind(-1)
    rows = (
        (1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)),
        (2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)),
        (2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)),
    )
    return torch.stack([torch.stack(row, dim=-1) for row in rows], dim=-2)


def axes(scaling: Tensor, rotation: Tensor) -> Tensor:
    """Return each Gaussian's own axes, as long as its scales: the columns of (N, 3, 3)."""
    return rotation_matrices(rotation) * scaling[:, None, :]


def covariances(scaling: Tensor, rotation: Tensor) -> Tensor:
    """Return the shapes of Gaussians: covariances (N, 3, 3)."""
    half = axes(scaling, rotation)
    return half @ half.mT


# --- colours ---------------------------------------------------------------------------------------------------------

CONSTANT = 0.28209479177387814  # the first of the spherical harmonics, sqrt(1 / (4 pi))


def harmonics(directions: Tensor, degree: int) -> Tensor:
    """Return the real spherical harmonics up to a degree of 3 for unit directions (N, 3): (N, (degree + 1) squared).

    Degree by degree, each from m = -l to l, with the signs of Condon and Shortley.
    """
    x, y, z = directions.unbind(-1)
    xx, yy, zz = x * x, y * y, z * z
    one = math.sqrt(3 / math.pi) / 2
    two = math.sqrt(15 / math.pi) / 2
    three = math.sqrt(35 / (2 * math.pi)) / 4, math.sqrt(105 / math.pi) / 2, math.sqrt(21 / (2 * math.pi)) / 4
    bands = (
        (torch.full_like(x, CONSTANT),),
        (-one * y, one * z, -one * x),
        (
            two * x * y,
            -two * y * z,
            math.sqrt(5 / math.pi) / 4 * (2 * zz - xx - yy),
            -two * x * z,
            two / 2 * (xx - yy),
        ),
        (
            -three[0] * y * (3 * xx - yy),
            three[1] * x * y * z,
            -three[2] * y * (4 * zz - xx - yy),
            math.sqrt(7 / math.pi) / 4 * z * (2 * zz - 3 * xx - 3 * yy),
            -three[2] * x * (4 * zz - xx - yy),
            three[1] / 2 * z * (xx - yy),
            -three[0] * x * (xx - 3 * yy),
        ),
    )
    return torch.stack([each for band in bands[: degree + 1] for each in band], dim=-1)


def expanded(features: Tensor, directions: Tensor, degree: int) -> Tensor:
    """Return the sum of spherical harmonics up to a degree with coefficients (N, M, 3): (N, 3), around 0."""
    basis = harmonics(directions, degree)
    return (basis[..., None] * features[:, : basis.shape[1]]).sum(1)


def colours(features: Tensor, xyz: Tensor, centre: Tensor, degree: int | None = None) -> Tensor:
    """Return the colour of each Gaussian as a camera at `centre` sees it, (N, 3), 0 or more, around 0.5."""
    degree = math.isqrt(features.shape[1]) - 1 if degree is None else degree
    return (expanded(features, F.normalize(xyz - centre, dim=-1), degree) + 0.5).clamp(min=0)


def to_colour(constant: Tensor) -> Tensor:
    """Return the colour that a first coefficient alone stands for."""
    return constant * CONSTANT + 0.5


def from_colour(colour: Tensor) -> Tensor:
    """Return the first coefficient that alone stands for a colour."""
    return (colour - 0.5) / CONSTANT


# --- a camera --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Camera:
    """Where the picture is taken from: x to the right, y down, z forward; matrices are for rows, point @ matrix."""

    view: Tensor  # (4, 4) from the world to the camera
    width: int
    height: int
    fovx: float  # radians
    fovy: float
    near: float = 0.01
    far: float = 100.0

    @property
    def projection(self) -> Tensor:
        """From the camera to the picture, (4, 4): what is seen has x, y in [-1, 1] after division by the last."""
        depth = self.far / (self.far - self.near)
        rows = (
            (1 / math.tan(self.fovx / 2), 0, 0, 0),
            (0, 1 / math.tan(self.fovy / 2), 0, 0),
            (0, 0, depth, 1),
            (0, 0, -depth * self.near, 0),
        )
        return self.view.new_tensor(rows)

    @property
    def full(self) -> Tensor:
        """From the world to the picture, (4, 4)."""
        return self.view @ self.projection

    @property
    def centre(self) -> Tensor:
        """Where it stands in the world, (3,)."""
        return torch.linalg.inv(self.view)[3, :3]

    @property
    def grid(self) -> tuple[int, int]:
        """How many tiles the picture has across and down."""
        return -(-self.width // TILE), -(-self.height // TILE)


def view_of(rotation: Tensor, translation: Tensor) -> Tensor:
    """Return the matrix (4, 4) of a camera turned by `rotation`, from it to the world: p @ rotation + translation."""
    view = torch.eye(4, dtype=rotation.dtype, device=rotation.device)
    view[:3, :3], view[3, :3] = rotation, translation
    return view


# --- projection ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Projected:
    """Gaussians as they lie on a picture; what is not `visible` is not drawn."""

    means: Tensor  # (N, 2) pixels; a pixel's middle has whole numbers
    depths: Tensor  # (N,)
    covariances: Tensor  # (N, 3) xx, xy, yy, in square pixels
    conics: Tensor  # (N, 3) the same, inverted
    radii: Tensor  # (N,) whole pixels: three standard deviations the long way
    tiles: Tensor  # (N, 4) from x0, y0 to x1, y1, without the last
    colours: Tensor  # (N, 3)
    visible: Tensor  # (N,) bool


def project(splats: Splats, camera: Camera, degree: int | None = None) -> Projected:
    """Return where on its picture a camera sees each Gaussian, in which shape and colour."""
    means = centres(splats.xyz, camera)
    seen = flat(covariances(splats.scaling, splats.rotation), splats.xyz, camera)
    xx, xy, yy = seen.unbind(-1)
    determinant = xx * yy - xy * xy
    conics = torch.stack([yy, -xy, xx], dim=-1) / determinant[:, None]
    radii, tiles = reach(means.detach(), seen.detach(), camera)
    depths = (splats.xyz @ camera.view[:3, :3] + camera.view[3, :3])[:, 2]
    touches = ((tiles[:, 2] - tiles[:, 0]) * (tiles[:, 3] - tiles[:, 1])) > 0
    visible = (depths > NEAREST) & (determinant != 0) & touches
    tinted = colours(splats.features, splats.xyz, camera.centre, degree)
    return Projected(means, depths, seen, conics, radii, tiles, tinted, visible)


def centres(xyz: Tensor, camera: Camera) -> Tensor:
    """Return where points of the world lie on the picture, in pixels, (N, 2)."""
    x, y, _, w = (F.pad(xyz, (0, 1), value=1.0) @ camera.full).unbind(-1)
    size = xyz.new_tensor([camera.width, camera.height])
    return ((torch.stack([x, y], dim=-1) / (w + 1e-7)[:, None] + 1) * size - 1) / 2


def flat(shapes: Tensor, xyz: Tensor, camera: Camera) -> Tensor:
    """Return covariances (N, 3, 3) as they lie on the picture: xx, xy, yy in square pixels, (N, 3).

    The projection is replaced by its slope at the centre of each, and everything becomes a little wider (LOW_PASS).
    """
    x, y, z = (xyz @ camera.view[:3, :3] + camera.view[3, :3]).unbind(-1)
    limits = math.tan(camera.fovx / 2), math.tan(camera.fovy / 2)
    focal = camera.width / (2 * limits[0]), camera.height / (2 * limits[1])
    aside = [(each / z).clamp(-BEYOND * limit, BEYOND * limit) for each, limit in zip((x, y), limits, strict=True)]
    none = torch.zeros_like(z)
    slope = torch.stack(
        [
            torch.stack([focal[0] / z, none, -focal[0] * aside[0] / z], dim=-1),
            torch.stack([none, focal[1] / z, -focal[1] * aside[1] / z], dim=-1),
        ],
        dim=-2,
    )  # (N, 2, 3)
    through = slope @ camera.view[:3, :3].mT
    seen = through @ shapes @ through.mT  # (N, 2, 2)
    return torch.stack([seen[:, 0, 0] + LOW_PASS, seen[:, 0, 1], seen[:, 1, 1] + LOW_PASS], dim=-1)


@torch.no_grad()
def reach(means: Tensor, seen: Tensor, camera: Camera) -> tuple[Tensor, Tensor]:
    """Return how far each flat Gaussian reaches, (N,) whole pixels, and the tiles that this touches, (N, 4)."""
    xx, xy, yy = seen.unbind(-1)
    middle = (xx + yy) / 2
    widest = middle + (middle * middle - (xx * yy - xy * xy)).clamp(min=0.1).sqrt()
    radii = (3 * widest.sqrt()).ceil()
    first = (means - radii[:, None]) / TILE
    last = (means + radii[:, None] + TILE - 1) / TILE
    most = radii.new_tensor(camera.grid)
    corners = [corner.trunc().clamp(min=0).minimum(most) for corner in (first, last)]
    return radii.long(), torch.cat(corners, dim=-1).long()


# --- tiles -----------------------------------------------------------------------------------------------------------


@torch.no_grad()
def lists(projected: Projected, camera: Camera) -> tuple[Tensor, Tensor]:
    """Return which Gaussians each tile draws, near ones first, tile after tile, (L,), and how many each has, (T,)."""
    across, down = camera.grid
    index = projected.visible.nonzero()[:, 0]
    index = index[projected.depths[index].argsort(stable=True)]
    x0, y0, x1, y1 = projected.tiles[index].unbind(-1)
    touched = (x1 - x0) * (y1 - y0)
    pairs = torch.repeat_interleave(torch.arange(len(index), device=index.device), touched)
    place = torch.arange(len(pairs), device=index.device) - (touched.cumsum(0) - touched)[pairs]
    wide = (x1 - x0)[pairs]
    tiles = (y0[pairs] + place // wide) * across + x0[pairs] + place % wide
    order = tiles.argsort(stable=True)
    return index[pairs[order]], torch.bincount(tiles, minlength=across * down)


def batches(lengths: Tensor) -> Iterator[Tensor]:
    """Yield the tiles with lists of such lengths (T,), the short ones first, as many as are blended at once."""
    order, room = lengths.argsort(stable=True), BATCH[lengths.device.type] // TILE**2
    sizes = lengths[order].clamp(min=1).tolist()
    start = 0
    while start < len(sizes):
        end = start + 1
        while end < len(sizes) and (end + 1 - start) * sizes[end] <= room:
            end += 1
        yield order[start:end]
        start = end


def listed(index: Tensor, lengths: Tensor, tiles: Tensor, none: int) -> Tensor:
    """Return the lists of some tiles as one table (T, K); short ones end in `none`."""
    starts = (lengths.cumsum(0) - lengths)[tiles]
    places = torch.arange(max(1, int(lengths[tiles].max())), device=index.device)
    held = places < lengths[tiles][:, None]
    return F.pad(index, (0, 1), value=none)[torch.where(held, starts[:, None] + places, len(index))]


# --- blending --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Blended:
    """Some tiles with everything that their pixels draw, from the front to the back: (T, K, P) each, but for two."""

    tiles: Tensor  # (T,) which tiles
    index: Tensor  # (T, K) which Gaussians; N where a list has ended
    alpha: Tensor  # how much of the pixel this one covers
    before: Tensor  # the transmittance in front of it
    after: Tensor  # and behind it
    drawn: Tensor  # whether it is drawn there


def blend(splats: Splats, projected: Projected, camera: Camera) -> Iterator[Blended]:
    """Yield the tiles of a picture, some at a time; their order is not that of the picture."""
    index, lengths = lists(projected, camera)
    means, conics = (F.pad(each, (0, 0, 0, 1)) for each in (projected.means, projected.conics))  # a last one, not seen
    opacity = F.pad(splats.opacity, (0, 1))
    for tiles in batches(lengths):
        table = listed(index, lengths, tiles, len(splats.xyz))  # (T, K)
        x, y = columns_and_rows(tiles, camera)
        power = falloff(means[table], conics[table], x, y)  # (T, K, P)
        alpha = (opacity[table][:, :, None] * power.exp()).clamp(max=OPAQUE)
        seen = (power <= 0) & (alpha >= FAINTEST)
        if camera.width % TILE or camera.height % TILE:
            seen = seen & inside(x, y, camera)[:, None]
        alpha = torch.where(seen, alpha, 0.0)
        after = (1 - alpha).cumprod(1)
        before = torch.cat([torch.ones_like(after[:, :1]), after[:, :-1]], dim=1)
        yield Blended(tiles, table, alpha, before, after, seen & (after >= DARKEST))


def columns_and_rows(tiles: Tensor, camera: Camera) -> tuple[Tensor, Tensor]:
    """Return where the columns and the rows of tiles lie, in pixels, (T, 16) each."""
    across, steps = camera.grid[0], torch.arange(TILE, device=tiles.device)
    return (tiles % across * TILE)[:, None] + steps, (tiles // across * TILE)[:, None] + steps


def inside(x: Tensor, y: Tensor, camera: Camera) -> Tensor:
    """Return which pixels of tiles the picture has, (T, P)."""
    return ((y < camera.height)[:, :, None] & (x < camera.width)[:, None, :]).flatten(1)


def falloff(means: Tensor, conics: Tensor, x: Tensor, y: Tensor) -> Tensor:
    """Return the logarithm of how a flat Gaussian falls off from its middle, 0 or less, at each pixel, (T, K, P).

    Columns and rows are worked out apart, and meet only in the last line.
    """
    dx, dy = means[..., :1] - x[:, None], means[..., 1:] - y[:, None]  # (T, K, 16)
    a, b, c = conics.split(1, dim=-1)  # (T, K, 1)
    along, down = -0.5 * a * dx * dx, -0.5 * c * dy * dy
    both = down[..., None] + along[..., None, :]  # (T, K, 16, 16)
    return torch.addcmul(both, dy[..., None], (b * dx)[..., None, :], value=-1).flatten(2)


@dataclass(frozen=True)
class Rendered:
    """A picture, with what is left of the light behind each pixel."""

    image: Tensor  # (3, H, W), 0 or more
    transmittance: Tensor  # (H, W) in [0, 1]
    projected: Projected


def render(splats: Splats, camera: Camera, background: Tensor, degree: int | None = None) -> Rendered:
    """Return the picture that a camera sees of a scene before a background (3,), with colours up to a degree."""
    projected = project(splats, camera, degree)
    tinted = F.pad(projected.colours, (0, 0, 0, 1))
    order, parts = [], []
    for some in blend(splats, projected, camera):
        weight = torch.where(some.drawn, some.alpha * some.before, 0.0)  # (T, K, P)
        left = torch.where(some.drawn, some.after, 1.0).amin(1, keepdim=True)  # (T, 1, P)
        image = tinted[some.index].mT @ weight + background[:, None] * left  # (T, 3, P)
        order.append(some.tiles)
        parts.append(torch.cat([image, left], dim=1))  # (T, 4, P)
    whole = put_together(torch.cat(parts)[torch.cat(order).argsort()], camera)
    return Rendered(whole[:3], whole[3], projected)


def put_together(tiles: Tensor, camera: Camera) -> Tensor:
    """Return tiles (T, C, P) in their order as one picture, (C, H, W)."""
    across, down = camera.grid
    whole = tiles.unflatten(0, (down, across)).unflatten(-1, (TILE, TILE))  # (down, across, C, 16, 16)
    return whole.permute(2, 0, 3, 1, 4).flatten(3).flatten(1, 2)[:, : camera.height, : camera.width]
